"""What can go wrong with a promise."""

from shared.errors import NotFound


class ActionItemNotFound(NotFound):
    code = "action_item_not_found"
