"""From an answer to what it changes: which promises it is about, and what becomes of each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.actions.action_items.rules import ask_again_at
from services.actions.concierge import replies
from services.actions.concierge.context import Knowledge, KnownItem
from services.actions.concierge.plan import Asked, ItemChange, Plan
from services.actions.concierge.reading import Answer, AnswerIntent, Reading
from services.actions.concierge.targets import Target, asked_about, items_about, targets_implied, targets_of
from shared.contracts.actions import ReplyPart
from shared.contracts.messaging import OpenQuestion, Option

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
    intent, _, until = question.ref.rpartition(":")[0].partition("@")
    item = next((item for item in known.promises if str(item.id) == key), None)
    if item is None or intent not in _KEYS.values():
        return None
    answer = Answer.model_validate({"intent": intent, "until": until or None})
    return plan_for(known, Reading(intent="answer", confidence=1), answer, [asked_about(known, item)], None)


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
        first.answered = first.answered or other.answered
    return first


def _plan_one(known: Knowledge, reading: Reading, answer: Answer) -> Plan:
    named = [known.promises[number - 1] for number in answer.items if 0 < number <= len(known.promises)]
    if answer.about and not named:
        named = items_about(known.promises, answer.about)
    if answer.about and not named:
        return ask_which(reading, answer, known.items)
    targets = [asked_about(known, item) for item in named] if named else targets_implied(known)
    if len(targets) > 1 and not named and not answer.every and not _says_it_of_all(answer, targets):
        return ask_which(reading, answer, [target.item for target in targets if target.item])
    if not targets:
        return ask_which(reading, answer, known.items)
    return plan_for(known, reading, answer, targets, None)


def _says_it_of_all(answer: Answer, targets: Sequence[Target]) -> bool:
    """ "Not yet" and "remind me Friday" close nothing: of one text that asked about several, they are said of each."""
    texts = {target.question.message_id for target in targets if target.question}
    return len(texts) == 1 and answer.intent in ("not_yet", "no", "defer")


def ask_which(reading: Reading, answer: Answer, items: Sequence[KnownItem]) -> Plan:
    """What was answered comes back with the choice, as part of the question's ref."""
    options = tuple(Option(key=str(item.id), label=replies.short(item.title, 40)) for item in items[:MAX_OPTIONS])
    plan = Plan(reading.intent, reading.confidence, reply=replies.which([item.title for item in items]))
    about = f"{answer.intent}@{answer.until.isoformat()}" if answer.until else answer.intent
    plan.asked = Asked("clarify", about, options) if options else None
    return plan


def plan_for(
    known: Knowledge, reading: Reading, answer: Answer, targets: Sequence[Target], option_key: str | None
) -> Plan:
    """The same answer for each target."""
    intent: AnswerIntent = {"yes": "done", "no": "not_yet"}.get(answer.intent, answer.intent)  # type: ignore[assignment]
    plan = Plan(reading.intent, reading.confidence, answered=intent)
    asked_of = {target.item.id: target for target in targets if target.item}  # asked of twice, done once
    titles = [target.item.title for target in asked_of.values() if target.item]
    until = ask_again_at(answer.until, known.zone)
    plan.changes = [ItemChange(each, values_for(intent, target), known.turn.text) for each, target in asked_of.items()]
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
    left = len({item.id for item in known.items} - set(asked_of))
    plan.reply = words_for(intent, titles, left, until, known.zone)
    if intent == "not_yet" and any(target.item and target.item.kept for target in asked_of.values()):
        plan.reply = replies.open_again(titles)
    return plan


def values_for(intent: AnswerIntent, target: Target) -> dict[str, Any]:
    """Of a promise that was kept as far as we knew, only "not yet" changes something."""
    if target.item and target.item.kept:
        return {"status": "pending"} if intent == "not_yet" else {}
    status = {"done": "completed", "skip": "cancelled"}.get(intent)
    return {"status": status} if status else {}


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
