"""Every statement about contractors and attendees that their list does not ask."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from services.directory.base import any_of, any_text
from services.directory.people.models import Attendee, Contractor
from services.directory.programme.models import Event
from shared.db.database import Db
from shared.ids import uuid7


async def insert_provisional_once(db: Db, phone: str) -> Contractor | None:
    """None when there is a contractor with this phone already."""
    claimed = (
        insert(Contractor)
        .values(account_id=db.account_id, phone=phone, user_id=uuid7(), provisional=True)
        .on_conflict_do_nothing(index_elements=["account_id", "phone"], index_where=text("status <> 'archived'"))
        .returning(Contractor)
    )
    return (await db.scalars(claimed)).one_or_none()


async def lock_active_contractor(db: Db, contractor_id: UUID) -> Contractor | None:
    known = select(Contractor).where(Contractor.id == contractor_id, Contractor.status == "active")
    return await db.scalar(known.with_for_update())


async def find_contractors_by_phone(db: Db, phones: Collection[str]) -> dict[str, UUID]:
    known = select(Contractor.phone, Contractor.id).where(
        Contractor.phone == any_text(phones), Contractor.status == "active"
    )
    return {str(phone): contractor_id for phone, contractor_id in await db.execute(known)}


async def lock_nameless_attendees(db: Db, phones: Collection[str]) -> Sequence[Attendee]:
    """Those with one of these phones of whom no contractor is known."""
    nameless = select(Attendee).where(Attendee.phone == any_text(phones), Attendee.contractor_id.is_(None))
    return (await db.scalars(nameless.order_by(Attendee.id).with_for_update())).all()


async def find_parts(db: Db, contractor_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """(event's id, contractor's id) of each part that these contractors have in an event."""
    known = select(Attendee.event_id, Attendee.contractor_id).where(Attendee.contractor_id == any_of(contractor_ids))
    return {(event_id, contractor_id) for event_id, contractor_id in await db.execute(known) if contractor_id}


async def find_event_called(db: Db, said: str, *, alike: float, today: date, within: timedelta) -> UUID | None:
    """The event on now, or `within` that time, whose name is most like what was said; None when none is much like it."""
    likeness = func.greatest(func.word_similarity(said, Event.name), func.word_similarity(Event.name, said))
    found = (
        select(Event.id)
        .where(Event.status == "active", likeness >= alike)
        .where(Event.date <= today + within, Event.ends_on >= today - within)
        .order_by(likeness.desc(), func.abs(Event.date - today), Event.id)
    )
    return await db.scalar(found.limit(1))
