"""Notes over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.actions.action_items import queries as items
from services.actions.action_items.use_cases import retell_items_of
from services.actions.concierge.examples import OF_NOTES, as_read, collect_correction
from services.actions.notes import queries, use_cases
from services.actions.notes.models import EventNote
from services.actions.notes.schemas import NewNote, NoteChange, NoteCount, NoteOut, NoteType
from shared.http.auth import CallerDep, permit
from shared.http.etag import IfMatchDep, check_version, set_etag
from shared.http.pagination import Page, PageParams, page_params, paginate
from shared.http.tenant_route import DbDep, TenantRoute
from shared.http.times import BusinessTime

router = APIRouter(prefix="/api/v1/notes", tags=["notes"], route_class=TenantRoute)
READ, WRITE = permit("notes", "read"), permit("notes", "write")


class NoteFilters:
    """What `list_notes` can be narrowed to."""

    def __init__(
        self,
        contractor_id: UUID | None = None,
        event_id: UUID | None = None,
        note_type: NoteType | None = None,
        requires_followup: bool | None = None,
        followup_completed: bool | None = None,
        speaker_id: UUID | None = None,
        sponsor_id: UUID | None = None,
        source_message_id: UUID | None = None,
        captured_from: Annotated[BusinessTime | None, Query()] = None,
        captured_before: Annotated[BusinessTime | None, Query()] = None,
    ) -> None:
        self.equal: dict[str, UUID | str | bool | None] = {
            "contractor_id": contractor_id,
            "event_id": event_id,
            "note_type": note_type,
            "requires_followup": requires_followup,
            "followup_completed": followup_completed,
            "speaker_id": speaker_id,
            "sponsor_id": sponsor_id,
            "source_message_id": source_message_id,
        }
        self.captured_from: datetime | None = captured_from
        self.captured_before: datetime | None = captured_before


@router.get("", dependencies=[READ])
async def list_notes(
    db: DbDep, filters: Annotated[NoteFilters, Depends()], params: Annotated[PageParams, Depends(page_params)]
) -> Page[NoteOut]:
    """Newest first."""
    statement = queries.list_notes(filters.equal, filters.captured_from, filters.captured_before)
    rows, cursor = await paginate(db, statement, params, EventNote.captured_at, EventNote.id, descending=True)
    return Page(items=[NoteOut.model_validate(row) for row in rows], next_cursor=cursor)


@router.get("/counts", dependencies=[READ])
async def count_notes(db: DbDep, event_id: UUID) -> Page[NoteCount]:
    """Notes of an event by contractor."""
    rows = await db.execute(queries.counts_of_event(event_id))
    return Page(items=[NoteCount(contractor_id=row[0], notes=row[1]) for row in rows])


@router.post("", status_code=201, dependencies=[WRITE])
async def post_note(body: NewNote, caller: CallerDep, db: DbDep, response: Response) -> NoteOut:
    note = await use_cases.write_note(db, caller, body.model_dump())
    set_etag(response, note)
    return NoteOut.model_validate(note)


@router.get("/{note_id}", dependencies=[READ])
async def get_note(note_id: UUID, db: DbDep, response: Response) -> NoteOut:
    note = await queries.get_note(db, note_id)
    set_etag(response, note)
    return NoteOut.model_validate(note)


@router.patch("/{note_id}", dependencies=[WRITE])
async def patch_note(note_id: UUID, body: NoteChange, db: DbDep, expected: IfMatchDep, response: Response) -> NoteOut:
    values = body.model_dump(exclude_unset=True)
    await items.lock_items_of_note(db, note_id)
    note = await queries.lock_note(db, note_id)
    check_version(note, expected)
    said, was_read = note.note_text, as_read(note, OF_NOTES)
    await use_cases.edit_note(db, note, values)
    await collect_correction(db, note, was_read)
    if note.note_text != said:
        await retell_items_of(db, note_id, said, note.note_text)
    set_etag(response, note)
    return NoteOut.model_validate(note)


@router.delete("/{note_id}", status_code=204, dependencies=[WRITE])
async def delete_note(note_id: UUID, db: DbDep, expected: IfMatchDep) -> None:
    """The note is no longer shown, nor what it says; items that came from it keep their link, and as
    description what somebody wrote there since."""
    await items.lock_items_of_note(db, note_id)
    note = await queries.lock_note(db, note_id)
    check_version(note, expected)
    await use_cases.remove_note(db, note)
    await retell_items_of(db, note_id, note.note_text, None)
