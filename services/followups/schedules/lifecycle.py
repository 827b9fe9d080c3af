"""How a schedule begins, changes and ends, each with its domain event."""

from datetime import datetime, timedelta
from typing import Any

from services.followups.planning.rules import Clock
from services.followups.schedules.models import FollowupSchedule
from services.followups.timing.rules import next_allowed
from services.followups.wording import queries as preparations
from shared.bus.outbox import emit
from shared.contracts.followups import FollowupScheduleCreated, FollowupScheduleUpdated
from shared.contracts.messaging import CancelRequested
from shared.db.database import Db
from shared.ids import uuid7

CHANNEL = "contractor_followup_schedules"
AT_ONCE = timedelta(seconds=1)
_WORDS = frozenset(
    {"followup_type", "message_template", "message_tone", "ai_should_personalize", "ai_context_hints", "purpose"}
)


async def begin(db: Db, clock: Clock, **values: Any) -> FollowupSchedule:
    """A new row that waits; it may go at once where it is due and the hour is allowed."""
    row = FollowupSchedule(account_id=db.account_id, id=uuid7(), planned_zone=clock.zone.key, **values)
    row.send_at = send_at_of(row.scheduled_time, clock)
    row.message_tone = row.message_tone or clock.policy.tone
    db.add(row)
    await db.flush()
    await emit(db, FollowupScheduleCreated.of_row(row))
    await preparations.prepare(db, row)
    await wake(db, row.send_at)
    return row


async def change(db: Db, row: FollowupSchedule, **values: Any) -> list[str]:
    """`row` is locked. Answers the names of what changed; where nothing does, nothing is written."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return []
    for name in changed:
        setattr(row, name, values[name])
    if _WORDS & set(changed):
        row.prepared_body = row.prepared_at = None
        await preparations.prepare(db, row)
    await db.flush()
    await emit(db, FollowupScheduleUpdated.of_row(row, changed))
    return changed


async def move(db: Db, row: FollowupSchedule, clock: Clock, at: datetime, **values: Any) -> list[str]:
    """To another time, by the contractor's clock as it is known now."""
    send_at = send_at_of(at, clock)
    row.attempts = 0
    changed = await change(db, row, scheduled_time=at, send_at=send_at, planned_zone=clock.zone.key, **values)
    if changed:
        await preparations.prepare_from(db, row)
        await wake(db, send_at)
    return changed


async def cancel(db: Db, row: FollowupSchedule, reason: str) -> None:
    """`row` is locked, and not sent as far as we know; messaging is told when it has the message already."""
    await take_back(db, row, reason)
    await change(db, row, status="cancelled", cancel_reason=reason)


async def take_back(db: Db, row: FollowupSchedule, reason: str) -> None:
    """Wins until messaging leases the message; others of the same digest are planned anew when it tells us."""
    if row.handed_over_at is not None and row.message_key is not None:
        await emit(db, CancelRequested(message_key=row.message_key, reason=reason))


def send_at_of(scheduled_time: datetime, clock: Clock) -> datetime:
    return next_allowed(max(scheduled_time, clock.now), clock.zones, clock.policy.hours)


async def wake(db: Db, send_at: datetime) -> None:
    """The dispatcher looks every second anyway; what is due now need not wait for that."""
    if send_at <= db.now + AT_ONCE:
        await db.notify(CHANNEL)
