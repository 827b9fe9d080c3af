"""What happens to notes: captured, edited, removed, settled."""

from typing import Any

from services.actions.notes.models import EventNote
from services.actions.notes.rules import changed_fields
from shared.bus.outbox import emit
from shared.contracts.actions import NoteCaptured, NoteDeleted, NoteState, NoteUpdated
from shared.db.database import Db


async def capture_note(db: Db, values: dict[str, Any]) -> EventNote:
    """`values` are columns. The note's row is new, so nobody else can speak for it yet."""
    note = EventNote(account_id=db.account_id, **{"captured_at": db.now, **values})
    db.add(note)
    await db.flush()
    await emit(db, NoteCaptured.model_validate(note))
    return note


async def change_note(db: Db, note: EventNote, values: dict[str, Any]) -> EventNote:
    """`note` is locked. Says nothing where nothing changes."""
    changed = changed_fields(note, values)
    if changed:
        for name in changed:
            setattr(note, name, values[name])
        await db.flush()
        await emit(db, _changed(NoteUpdated, note, changed))
    return note


async def remove_note(db: Db, note: EventNote) -> None:
    """`note` is locked. Its row stays, for the items that it led to."""
    note.deleted_at = db.now
    await db.flush()
    await emit(db, _changed(NoteDeleted, note, ["deleted_at"]))


def _changed(kind: type[NoteState], note: EventNote, changed: list[str]) -> NoteState:
    return kind.model_validate(note).model_copy(update={"changed": changed})
