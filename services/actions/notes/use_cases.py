"""What happens to notes: captured, edited, removed, settled."""

from typing import Any

from services.actions.notes.models import EventNote
from services.actions.notes.rules import changed_fields
from services.actions.replicas.models import Contractor, Event, EventSession, EventSpeaker, EventSponsor
from services.actions.replicas.use_cases import contractor_for, require_known
from shared.bus.outbox import emit
from shared.contracts.actions import NoteCaptured, NoteDeleted, NoteState, NoteUpdated
from shared.db.database import Db
from shared.http.auth import Caller


async def capture_note(db: Db, values: dict[str, Any]) -> tuple[EventNote, NoteCaptured]:
    """`values` are columns. The caller emits the event: the note's row is new, so nobody else can speak for it yet."""
    note = EventNote(account_id=db.account_id, **{"captured_at": db.now, **values})
    db.add(note)
    await db.flush()
    return note, NoteCaptured.model_validate(note)


async def write_note(db: Db, caller: Caller, values: dict[str, Any]) -> EventNote:
    """A note that somebody types. Raises ReferenceNotFound, Forbidden for another contractor's."""
    values["contractor_id"] = contractor_for(caller, values["contractor_id"])
    await require_known(db, references_of(values))
    note, captured = await capture_note(db, {**values, "captured_at": values["captured_at"] or db.now})
    await emit(db, captured)
    return note


async def edit_note(db: Db, note: EventNote, values: dict[str, Any]) -> EventNote:
    """`note` is locked."""
    await require_known(db, references_of(values))
    return await change_note(db, note, values)


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


def references_of(values: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    models = {
        "contractor_id": Contractor,
        "event_id": Event,
        "session_id": EventSession,
        "speaker_id": EventSpeaker,
        "sponsor_id": EventSponsor,
    }
    return [(name, model, values.get(name)) for name, model in models.items()]
