"""Which domain events move the preparation of demos."""

from uuid import UUID

from services.actions.demos import queries, use_cases
from shared.bus.subscription import Handler
from shared.contracts import directory
from shared.contracts.base import Message, State
from shared.db.database import Db


async def on_demo_booking(db: Db, event: directory.DemoBookingState) -> None:
    await use_cases.settle_demo(db, event.id)


async def on_contractor(db: Db, event: directory.ContractorState) -> None:
    if _tells(event, "time_zone"):
        await _settle_affected(db, "contractor", event.id)


async def on_event(db: Db, event: directory.EventState) -> None:
    if _tells(event, "time_zone"):
        await _settle_affected(db, "event", event.id)


async def on_sponsor(db: Db, event: directory.SponsorState) -> None:
    if _tells(event, "name"):
        await _settle_affected(db, "sponsor", event.id)


async def on_partner(db: Db, event: directory.PartnerState) -> None:
    if _tells(event, "name"):
        await _settle_affected(db, "partner", event.id)


def _tells(event: State, field: str) -> bool:
    """What is new names no fields; it may come after the booking that names it."""
    return not event.changed or field in event.changed


async def _settle_affected(db: Db, by: str, row_id: UUID) -> None:
    for booking_id in await queries.list_affected(db, by, row_id):
        await use_cases.settle_demo(db, booking_id)


HANDLERS: dict[type[Message], Handler] = {
    **dict.fromkeys(
        (directory.DemoBookingCreated, directory.DemoBookingUpdated, directory.DemoBookingDeleted), on_demo_booking
    ),
    **dict.fromkeys((directory.ContractorCreated, directory.ContractorUpdated), on_contractor),
    **dict.fromkeys((directory.EventCreated, directory.EventUpdated), on_event),
    **dict.fromkeys((directory.SponsorCreated, directory.SponsorUpdated), on_sponsor),
    **dict.fromkeys((directory.PartnerCreated, directory.PartnerUpdated), on_partner),
}
