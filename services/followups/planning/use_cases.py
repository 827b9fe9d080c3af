"""Keeps what is planned in step with promises, events and people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.followups.planning import queries, rules
from services.followups.planning.queries import Place
from services.followups.planning.rules import Planned
from services.followups.recurring.rules import next_run
from services.followups.recurring.use_cases import begin_anew, continue_after_completion, recurrence_of
from services.followups.replicas import queries as replicas
from services.followups.replicas.models import ActionItem, Attendee, Contractor, Event
from services.followups.replicas.queries import OPEN_STATUSES
from services.followups.schedules import lifecycle
from services.followups.schedules.models import FollowupSchedule
from services.followups.timing.rules import same_clock_elsewhere, zone_named
from services.followups.wording.facts import gather
from services.followups.wording.offline import template_for
from shared.bus.replicas import ensure_placeholders
from shared.db.database import Db


async def replan_item(db: Db, item_id: UUID) -> None:
    """What the promise as it is now asks for becomes what waits; what was said stays."""
    item = await replicas.find_item(db, item_id)
    if item is None or item.row_version == 0 or item.contractor_id is None:
        return
    if item.deleted or item.status not in OPEN_STATUSES:
        await end_item(db, item)
        return
    await ensure_placeholders(db, Contractor, [item.contractor_id])
    await ensure_placeholders(db, Event, [item.event_id])
    place = await queries.find_place(db, item.contractor_id, item.event_id)
    if place.closed:
        await _cancel_of_item(db, item, place.closed)
    else:
        await _reconcile_item(db, item, place)


async def _reconcile_item(db: Db, item: ActionItem, place: Place) -> None:
    rows = await queries.lock_planned_of_item(db, item.id)
    plans = rules.plan_item(item, place.event, place.clock, rules.decided_keys(rows))
    steps = rules.reconcile(plans, rows, rules.kinds_of_item(item.id))
    for number, plan in steps.move:
        await move_to_plan(db, rows[number], plan, place, item)
    for number in steps.drop:
        await lifecycle.cancel(db, rows[number], "not_needed")
    for plan in steps.create:
        await begin_planned(db, item, place, plan)


async def begin_planned(db: Db, item: ActionItem | None, place: Place, plan: Planned) -> FollowupSchedule:
    """A row of the policy's, with the document's template and hints."""
    assert place.contractor is not None
    return await lifecycle.begin(
        db,
        place.clock,
        contractor_id=place.contractor.id,
        action_item_id=item.id if item else None,
        scheduled_time=plan.at,
        planned_by=plan.planned_by,
        purpose=plan.purpose,
        skip_if_completed=plan.skip_if_completed,
        **_columns(item, place, plan),
    )


def _columns(item: ActionItem | None, place: Place, plan: Planned) -> dict[str, Any]:
    """What follows the promise and the event as long as the row waits."""
    assert place.contractor is not None
    row = FollowupSchedule(
        contractor_id=place.contractor.id,
        followup_type=plan.followup_type,
        purpose=plan.purpose,
        message_tone=place.clock.policy.tone,
        ai_context_hints=_hints(item, place.event),
    )
    return {
        "event_id": place.event.id if place.event else None,
        "followup_type": plan.followup_type,
        "message_template": template_for(gather(row, place.contractor, item, place.event)),
        "message_tone": row.message_tone,
        "ai_context_hints": row.ai_context_hints,
        "plan_key": plan.key,
        "plan_reason": plan.reason,
    }


def _hints(item: ActionItem | None, event: Event | None) -> dict[str, str]:
    hints = {"mention_event": event.name if event else None}
    if item is not None and item.topic:
        is_insight = "insight" in (item.note_text or "").casefold()
        hints |= {"reference_note": f"{item.topic} discussion"} if is_insight else {"mention_topic": item.topic}
    return {name: value for name, value in hints.items() if value}


async def move_to_plan(
    db: Db, row: FollowupSchedule, plan: Planned, place: Place, item: ActionItem | None = None
) -> None:
    """What is overdue already keeps its time: it goes at the next allowed moment."""
    is_overdue = plan.at <= place.clock.now and row.scheduled_time <= place.clock.now
    at = row.scheduled_time if is_overdue else plan.at
    await lifecycle.move(db, row, place.clock, at, **_columns(item, place, plan))


async def end_item(db: Db, item: ActionItem) -> None:
    """Kept or dropped: what waits is cancelled, also with messaging. What must be said all the same stays."""
    await _cancel_of_item(
        db, item, "item_completed" if item.status == "completed" and not item.deleted else "item_cancelled"
    )


async def _cancel_of_item(db: Db, item: ActionItem, reason: str) -> None:
    for row in await queries.lock_undecided(db, FollowupSchedule.action_item_id == item.id):
        if row.ends_when_completed or reason != "item_completed":
            await lifecycle.cancel(db, row, reason)


async def confirm_completion(db: Db, item_id: UUID) -> None:
    """Ask whether it is really done, where a machine said so."""
    item = await replicas.find_item(db, item_id)
    if item is None or item.contractor_id is None or item.status != "completed" or item.deleted:
        return
    place = await queries.find_place(db, item.contractor_id, item.event_id)
    if not place.closed:
        await begin_planned(db, item, place, rules.plan_confirmation(item.id, item.row_version, place.clock))


async def plan_again_when_reopened(db: Db, item_id: UUID) -> None:
    """An open promise of which nothing waits any more is asked about again."""
    item = await replicas.find_item(db, item_id)
    if item is None or item.contractor_id is None or item.status not in OPEN_STATUSES or item.deleted:
        return
    place = await queries.find_place(db, item.contractor_id, item.event_id)
    plan = rules.plan_again(item.id, f"reopened-{item.row_version}", "check_in", place.clock)
    if not place.closed and not await queries.lock_undecided_until(db, item_id, plan.at):
        await begin_planned(db, item, place, plan)


async def continue_series(db: Db, item_id: UUID, completed_at: datetime) -> None:
    item = await replicas.find_item(db, item_id)
    if item is None or item.contractor_id is None or item.status != "completed" or item.deleted:
        return
    place = await queries.find_place(db, item.contractor_id, item.event_id)
    if not place.closed:
        await continue_after_completion(db, item.id, completed_at, place.clock)


async def replan_event(db: Db, event_id: UUID) -> None:
    """The event was made, moved or renamed: its promises and its top-3 questions follow."""
    event = await replicas.find_event(db, event_id)
    if event is None or event.row_version == 0:
        return
    if event.deleted or event.status == "archived":
        for row in await queries.lock_undecided(db, FollowupSchedule.event_id == event_id):
            await lifecycle.cancel(db, row, "event_archived")
        return
    for item in await replicas.open_items_of_event(db, event_id):
        await replan_item(db, item.id)
    await plan_priorities(db, event_id, await replicas.people_at(db, event_id))


async def plan_attendee(db: Db, attendee_id: UUID) -> None:
    attendee = await db.get(Attendee, (db.account_id, attendee_id), populate_existing=True)
    if attendee is None or attendee.contractor_id is None or attendee.event_id is None:
        return
    if attendee.deleted or attendee.status == "cancelled":
        for row in await queries.lock_priorities(db, attendee.event_id, [attendee.contractor_id]):
            if row.status == "scheduled" and row.planned_by == "policy":
                await lifecycle.cancel(db, row, "not_needed")
        return
    await plan_priorities(db, attendee.event_id, [attendee.contractor_id])


async def plan_priorities(db: Db, event_id: UUID, contractor_ids: Sequence[UUID]) -> None:
    """Ask these people for their top 3 after the event, each once, whoever else asks them."""
    event = await replicas.find_event(db, event_id)
    zone = zone_named(event.time_zone) if event else None
    if event is None or event.ends_on is None or zone is None or event.deleted or event.status == "archived":
        return
    await ensure_placeholders(db, Contractor, contractor_ids)
    asked: dict[UUID, list[FollowupSchedule]] = {}
    for row in await queries.lock_priorities(db, event_id, contractor_ids):
        asked.setdefault(row.contractor_id, []).append(row)
    for contractor_id in sorted(contractor_ids):
        place = await queries.find_place(db, contractor_id, event_id)
        plan = rules.plan_priorities(event_id, contractor_id, event.ends_on, zone, place.clock)
        await _reconcile_priorities(db, place, plan, asked.get(contractor_id, []))


async def _reconcile_priorities(db: Db, place: Place, plan: Planned | None, rows: Sequence[FollowupSchedule]) -> None:
    waiting = [row for row in rows if row.status == "scheduled" and row.handed_over_at is None]
    if place.closed:
        plan = None
    if any(rules.is_settled(row) for row in rows) or any(row.planned_by != "policy" for row in waiting):
        return
    if waiting and plan is not None:
        await move_to_plan(db, waiting[0], plan, place)
    elif waiting:
        await lifecycle.cancel(db, waiting[0], "not_needed")
    elif plan is not None:
        await begin_planned(db, None, place, plan)


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
        await plan_priorities(db, event_id, [contractor_id])
    await _keep_local_times(db, contractor_id)


async def _keep_local_times(db: Db, contractor_id: UUID) -> None:
    """What no rule plans anew: the policy's next ones and recurrences keep the hour, what a person named keeps the moment."""
    for row in await queries.lock_undecided(db, FollowupSchedule.contractor_id == contractor_id):
        if row.handed_over_at is not None:
            continue
        place = await queries.find_place(db, contractor_id, row.event_id)
        old = zone_named(row.planned_zone)
        keeps_hour = row.planned_by == "policy" or row.is_recurring
        at = row.scheduled_time
        if keeps_hour and old is not None and old != place.clock.zone and at > db.now:
            at = same_clock_elsewhere(at, old, place.clock.zone)
        await lifecycle.move(db, row, place.clock, at)
