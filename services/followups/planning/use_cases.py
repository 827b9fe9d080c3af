"""Keeps what is planned in step with promises."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.followups.planning import queries, rules
from services.followups.planning.queries import Place
from services.followups.planning.rules import Planned
from services.followups.recurring.use_cases import continue_after_completion
from services.followups.replicas import queries as replicas
from services.followups.replicas.models import ActionItem, Contractor, Event
from services.followups.schedules import lifecycle
from services.followups.schedules.models import FollowupSchedule
from services.followups.wording.facts import gather
from services.followups.wording.offline import template_for
from shared.bus.replicas import ensure_placeholders
from shared.db.database import Db


async def replan_item(db: Db, item_id: UUID) -> None:
    """What the promise as it is now asks for becomes what waits; what was said stays."""
    item = await replicas.find_item(db, item_id)
    if item is None or item.row_version == 0 or item.contractor_id is None:
        return
    if not item.is_open:
        await end_item(db, item)
        return
    place = await _place_of(db, item.contractor_id, item.event_id)
    if place.closed:
        await _cancel_of_item(db, item, place.closed)
    else:
        await _reconcile_item(db, item, place)


async def _place_of(db: Db, contractor_id: UUID, event_id: UUID | None) -> Place:
    """Also where we were not told of them yet."""
    place = await queries.find_place(db, contractor_id, event_id)
    if place.contractor is not None and (place.event is not None or event_id is None):
        return place
    await ensure_placeholders(db, Contractor, [contractor_id])
    await ensure_placeholders(db, Event, [event_id])
    return await queries.find_place(db, contractor_id, event_id)


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
        "purpose": plan.purpose,
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
    item, place = await _askable(db, item_id)
    if item and place and item.status == "completed":
        await begin_planned(db, item, place, rules.plan_confirmation(item.id, item.row_version, place.clock))


async def plan_again_when_reopened(db: Db, item_id: UUID) -> None:
    """An open promise of which nothing waits any more is asked about again."""
    item, place = await _askable(db, item_id)
    if not item or not place or not item.is_open:
        return
    plan = rules.plan_again(item.id, f"reopened-{item.row_version}", "check_in", place.clock)
    if not await queries.lock_undecided_until(db, item_id, plan.at):
        await begin_planned(db, item, place, plan)


async def continue_series(db: Db, item_id: UUID, completed_at: datetime) -> None:
    item, place = await _askable(db, item_id)
    if item and place and item.status == "completed":
        await continue_after_completion(db, item.id, completed_at, place.clock)


async def _askable(db: Db, item_id: UUID) -> tuple[ActionItem, Place] | tuple[None, None]:
    """The promise and its place, where it may still be spoken of."""
    item = await replicas.find_item(db, item_id)
    if item is None or item.contractor_id is None or item.deleted:
        return None, None
    place = await queries.find_place(db, item.contractor_id, item.event_id)
    return (None, None) if place.closed else (item, place)
