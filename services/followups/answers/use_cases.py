"""What became of a text, and what the person answered."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.followups.answers import queries, rules
from services.followups.planning import rules as planning
from services.followups.planning.queries import Place, find_place, lock_undecided, lock_undecided_until
from services.followups.planning.use_cases import begin_planned
from services.followups.recurring.use_cases import begin_anew, begin_run_after_completion, end_following, put_off
from services.followups.replicas import queries as replicas
from services.followups.schedules import lifecycle
from services.followups.schedules.models import FollowupSchedule
from shared.contracts.actions import ReplyInterpreted, ReplyPart
from shared.db.database import Db

_AS_ASKED = "you asked to be asked again then"


async def record_sent(db: Db, message_key: str, message_id: UUID, sent_at: datetime) -> None:
    """Also for a row that was cancelled too late: it was said. What was answered already keeps its answer."""
    for row in await queries.lock_by_message(db, message_key):
        told: dict[str, object] = {"sent_at": sent_at, "message_id": message_id}
        if row.status in ("scheduled", "cancelled"):
            told["status"] = "sent"
            following = await _plan_for_silence(db, row)
            told |= {"next_occurrence_id": following.id} if following else {}
        await lifecycle.change(db, row, **told)


async def _plan_for_silence(db: Db, row: FollowupSchedule) -> FollowupSchedule | None:
    """Nobody may answer: the next check-in stands ready, and goes when the promise is kept before."""
    if row.purpose != "check_in" or row.action_item_id is None or row.is_recurring:
        return None
    item = await replicas.find_item(db, row.action_item_id)
    if item is None or not item.is_open:
        return None
    place = await find_place(db, row.contractor_id, row.event_id)
    unanswered = await queries.count_unanswered(db, item.id) + 1
    followup_type = rules.after_silence(unanswered, row.followup_type, place.clock)
    if followup_type is None or place.closed:
        return None
    plan = planning.plan_again(item.id, str(row.id), followup_type, place.clock)
    if any(other.id != row.id for other in await lock_undecided_until(db, item.id, plan.at)):
        return None
    return await begin_planned(db, item, place, plan)


async def record_not_sent(db: Db, message_key: str, message_id: UUID, reason: str) -> None:
    """It never reached the person: cancelled with the reason, and planned anew where that makes sense."""
    for row in await queries.lock_by_message(db, message_key):
        if row.status != "scheduled":
            continue
        await lifecycle.change(db, row, status="cancelled", cancel_reason=reason, message_id=message_id)
        place = await find_place(db, row.contractor_id, row.event_id)
        retry = rules.after_not_sent(reason, _tries(row), place.clock)
        if retry.at is not None and not place.closed and row.next_occurrence_id is None:
            await begin_anew(db, row, place.clock, retry.at, plan_key=f"retry:{_tries(row)}:{_root(row)}")


def _tries(row: FollowupSchedule) -> int:
    key = row.plan_key or ""
    return int(key.split(":")[1]) + 1 if key.startswith("retry:") else 1


def _root(row: FollowupSchedule) -> str:
    key = row.plan_key or ""
    return key.split(":")[2] if key.startswith("retry:") else str(row.id)


async def take_reply(db: Db, reply: ReplyInterpreted) -> None:
    """Each part to the check-in that asked; a reply without parts to what was asked last."""
    for part in reply.parts or [ReplyPart(intent=reply.intent)]:
        if part.intent == "unknown":
            continue
        asked = await _asked(db, reply.contractor_id, part)
        for row in asked:
            await _take(db, row, reply, part)
        if part.intent == "defer" and part.action_item_id is not None and not asked:
            await _put_off_unasked(db, part.action_item_id, reply, part)
        if part.intent in rules.SETTLES and part.action_item_id is not None:
            await _confirm(db, part.action_item_id)


async def _asked(db: Db, contractor_id: UUID, part: ReplyPart) -> Sequence[FollowupSchedule]:
    if part.schedule_id is not None:
        return await queries.lock_asked(db, contractor_id, part.schedule_id)
    ref = _uuid(part.question_ref)
    if ref is not None and part.action_item_id is None:
        return await queries.lock_asked_together(db, contractor_id, ref)
    if part.question_ref is not None and ref is None:
        return []
    return await queries.lock_last_asked(db, contractor_id, part.action_item_id)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


async def _take(db: Db, row: FollowupSchedule, reply: ReplyInterpreted, part: ReplyPart) -> None:
    place = await find_place(db, row.contractor_id, row.event_id)
    answer: dict[str, object] = {"response_text": reply.text, "response_received_at": reply.received_at}
    if part.intent == "defer":
        until = rules.deferred_until(part.until, place.clock)
        await put_off(db, row, place.clock, until, answer=answer, planned_by="person", plan_reason=_AS_ASKED)
        return
    if row.status == "deferred":
        ended = await end_following(db, row, "answered")
        answer |= {"next_occurrence_id": None} if ended else {}
    await lifecycle.change(db, row, status="responded", deferred_until=None, **answer)
    if part.intent in rules.STILL_OPEN and row.purpose in ("check_in", "suggestion"):
        await _ask_again(db, row, place)
    if part.intent in rules.SETTLES:
        await begin_run_after_completion(db, row, place.clock, reply.received_at)


async def _put_off_unasked(db: Db, item_id: UUID, reply: ReplyInterpreted, part: ReplyPart) -> None:
    """A promise that was not asked about yet is asked about when they said, and not before."""
    item = await replicas.find_item(db, item_id)
    if item is None or not item.is_open or item.contractor_id != reply.contractor_id:
        return
    place = await find_place(db, reply.contractor_id, item.event_id)
    if place.closed:
        return
    until = rules.deferred_until(part.until, place.clock)
    waiting = await lock_undecided(
        db,
        FollowupSchedule.action_item_id == item_id,
        FollowupSchedule.followup_type != "reminder",
        FollowupSchedule.handed_over_at.is_(None),
    )
    waiting = sorted(waiting, key=lambda row: row.scheduled_time)
    if not waiting:
        plan = replace(planning.plan_again(item_id, str(reply.message_id), "check_in", place.clock), at=until)
        await begin_planned(db, item, place, replace(plan, reason=_AS_ASKED, planned_by="person"))
        return
    answer = {"response_text": reply.text, "response_received_at": reply.received_at}
    await put_off(db, waiting[0], place.clock, until, answer=answer, planned_by="person", plan_reason=_AS_ASKED)
    for row in waiting[1:]:
        if row.scheduled_time < until:
            await lifecycle.cancel(db, row, "deferred")


async def _ask_again(db: Db, row: FollowupSchedule, place: Place) -> None:
    """Still open: the next check-in is an ordinary one, counted from the answer."""
    if row.action_item_id is None or row.is_recurring or place.closed:
        return
    item = await replicas.find_item(db, row.action_item_id)
    if item is None or not item.is_open:
        return
    plan = planning.plan_again(item.id, str(row.id), "check_in", place.clock)
    undecided = await lock_undecided_until(db, item.id, plan.at)
    mine = [other for other in undecided if other.id == row.next_occurrence_id and other.handed_over_at is None]
    if mine:
        await lifecycle.move(db, mine[0], place.clock, plan.at, followup_type="check_in")
    elif not undecided:
        following = await begin_planned(db, item, place, plan)
        await lifecycle.change(db, row, next_occurrence_id=following.id)


async def _confirm(db: Db, item_id: UUID) -> None:
    """The person said it is done: there is nothing left to confirm."""
    for row in await lock_undecided(
        db, FollowupSchedule.action_item_id == item_id, FollowupSchedule.followup_type == "completion_confirmation"
    ):
        await lifecycle.cancel(db, row, "confirmed")


async def end_for_opted_out(db: Db, contractor_ids: Sequence[UUID]) -> None:
    for contractor_id in contractor_ids:
        for row in await lock_undecided(db, FollowupSchedule.contractor_id == contractor_id):
            await lifecycle.cancel(db, row, "opted_out")
