"""What can go wrong with a note."""

from shared.errors import NotFound


class NoteNotFound(NotFound):
    code = "note_not_found"
