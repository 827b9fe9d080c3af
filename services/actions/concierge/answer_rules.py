"""From an answer to what it changes: which promises it is about, and what becomes of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.actions.action_items.rules import ask_again_at
from services.actions.concierge import replies
from services.actions.concierge.context import Knowledge, KnownItem, KnownSchedule
from services.actions.concierge.plan import Asked, ItemChange, Plan
from services.actions.concierge.reading import Answer, AnswerIntent, Reading
from shared.contracts.actions import ReplyPart
from shared.contracts.messaging import OpenQuestion, Option

ASKED_LATELY = timedelta(days=14)
MAX_OPTIONS = 5
_KEYS: dict[str, AnswerIntent] = {
    **dict.fromkeys(("done", "completed", "yes_done"), "done"),
    **dict.fromkeys(("not_yet", "in_progress"), "not_yet"),
    **dict.fromkeys(("defer", "later", "remind", "snooze"), "defer"),
    **dict.fromkeys(("skip", "drop", "cancel"), "skip"),
    **dict.fromkeys(("help", "needs_help", "offer_help"), "needs_help"),
    "yes": "yes",
    "no": "no",
}


@dataclass(frozen=True)
class Target:
    """A promise that an answer is about, with the check-in that asked."""

    item: KnownItem | None
    schedule: KnownSchedule | None
    question: OpenQuestion | None

    @property
    def item_id(self) -> UUID | None:
        """Also of a promise that is no longer open."""
        return self.item.id if self.item else self.schedule.action_item_id if self.schedule else None

    def is_named_in(self, key: str) -> bool:
        """A digest's options carry the id of the check-in or the promise in their key."""
        ids = [str(each.id) for each in (self.item, self.schedule) if each]
        return any(each in key for each in ids)


def intent_of_key(key: str) -> AnswerIntent | None:
    """What choosing an option says: its key, or the last part of it ("<id>:done")."""
    return _KEYS.get(key.rsplit(":", 1)[-1])


def plan_option(known: Knowledge, question: OpenQuestion, key: str) -> Plan | None:
    """An answer by number. None for a question that is not about promises."""
    if question.kind == "clarify":
        return _plan_clarified(known, question, key)
    intent, all_targets = intent_of_key(key), targets_of(known, question)
    targets = [target for target in all_targets if target.is_named_in(key)] or all_targets
    if question.kind != "check_in" or intent is None:
        return None
    tomorrow = known.turn.received_at.astimezone(known.zone).date() + timedelta(days=1)
    answer = Answer(intent=intent, until=tomorrow if intent == "defer" else None)
    return plan_for(known, Reading(intent="answer", confidence=1), answer, targets, key)


def _plan_clarified(known: Knowledge, question: OpenQuestion, key: str) -> Plan | None:
    intent = question.ref.partition(":")[0]
    item = next((item for item in known.items if str(item.id) == key), None)
    if item is None or intent not in _KEYS.values():
        return None
    answer = Answer.model_validate({"intent": intent})
    return plan_for(known, Reading(intent="answer", confidence=1), answer, [_asked_about(known, item)], None)


def plan_answer(known: Knowledge, reading: Reading) -> Plan:
    """An answer in words. Where it does not say which promise, the last one that was asked about, or we ask."""
    plans = [_plan_one(known, reading, answer) for answer in reading.answers]
    first = plans[0]
    for other in plans[1:]:
        first.changes += other.changes
        first.parts += other.parts
        if other.reply and other.reply not in (first.reply or ""):
            first.reply = " ".join(filter(None, (first.reply, other.reply)))
        first.asked = first.asked or other.asked
    return first


def _plan_one(known: Knowledge, reading: Reading, answer: Answer) -> Plan:
    named = [known.items[number - 1] for number in answer.items if 0 < number <= len(known.items)]
    if answer.about and not named:
        named = items_about(known.items, answer.about)
    if answer.about and not named:
        return ask_which(reading, answer.intent, known.items)
    targets = [_asked_about(known, item) for item in named] if named else targets_implied(known)
    if len(targets) > 1 and not named and not answer.every:
        return ask_which(reading, answer.intent, [target.item for target in targets if target.item])
    if not targets:
        return ask_which(reading, answer.intent, known.items)
    return plan_for(known, reading, answer, targets, None)


def items_about(items: Sequence[KnownItem], about: str) -> list[KnownItem]:
    """The one open promise whose title holds all these words; none when several do."""
    words = set(about.casefold().split())
    found = [item for item in items if words <= set(item.title.casefold().split())]
    return found if len(found) == 1 else []


def targets_implied(known: Knowledge) -> list[Target]:
    """What is being asked now; else what was asked last; else the only open promise."""
    asked = [t for q in known.turn.open_questions if q.kind == "check_in" for t in targets_of(known, q)]
    if asked:
        return asked
    sent = [s for s in known.schedules if s.sent_at and s.action_item_id and _is_late(known, s.sent_at)]
    items = {item.id: item for item in known.items}
    for schedule in sent:
        if schedule.action_item_id in items:
            return [Target(items[schedule.action_item_id], schedule, None)]
    return [Target(known.items[0], None, None)] if len(known.items) == 1 else []


def _is_late(known: Knowledge, sent_at: datetime) -> bool:
    return sent_at > known.turn.received_at - ASKED_LATELY


def targets_of(known: Knowledge, question: OpenQuestion) -> list[Target]:
    """The check-ins of a question (a digest has several), with their promises where those are still open."""
    items = {item.id: item for item in known.items}
    mine = [
        schedule
        for schedule in known.schedules
        if str(schedule.id) == question.ref
        or schedule.id == question.origin.id
        or (schedule.message_id is not None and schedule.message_id == question.message_id)
        or any(str(schedule.id) in option.key for option in question.options)
    ]
    if not mine and question.kind == "check_in":  # its schedule has not reached us yet
        return [Target(known.items[0] if len(known.items) == 1 else None, None, question)]
    return [Target(items.get(s.action_item_id) if s.action_item_id else None, s, question) for s in mine]


def _asked_about(known: Knowledge, item: KnownItem) -> Target:
    asked = [t for q in known.turn.open_questions for t in targets_of(known, q) if t.item and t.item.id == item.id]
    if asked:
        return asked[0]
    sent = [s for s in known.schedules if s.action_item_id == item.id and s.status in ("sent", "deferred", "scheduled")]
    return Target(item, sent[0] if sent else None, None)


def ask_which(reading: Reading, intent: AnswerIntent, items: Sequence[KnownItem]) -> Plan:
    options = tuple(Option(key=str(item.id), label=replies.short(item.title, 40)) for item in items[:MAX_OPTIONS])
    plan = Plan(reading.intent, reading.confidence, reply=replies.which([item.title for item in items]))
    plan.asked = Asked("clarify", intent, options) if options else None
    return plan


def plan_for(
    known: Knowledge, reading: Reading, answer: Answer, targets: Sequence[Target], option_key: str | None
) -> Plan:
    """The same answer for each target."""
    intent: AnswerIntent = {"yes": "done", "no": "not_yet"}.get(answer.intent, answer.intent)  # type: ignore[assignment]
    plan = Plan(reading.intent, reading.confidence, answered=intent)
    items = list(
        {target.item.id: target.item for target in targets if target.item}.values()
    )  # asked of twice, done once
    values = {"done": {"status": "completed"}, "skip": {"status": "cancelled"}}.get(intent, {})
    until = ask_again_at(answer.until, known.zone)
    plan.changes = [ItemChange(item.id, dict(values), known.turn.text) for item in items]
    plan.parts = [
        ReplyPart(
            question_ref=target.question.ref if target.question else None,
            schedule_id=target.schedule.id if target.schedule else None,
            action_item_id=target.item_id,
            intent=intent,
            option_key=option_key,
            until=until,
        )
        for target in targets
    ]
    plan.reply = words_for(intent, [item.title for item in items], len(known.items) - len(items), until, known.zone)
    return plan


def words_for(intent: AnswerIntent, titles: Sequence[str], left: int, until: datetime | None, zone: ZoneInfo) -> str:
    match intent:
        case "done":
            return replies.completed(titles, left)
        case "skip":
            return replies.skipped(titles)
        case "defer":
            return replies.put_off(titles, f"on {until.astimezone(zone):%A, %b %-d}" if until else None)
        case "needs_help":
            return replies.needs_help(titles)
        case _:
            return replies.not_yet(titles)


def schedules_of(known: Knowledge, kind: str) -> list[tuple[OpenQuestion, UUID | None]]:
    """Open questions of a kind with the schedule that asked."""
    ids = {str(schedule.id): schedule.id for schedule in known.schedules}
    return [
        (q, ids.get(q.ref) or (q.origin.id if q.origin.service == "followups" else None))
        for q in known.turn.open_questions
        if q.kind == kind
    ]
