"""A stranger becomes a contractor, and says who they are."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from services.directory.accounts.use_cases import operator_of
from services.directory.people.models import Attendee, Contractor
from services.directory.people.resources import ATTENDEES, CONTRACTORS
from services.directory.programme.models import Event
from shared.bus.outbox import emit
from shared.contracts.directory import ContractorCreated
from shared.db.database import Db
from shared.ids import uuid7

ALIKE = 0.6
SOON = timedelta(days=30)


async def insert_provisional_once(db: Db, phone: str) -> None:
    """A contractor of whom we know only the phone, unless there is one with it."""
    claimed = (
        insert(Contractor)
        .values(account_id=db.account_id, phone=phone, user_id=uuid7(), provisional=True)
        .on_conflict_do_nothing(index_elements=["account_id", "phone"], index_where=text("status <> 'archived'"))
        .returning(Contractor)
    )
    row = (await db.scalars(claimed)).one_or_none()
    if row is not None:
        await CONTRACTORS.created(db, [row])
        await emit(db, ContractorCreated.model_validate(row))


async def introduce(db: Db, contractor_id: UUID, full_name: str | None, event_text: str | None) -> None:
    """Take the name of someone who had none, and the event they speak of, where it is one of the present ones."""
    known = select(Contractor).where(Contractor.id == contractor_id, Contractor.status == "active").with_for_update()
    contractor = await db.scalar(known)
    if contractor is None:
        return
    if full_name and contractor.full_name is None:
        await CONTRACTORS.write(db, contractor, {"full_name": full_name, "provisional": False})
    event_id = await _present_event(db, event_text) if event_text else None
    if event_id is not None and not await _is_attendee(db, event_id, contractor_id):
        told = {"event_id": event_id, "contractor_id": contractor_id, "full_name": contractor.full_name}
        await ATTENDEES.create(db, operator_of(contractor.account_id), told)


async def _present_event(db: Db, said: str) -> UUID | None:
    """The event on now, or within a month, whose name is most like what was said; None when none is much like it."""
    likeness = func.greatest(func.word_similarity(said, Event.name), func.word_similarity(Event.name, said))
    today = db.now.date()
    found = (
        select(Event.id)
        .where(Event.status == "active", likeness >= ALIKE)
        .where(Event.date <= today + SOON, Event.ends_on >= today - SOON)
        .order_by(likeness.desc(), func.abs(Event.date - today), Event.id)
    )
    return await db.scalar(found.limit(1))


async def _is_attendee(db: Db, event_id: UUID, contractor_id: UUID) -> bool:
    one = select(Attendee.id).where(Attendee.event_id == event_id, Attendee.contractor_id == contractor_id)
    return await db.scalar(one) is not None
