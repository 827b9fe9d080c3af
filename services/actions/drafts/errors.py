"""What can go wrong with a draft."""

from shared.errors import Conflict, NotFound


class DraftNotFound(NotFound):
    code = "email_intro_draft_not_found"


class DraftIsClosed(Conflict):
    """It is not in the status that the wish needs."""

    code = "email_intro_draft_closed"
