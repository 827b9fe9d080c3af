"""Keeps what is planned in step with people: where they live, whether they are here, how their account wants it."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from services.followups.planning import queries, rules
from services.followups.planning.priorities import plan_priorities
from services.followups.planning.rules import Clock
from services.followups.planning.use_cases import plan_again_when_reopened, replan_item
from services.followups.recurring.rules import next_run
from services.followups.recurring.use_cases import begin_anew, recurrence_of
from services.followups.replicas import queries as replicas
from services.followups.schedules import lifecycle
from services.followups.schedules.models import FollowupSchedule
from services.followups.timing.rules import at_local, local_date, same_clock_elsewhere, zone_named
from shared.db.database import Db


async def resume_contractor(db: Db, contractor_id: UUID) -> None:
    """They opted in again: open promises are asked about, and what they or a caller had asked for is taken up."""
    await replan_contractor(db, contractor_id)
    if (await queries.find_place(db, contractor_id, None)).closed:
        return
    for item in await replicas.open_items_of_contractor(db, contractor_id):
        await plan_again_when_reopened(db, item.id)
    for row in await queries.lock_ended_by_opt_out(db, contractor_id):
        place = await queries.find_place(db, contractor_id, row.event_id)
        at = row.scheduled_time if row.scheduled_time > db.now else None
        if at is None and row.is_recurring:
            at = next_run(recurrence_of(row), place.clock.zone, runs=row.occurrence, after=db.now)
        if at is not None:
            await begin_anew(db, row, place.clock, at)


async def replan_contractor(db: Db, contractor_id: UUID) -> None:
    """The person moved, or is gone: everything that waits keeps its hour by their clock."""
    place = await queries.find_place(db, contractor_id, None)
    if place.contractor is None:
        return
    if place.closed:
        for row in await queries.lock_undecided(db, FollowupSchedule.contractor_id == contractor_id):
            await lifecycle.cancel(db, row, place.closed)
        return
    for item in await replicas.open_items_of_contractor(db, contractor_id):
        await replan_item(db, item.id)
    for event_id in await replicas.events_attended(db, contractor_id):
        await plan_priorities(db, event_id, contractor_id)
    await _keep_local_times(db, contractor_id)


async def _keep_local_times(db: Db, contractor_id: UUID) -> None:
    """What no rule plans anew: the policy's next ones and recurrences keep the hour, what a person named keeps the moment."""
    for row in await queries.lock_undecided(db, FollowupSchedule.contractor_id == contractor_id):
        if row.handed_over_at is not None:
            continue
        place = await queries.find_place(db, contractor_id, row.event_id)
        old = zone_named(row.planned_zone)
        await lifecycle.move(db, row, place.clock, _local_time_of(row, old, place.clock))


def _local_time_of(row: FollowupSchedule, old: ZoneInfo | None, clock: Clock) -> datetime:
    """Where it is moved to. The policy's next question keeps its day and comes at the usual hour, as it is now."""
    keeps_hour = row.planned_by == "policy" or row.is_recurring
    if not keeps_hour or old is None or row.scheduled_time <= clock.now:
        return row.scheduled_time
    if rules.is_next_question(row.plan_key):
        return at_local(local_date(row.scheduled_time, old), clock.policy.send_at, clock.zone)
    return same_clock_elsewhere(row.scheduled_time, old, clock.zone)
