"""A turn from beginning to end: taken in, read, carried out in one transaction."""

import json
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.actions.action_items import queries as items
from services.actions.action_items.models import ActionItem
from services.actions.action_items.rules import Origin
from services.actions.action_items.use_cases import add_update, change_item, make_item
from services.actions.concierge import queries, replies
from services.actions.concierge.context import Knowledge
from services.actions.concierge.correcting import correct_note
from services.actions.concierge.examples import collect_of_turn
from services.actions.concierge.plan import Asked, Correction, DraftAnswer, ItemChange, LookedUp, NewItem, Plan
from services.actions.concierge.question_rules import looked_for
from services.actions.concierge.reading import Reading
from services.actions.concierge.rules import names_to_look_up, plan_of, plan_unread
from services.actions.concierge.undo import undo_last_turn
from services.actions.demos.use_cases import find_prepared
from services.actions.drafts import queries as drafts
from services.actions.drafts.lifecycle import change_draft
from services.actions.drafts.queries import OPEN_DRAFTS
from services.actions.drafts.showing import ref_of, words_of
from services.actions.notes.models import EventNote
from services.actions.notes.use_cases import capture_note, change_note, remove_note
from shared.ai.records import RunRecord
from shared.bus.outbox import emit_all
from shared.contracts.actions import ContractorIntroduced, ReplyInterpreted
from shared.contracts.ai import AiRunCompleted
from shared.contracts.base import Message
from shared.contracts.messaging import YES_NO, MessageReceived, Question, SendRequested, SuppressionRequested
from shared.contracts.messaging import Origin as SentFor
from shared.db.database import Db

QUESTION_OPEN = timedelta(days=3)
RANKS = ("contractor_priority", "ai_suggested_priority", "priority")


async def take_in(db: Db, event: MessageReceived, burst_seconds: float) -> None:
    """Store the text once, and a turn for it: queued in its contractor's lane, silent, or waiting for a contractor."""
    contractor_id = event.contractor_id
    if contractor_id is None:
        await queries.lock_address(db, event.address)
        contractor_id = await queries.find_contractor_by_phone(db, event.address)
    new = await queries.insert_message_once(
        db,
        message_id=event.message_id,
        conversation_id=event.conversation_id,
        contractor_id=contractor_id,
        direction="inbound",
        body=event.body,
        at=event.received_at,
    )
    if not new:
        return
    if event.obeyed or event.staff_has_taken_over:
        await queries.insert_turn_once(db, event, contractor_id, status="silent", intent=event.obeyed or "staff")
    elif contractor_id is None:
        await queries.insert_turn_once(db, event, None)
    else:
        await _queue(db, event, contractor_id, burst_seconds)


async def _queue(db: Db, event: MessageReceived, contractor_id: UUID, burst_seconds: float) -> None:
    """A text that joins a turn does not make it wait longer."""
    if burst_seconds:
        since = event.received_at - timedelta(seconds=burst_seconds)
        if await queries.join_burst(db, contractor_id, event, since):
            return
    await queries.open_lane(db, contractor_id, burst_seconds)
    await queries.insert_turn_once(db, event, contractor_id)


async def adopt_stranger(db: Db, contractor_id: UUID, phone: str | None) -> None:
    """A contractor has become known: turns that wait at that phone are theirs."""
    if phone is None:
        return
    await queries.lock_address(db, phone)
    if await queries.adopt_turns(db, phone, contractor_id):
        await queries.open_lane(db, contractor_id)


async def plan_turn(db: Db, known: Knowledge, reading: Reading | None) -> Plan:
    if reading is None:
        plan = plan_unread(known)
        assert plan is not None
        return plan
    event, names, words = known.event, names_to_look_up(reading), looked_for(reading)
    peers = await queries.find_peers(db, event.id, names) if event and names else {}
    found = await queries.find_notes(db, known.turn.contractor_id, words) if words else []
    return plan_of(known, reading, LookedUp(peers, found))


@dataclass
class Outcome:
    """What the turn's row will show (`done`), and what is published."""

    done: list[dict[str, Any]] = field(default_factory=list)
    events: list[Message] = field(default_factory=list)


async def carry_out(
    db: Db, known: Knowledge, reading: Reading | None, run: RunRecord | None, reply_expires: timedelta, *, speaks: bool
) -> None:
    """Everything the turn causes. The lane is held by the caller, so nobody else works on this person's turn."""
    turn = known.turn
    plan = await plan_turn(db, known, reading)
    outcome = await apply(db, known, plan, _origin(plan, turn.message_id))
    reply = plan.reply if speaks and not turn.opted_out else None
    await emit_all(db, [*outcome.events, *messages_of(db, known, plan, reply, run, reply_expires)])
    await queries.finish_turn(
        db,
        turn.id,
        turn.contractor_id,
        "done" if reply else "silent",
        plan.intent,
        round(plan.confidence, 2),
        reading.model_dump_json(exclude_defaults=True) if reading else None,
        json.dumps(outcome.done),
        reply,
        run.run_id if run else None,
        parts_json(plan),
    )


def parts_json(plan: Plan) -> str:
    return json.dumps([asdict(part) for part in plan.parts], default=str)


async def apply(
    db: Db, known: Knowledge, plan: Plan, origin: Origin, note_before: EventNote | None = None, *, texts: bool = True
) -> Outcome:
    """Write what the plan changes. `note_before` is what the same text led to already: it is changed, or goes. `texts`: whether
    the person may be shown what comes of it."""
    outcome = Outcome()
    if plan.undo:
        plan.reply = replies.undone(await undo_last_turn(db, known, outcome.done))
    for correction in plan.corrections:
        await _correct(db, known, plan, correction, origin, outcome.done)
    note = await _capture(db, plan, outcome, note_before)
    for new in plan.items:
        await _make(db, new, note, origin, outcome)
    for change in plan.changes:
        await _change(db, change, origin, outcome.done)
    await _ask_for_drafts(db, known, plan, texts)
    if plan.draft_answer is not None:
        await _settle_draft(db, plan, plan.draft_answer, outcome.done)
    return outcome


async def _ask_for_drafts(db: Db, known: Knowledge, plan: Plan, texts: bool) -> None:
    turn = known.turn
    shown = {
        "turn_id": str(turn.id),
        "channel": turn.channel,
        "address": turn.address,
        "conversation_epoch": turn.conversation_epoch,
        "in_reply_to_message_id": str(turn.messages[-1].message_id),
    }
    for item_id in plan.drafts:
        await drafts.request(db, item_id, shown if texts else None)


async def _settle_draft(db: Db, plan: Plan, answer: DraftAnswer, done: list[dict[str, Any]]) -> None:
    """Only what the person saw is approved: what was changed since is shown again."""
    draft = await drafts.lock_draft(db, answer.draft_id)
    if answer.approves and draft.status == "draft" and draft.row_version != answer.version:
        plan.reply, plan.asked = words_of(draft), Asked("confirm", ref_of(draft), YES_NO)
        return
    was, status = draft.status, "approved" if answer.approves else "discarded"
    if was not in (("draft",) if answer.approves else OPEN_DRAFTS):
        plan.reply = replies.DRAFT_IS[was]
        return
    told = {"approved_at": db.now} if answer.approves else {"reason": "contractor"}
    await change_draft(db, draft, status=status, **told)
    plan.reply = replies.APPROVED if answer.approves else replies.DISCARDED
    changes = [{"field": "status", "old": was, "new": status}]
    done.append({"what": "draft_settled", "draft_id": str(draft.id), "changes": changes})


async def _correct(
    db: Db, known: Knowledge, plan: Plan, correction: Correction, origin: Origin, done: list[dict[str, Any]]
) -> None:
    if not await correct_note(db, correction, origin, known.turn.text):
        plan.reply = replies.WHAT
        return
    told = {"field": correction.field, "old": correction.was, "new": correction.now}
    done.append({"what": "note_corrected", "note_id": str(correction.note_id), **told})
    turn_id = await queries.turn_of_note(db, correction.note_id)
    if turn_id is not None:
        await collect_of_turn(db, turn_id, {correction.field: told}, "contractor")


async def _capture(db: Db, plan: Plan, outcome: Outcome, before: EventNote | None) -> EventNote | None:
    if plan.note is None:
        if before is not None:
            await remove_note(db, before)
        return None
    if before is not None:
        note = await change_note(db, before, {**plan.note, "deleted_at": None})
    else:
        note, captured = await capture_note(db, plan.note)
        outcome.events.append(captured)
    outcome.done.append({"what": "note_captured", "note_id": str(note.id)})
    return note


async def _make(db: Db, new: NewItem, note: EventNote | None, origin: Origin, outcome: Outcome) -> None:
    values = {**new.values, "related_note_id": note.id} if new.of_new_note and note else new.values
    if prepared := await find_prepared(db, values):
        ranks = {name: values[name] for name in RANKS if name in values}
        await _change(db, ItemChange(prepared, ranks, values["description"]), origin, outcome.done)
        return
    item, created = await make_item(db, values, origin, note_text=new.note_text, note_is_new=new.of_new_note)
    outcome.events.append(created)
    outcome.done.append({"what": "action_item_created", "action_item_id": str(item.id), "title": item.title})


async def _change(db: Db, change: ItemChange, origin: Origin, done: list[dict[str, Any]]) -> None:
    item = await items.lock_item(db, change.item_id)
    changes = await change_item(db, item, change.values, origin, remark=change.remark)
    if not changes:
        add_update(db, item, origin, update_type="note", update_note=change.remark)
    done.append(_told(item, [{"field": c.field, "old": c.old_value, "new": c.new_value} for c in changes]))


def _told(item: ActionItem, fields: list[dict[str, Any]]) -> dict[str, Any]:
    what = "action_item_updated" if fields else "action_item_noted"
    return {"what": what, "action_item_id": str(item.id), "title": item.title, "changes": fields}


def _origin(plan: Plan, message_id: UUID) -> Origin:
    is_answer = any(part.question_ref for part in plan.answers)
    return Origin("contractor", "check_in_reply" if is_answer else "sms_conversation", message_id)


def messages_of(
    db: Db,
    known: Knowledge,
    plan: Plan,
    reply: str | None,
    run: RunRecord | None,
    reply_expires: timedelta = timedelta(),
) -> list[Message]:
    turn = known.turn
    messages: list[Message] = []
    if plan.answered is not None or plan.settled:
        messages.append(
            ReplyInterpreted(
                message_id=turn.message_id,
                contractor_id=turn.contractor_id,
                intent=plan.answered or "unknown",
                confidence=plan.confidence,
                text=turn.text,
                parts=plan.answers,
                settled=plan.settled,
                received_at=turn.received_at,
            )
        )
    if plan.introduction is not None:
        full_name, event_text = plan.introduction
        messages.append(
            ContractorIntroduced(
                contractor_id=turn.contractor_id, full_name=full_name, event_text=event_text, message_id=turn.message_id
            )
        )
    if plan.opt_out:
        messages.append(
            SuppressionRequested(
                request_id=turn.id,
                addresses=[turn.address],
                scope="everything",
                reason="texted: opt_out",
                evidence_message_id=turn.message_id,
            )
        )
    if run is not None:
        messages.append(run_completed(run, db))
    if reply is not None:
        messages.append(_send(db, known, reply, plan.asked, reply_expires))
    return messages


def _send(db: Db, known: Knowledge, reply: str, asked: Asked | None, reply_expires: timedelta) -> SendRequested:
    turn = known.turn
    question = asked and Question(
        kind=asked.kind, ref=f"{asked.about}:{turn.id}", options=list(asked.options), expires_at=db.now + QUESTION_OPEN
    )
    return SendRequested.model_validate(
        {
            "message_key": f"actions:{turn.id}",
            "channel": turn.channel,
            "contractor_id": turn.contractor_id,
            "address": turn.address,
            "purpose": "reply",
            "body": reply,
            "origin": SentFor(service="actions", type="concierge_turn", id=turn.id),
            "in_reply_to_message_id": turn.messages[-1].message_id,
            "expires_at": db.now + reply_expires,
            "conversation_epoch": turn.conversation_epoch,
            "question": question,
        }
    )


def run_completed(run: RunRecord, db: Db) -> AiRunCompleted:
    values = {name: getattr(run, name) for name in AiRunCompleted.model_fields if hasattr(run, name)}
    values["model"] = run.model or run.provider
    return AiRunCompleted.model_validate({**values, "cost": run.cost or 0, "completed_at": db.now})
