"""Begins the row that follows another: the next run of a series, or another try."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from services.followups.planning.queries import lock_counted_from_completion, lock_undecided
from services.followups.planning.rules import Clock
from services.followups.recurring.rules import Recurrence, next_run, run_after_completion
from services.followups.schedules import lifecycle
from services.followups.schedules.models import FollowupSchedule
from shared.db.database import Db

CARRIED_ON = (
    *("contractor_id", "action_item_id", "event_id", "followup_type", "purpose", "message_template", "message_tone"),
    *("ai_should_personalize", "ai_context_hints", "skip_if_completed", "planned_by", "plan_reason"),
)
SERIES = (
    *("is_recurring", "recurrence_interval_days", "recurrence_anchor", "recurrence_starts_at", "recurrence_ends_at"),
    "recurrence_count",
)
_NO_SERIES: dict[str, object] = dict.fromkeys(SERIES) | {"is_recurring": False}


def recurrence_of(row: FollowupSchedule) -> Recurrence:
    return Recurrence(
        row.recurrence_interval_days or 1,
        row.recurrence_starts_at or row.scheduled_time,
        row.recurrence_ends_at,
        row.recurrence_count,
    )


async def begin_next_run(db: Db, row: FollowupSchedule, clock: Clock) -> FollowupSchedule | None:
    """When a run was handed over; a series that counts from completion waits for that."""
    if row.recurrence_anchor == "last_completion" or row.next_occurrence_id is not None:
        return None
    at = next_run(recurrence_of(row), clock.zone, runs=row.occurrence, after=clock.now)
    return await _begin(db, row, clock, at)


async def begin_run_after_completion(
    db: Db, row: FollowupSchedule, clock: Clock, completed_at: datetime
) -> FollowupSchedule | None:
    if row.recurrence_anchor != "last_completion" or row.next_occurrence_id is not None:
        return None
    at = run_after_completion(recurrence_of(row), clock.zone, runs=row.occurrence, completed_at=completed_at)
    return await _begin(db, row, clock, at)


async def continue_after_completion(db: Db, item_id: UUID, completed_at: datetime, clock: Clock) -> None:
    """Series about this promise that count from completion: the run that waits moves, where none does the next begins."""
    for row in await lock_counted_from_completion(db, item_id):
        if row.handed_over_at is not None:
            await begin_run_after_completion(db, row, clock, completed_at)
            continue
        runs = row.occurrence - 1
        at = run_after_completion(recurrence_of(row), clock.zone, runs=runs, completed_at=completed_at)
        if at is None:
            await lifecycle.cancel(db, row, "item_completed")
        else:
            await lifecycle.move(db, row, clock, at)


async def _begin(db: Db, row: FollowupSchedule, clock: Clock, at: datetime | None) -> FollowupSchedule | None:
    if at is None:
        return None
    carried = {name: getattr(row, name) for name in (*CARRIED_ON, *SERIES)}
    following = await lifecycle.begin(db, clock, **carried, scheduled_time=at, occurrence=row.occurrence + 1)
    await lifecycle.change(db, row, next_occurrence_id=following.id)
    return following


async def begin_anew(db: Db, row: FollowupSchedule, clock: Clock, at: datetime, **values: object) -> FollowupSchedule:
    """Another row in place of this one, at another time; a series goes on with it."""
    carried = {name: getattr(row, name) for name in (*CARRIED_ON, *SERIES, "occurrence")}
    following = await lifecycle.begin(db, clock, **{**carried, **values, "scheduled_time": at})
    await lifecycle.change(db, row, next_occurrence_id=following.id)
    return following


async def put_off(
    db: Db, row: FollowupSchedule, clock: Clock, until: datetime, *, answer: Mapping[str, object], **values: object
) -> FollowupSchedule:
    """The check-in is put off, not the promise: what stood ready gives way to the time that was asked for.

    A series whose next run stands already goes on by itself; then this is one more text.
    """
    was_put_off = row.status == "deferred"
    ended = await end_following(db, row, "deferred")
    goes_on_alone = row.is_recurring and row.next_occurrence_id is not None and ended is None
    carrier = ended if ended is not None and was_put_off else row
    series = _NO_SERIES if goes_on_alone else {name: getattr(carrier, name) for name in SERIES}
    await lifecycle.change(db, row, status="deferred", deferred_until=until, **answer)
    return await begin_anew(db, row, clock, until, **{"plan_key": None, **series, **values})


async def end_following(db: Db, row: FollowupSchedule, reason: str) -> FollowupSchedule | None:
    """What stands ready after `row` is cancelled, and answered; the next run of a series goes on."""
    if row.next_occurrence_id is None or (row.is_recurring and row.status != "deferred"):
        return None
    for following in await lock_undecided(db, FollowupSchedule.id == row.next_occurrence_id):
        await lifecycle.cancel(db, following, reason)
        return following
    return None
