"""What refers to an event that goes."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select

from services.directory.people.models import DemoBooking
from services.directory.programme.models import EventSponsor
from shared.db.database import Db


async def lock_bookings_elsewhere(db: Db, event_id: UUID) -> Sequence[DemoBooking]:
    """Demos with a sponsor of this event that are not of this event: they stay, without the sponsor."""
    sponsors = select(EventSponsor.id).where(EventSponsor.event_id == event_id)
    bookings = select(DemoBooking).where(
        DemoBooking.sponsor_id.in_(sponsors), or_(DemoBooking.event_id.is_(None), DemoBooking.event_id != event_id)
    )
    return (await db.scalars(bookings.order_by(DemoBooking.id).with_for_update())).all()
