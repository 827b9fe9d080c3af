"""A booked demo and the promise that prepares it: made once, moved and called off with the booking."""

from typing import Any
from uuid import UUID

from services.actions.action_items.models import ActionItem
from services.actions.action_items.queries import lock_item
from services.actions.action_items.rules import Origin
from services.actions.action_items.use_cases import change_item, make_item
from services.actions.demos import queries
from services.actions.demos.models import DemoPreparation
from services.actions.demos.rules import Booking, preparation_of, what_moved
from services.actions.replicas.models import Contractor, Event, EventSponsor, Partner
from shared.bus.outbox import emit
from shared.bus.replicas import ensure_placeholders
from shared.db.database import Db

US = Origin("system", "scheduler")


async def settle_demo(db: Db, booking_id: UUID) -> None:
    """The preparation becomes what the booking, as it is known now, asks for: however often and in which order we are told."""
    booking = await queries.lock_booking(db, booking_id)
    if booking is None:
        return
    preparation = await queries.find_preparation(db, booking_id)
    if preparation is not None:
        await _follow(db, preparation, booking)
    elif booking.wants_preparation(db.now):
        await _begin(db, booking)


async def find_prepared(db: Db, values: dict[str, Any]) -> UUID | None:
    """The open promise that does already what `values` would: prepare the same demo."""
    booking_id = values.get("related_demo_booking_id")
    if booking_id is None or values.get("action_type") != "demo_prep":
        return None
    await queries.lock_booking(db, booking_id)
    item = await queries.lock_open_item(db, booking_id)
    return item.id if item else None


async def _begin(db: Db, booking: Booking) -> None:
    """A promise that the contractor made of it before is the same one."""
    item = await queries.lock_open_item(db, booking.id)
    if item is None:
        item = await _make(db, booking)
    elif item.due_date is None:
        await change_item(db, item, {"due_date": booking.due_at(db.now), "ai_reasoning": booking.reasoning}, US)
    db.add(
        DemoPreparation(
            id=booking.id,
            contractor_id=booking.contractor_id,
            action_item_id=item.id,
            company=booking.company,
            due_on=booking.due_on,
        )
    )
    await db.flush()


async def _make(db: Db, booking: Booking) -> ActionItem:
    for model, row_id in (
        (Contractor, booking.contractor_id),
        (Event, booking.event_id),
        (EventSponsor, booking.sponsor_id),
        (Partner, booking.partner_id),
    ):
        await ensure_placeholders(db, model, [row_id])
    item, created = await make_item(db, preparation_of(booking, db.now), US)
    await emit(db, created)
    return item


async def _follow(db: Db, preparation: DemoPreparation, booking: Booking) -> None:
    item = await queries.lock_open_item(db, booking.id)
    item = item or await lock_item(db, preparation.action_item_id)
    values = _values_of(db, preparation, booking, item)
    preparation.action_item_id = item.id
    preparation.company, preparation.due_on = booking.company, booking.due_on
    preparation.called_off = booking.is_called_off
    if values:
        await change_item(db, item, values, US, remark=_remark(booking))
    await db.flush()


def _values_of(db: Db, preparation: DemoPreparation, booking: Booking, item: ActionItem) -> dict[str, Any]:
    """Nothing where the promise was kept or dropped by somebody; what was called off with the demo comes back with it."""
    is_open = item.status not in ("completed", "cancelled")
    if booking.is_called_off:
        return {"status": "cancelled"} if is_open else {}
    comes_back = preparation.called_off and item.status == "cancelled" and booking.wants_preparation(db.now)
    if not is_open and not comes_back:
        return {}
    moved = what_moved(booking, preparation.company, preparation.due_on, item.title, db.now)
    return {**moved, "status": "pending"} if comes_back else moved


def _remark(booking: Booking) -> str:
    return "The demo was cancelled" if booking.is_called_off else "The demo's booking changed"
