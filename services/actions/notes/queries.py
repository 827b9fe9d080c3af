"""Every statement about notes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from services.actions.notes.errors import NoteNotFound
from services.actions.notes.models import EventNote
from shared.db.database import Db


async def get_note(db: Db, note_id: UUID) -> EventNote:
    return _found(await db.scalar(_of(note_id)))


async def lock_note(db: Db, note_id: UUID) -> EventNote:
    note = await db.scalar(_of(note_id).with_for_update(), execution_options={"populate_existing": True})
    return _found(note)


async def find_note_for_update(db: Db, note_id: UUID) -> EventNote | None:
    """Also a removed one: its items still settle it."""
    statement = select(EventNote).where(EventNote.account_id == db.account_id, EventNote.id == note_id)
    note: EventNote | None = await db.scalar(statement.with_for_update(), execution_options={"populate_existing": True})
    return note


def _of(note_id: UUID) -> Select[EventNote]:
    return select(EventNote).where(EventNote.id == note_id, EventNote.deleted_at.is_(None))


def _found(note: EventNote | None) -> EventNote:
    if note is None:
        raise NoteNotFound("There is no such note.")
    return note


def notes_of_event(event_id: UUID, contractor_id: UUID) -> Select[EventNote]:
    """Document 000: all notes from an event, in the order in which they were taken."""
    return (
        select(EventNote)
        .where(EventNote.event_id == event_id, EventNote.contractor_id == contractor_id, EventNote.deleted_at.is_(None))
        .order_by(EventNote.captured_at)
    )


def list_notes(
    equal: Mapping[str, Any], captured_from: datetime | None, captured_before: datetime | None
) -> Select[EventNote]:
    """`equal` by column name; what is None there does not count."""
    statement = select(EventNote).where(
        EventNote.deleted_at.is_(None),
        *(getattr(EventNote, name) == value for name, value in equal.items() if value is not None),
    )
    if captured_from is not None:
        statement = statement.where(EventNote.captured_at >= captured_from)
    if captured_before is not None:
        statement = statement.where(EventNote.captured_at < captured_before)
    return statement


def counts_of_event(event_id: UUID) -> Select[UUID, int]:
    """By contractor."""
    return (
        select(EventNote.contractor_id, func.count())
        .where(EventNote.event_id == event_id, EventNote.deleted_at.is_(None))
        .group_by(EventNote.contractor_id)
    )
