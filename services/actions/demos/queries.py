"""Every statement about demos and their preparation."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.actions.action_items.models import OPEN_STATUSES, ActionItem
from services.actions.demos.models import DemoPreparation
from services.actions.demos.rules import Booking
from services.actions.zones import zone_of
from shared.db.database import Db

_LOCK_BOOKING = """
SELECT d.id, d.contractor_id, d.event_id, d.sponsor_id, d.partner_id, coalesce(d.company, s.name, p.name) AS company,
    d.starts_at, CASE WHEN d.deleted THEN 'cancelled' ELSE coalesce(d.status, 'booked') END AS status,
    coalesce(c.deleted, false) AS contractor_is_gone, c.time_zone AS own_zone, e.time_zone AS event_zone,
    (SELECT time_zone FROM accounts WHERE account_id = $1 AND id = $1) AS account_zone
FROM demo_bookings AS d
LEFT JOIN contractors AS c ON c.account_id = $1 AND c.id = d.contractor_id
LEFT JOIN events AS e ON e.account_id = $1 AND e.id = d.event_id
LEFT JOIN event_sponsors AS s ON s.account_id = $1 AND s.id = d.sponsor_id
LEFT JOIN partners AS p ON p.account_id = $1 AND p.id = d.partner_id
WHERE d.account_id = $1 AND d.id = $2 AND d.contractor_id IS NOT NULL AND d.starts_at IS NOT NULL
FOR NO KEY UPDATE OF d
"""
# Of a contractor; and where its own row does not say it: whose zone is the event's, whose name is the sponsor's or partner's.
_AFFECTED = """
SELECT d.id FROM demo_bookings AS d JOIN contractors AS c ON c.account_id = $1 AND c.id = d.contractor_id
WHERE d.account_id = $1 AND NOT d.deleted AND d.starts_at > $3 AND {condition} ORDER BY d.id
"""
_OF = {
    "contractor": "d.contractor_id = $2",
    "event": "d.event_id = $2 AND c.time_zone IS NULL",
    "sponsor": "d.sponsor_id = $2 AND d.company IS NULL",
    "partner": "d.partner_id = $2 AND d.company IS NULL",
}


async def lock_booking(db: Db, booking_id: UUID) -> Booking | None:
    """None where nothing is known of it yet. Whoever makes or moves its preparation holds this lock."""
    row = await db.raw.fetchrow(_LOCK_BOOKING, db.account_id, booking_id)
    if row is None:
        return None
    values: dict[str, Any] = dict(row)
    zone = zone_of(values.pop("own_zone"), values.pop("event_zone"), values.pop("account_zone"))
    return Booking(zone=zone, **values)


async def list_affected(db: Db, by: str, row_id: UUID) -> list[UUID]:
    """Demos to come whose preparation reads otherwise when that row is another."""
    rows = await db.raw.fetch(_AFFECTED.format(condition=_OF[by]), db.account_id, row_id, db.now)
    return [row["id"] for row in rows]


async def find_preparation(db: Db, booking_id: UUID) -> DemoPreparation | None:
    found: DemoPreparation | None = await db.scalar(select(DemoPreparation).where(DemoPreparation.id == booking_id))
    return found


async def lock_open_item(db: Db, booking_id: UUID) -> ActionItem | None:
    """The open promise that prepares this demo, whoever made it."""
    statement = (
        select(ActionItem)
        .where(
            ActionItem.related_demo_booking_id == booking_id,
            ActionItem.action_type == "demo_prep",
            ActionItem.status.in_(OPEN_STATUSES),
        )
        .order_by(ActionItem.id)
        .limit(1)
        .with_for_update()
    )
    found: ActionItem | None = await db.scalar(statement, execution_options={"populate_existing": True})
    return found
