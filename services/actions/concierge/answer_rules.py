"""From an answer to what it changes: which promises it is about, and what becomes of each."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from services.actions.action_items.rules import ask_again_at
from services.actions.concierge import replies
from services.actions.concierge.context import Knowledge, KnownItem
from services.actions.concierge.plan import Asked, DraftAnswer, ItemChange, Plan, SaidPart
from services.actions.concierge.reading import AnswerIntent, Intent, Part, Reading
from services.actions.concierge.targets import (
    Target,
    asked_about,
    items_about,
    priorities_asked_last,
    targets_implied,
    targets_named,
    targets_of,
)
from services.actions.drafts.showing import ASKED, shown_in
from shared.contracts.actions import ReplyIntent, ReplyPart
from shared.contracts.messaging import YES_NO, OpenQuestion, Option

MAX_OPTIONS = 5
_DAY: TypeAdapter[date | datetime] = TypeAdapter(date | datetime)
CLOSING = frozenset(("done", "cancel"))
_KEYS: dict[str, AnswerIntent] = {
    **dict.fromkeys(("done", "completed", "yes_done", "yes"), "done"),
    **dict.fromkeys(("not_yet", "not_done", "no"), "not_done"),
    "in_progress": "in_progress",
    **dict.fromkeys(("defer", "later", "remind", "snooze"), "defer"),
    **dict.fromkeys(("skip", "drop", "cancel"), "cancel"),
    **dict.fromkeys(("help", "needs_help", "offer_help", "help_with_item"), "help_with_item"),
}
PUBLISHED: dict[str, ReplyIntent] = {
    "done": "done",
    "not_done": "not_yet",
    "in_progress": "not_yet",
    "defer": "defer",
    "cancel": "skip",
    "help_with_item": "needs_help",
}
"""An answer in the words of `reply.interpreted.v1`, which are older."""


def intent_of_key(key: str) -> AnswerIntent | None:
    """What choosing an option says: its key, or the last part of it ("<id>:done")."""
    return _KEYS.get(key.rsplit(":", 1)[-1])


def plan_option(known: Knowledge, question: OpenQuestion, key: str) -> Plan | None:
    """An answer by number. None for a question that is not about promises."""
    if question.kind == "clarify":
        return _plan_clarified(known, question, key)
    if question.kind == "confirm":
        return _plan_confirmed(known, question, key)
    intent, all_targets = intent_of_key(key), targets_of(known, question)
    targets = [target for target in all_targets if target.is_named_in(key)] or all_targets
    if question.kind != "check_in" or intent is None:
        return None
    tomorrow = known.turn.received_at.astimezone(known.zone).date() + timedelta(days=1)
    answer = Part(intent=intent, text=known.turn.text, until=tomorrow if intent == "defer" else None)
    return plan_for(known, Reading(intent=intent, confidence=1), answer, targets, key)


def _plan_clarified(known: Knowledge, question: OpenQuestion, key: str) -> Plan | None:
    intent, until = clarified(question)
    item = next((item for item in known.promises if str(item.id) == key), None)
    if item is None or intent is None:
        return None
    answer = Part(intent=intent, text=known.turn.text, until=until)
    return plan_for(known, Reading(intent=intent, confidence=1), answer, [asked_about(known, item)], None)


def is_draft(question: OpenQuestion) -> bool:
    return question.ref.startswith(f"{ASKED}~")


def plan_draft(question: OpenQuestion, key: str) -> Plan:
    """Whether the draft that was shown may go; "again" is a yes to one that lies far back, which is shown once more."""
    draft_id, version = shown_in(_about(question))
    answer = DraftAnswer(draft_id, None if key == "again" else version, key != "no")
    return Plan("help_with_item", 1, draft_answer=answer)


def _plan_confirmed(known: Knowledge, question: OpenQuestion, key: str) -> Plan | None:
    if is_draft(question):
        return plan_draft(question, key)
    intent, items = confirmed(known, question)
    if intent is None or not items:
        return None
    if key != "yes":
        return Plan("other", 1, reply=replies.UNCHANGED)
    targets = [asked_about(known, item) for item in items]
    answer = Part(intent=intent, text=known.turn.text)
    return plan_for(known, Reading(intent=intent, confidence=1), answer, targets, None)


def _about(question: OpenQuestion) -> str:
    """What a question of ours carries in its ref, before the turn that asked it."""
    return question.ref.rpartition(":")[0]


def _answer_named(intent: str) -> AnswerIntent | None:
    return next((answer for answer in get_args(AnswerIntent) if answer == intent), None)


def confirmed(known: Knowledge, question: OpenQuestion) -> tuple[AnswerIntent | None, list[KnownItem]]:
    """What a question of kind `confirm` would do, and to which promises."""
    intent, _, ids = _about(question).partition("~")
    return _answer_named(intent), [item for item in known.promises if str(item.id) in ids.split(",")]


def ask_to_confirm(reading: Reading, answer: Part, targets: Sequence[Target]) -> Plan:
    """Nothing is closed on a guess."""
    items = {target.item.id: target.item for target in targets if target.item}
    plan = Plan(reading.intent, reading.confidence)
    plan.reply = replies.sure_of(answer.intent, [item.title for item in items.values()])
    plan.asked = Asked("confirm", f"{answer.intent}~{','.join(map(str, items))}", YES_NO)
    plan.parts = [SaidPart(answer.intent, answer.text, item_id) for item_id in items]
    return plan


def clarified(question: OpenQuestion) -> tuple[AnswerIntent | None, date | datetime | None]:
    """The answer that was given before we asked which promise it is about, and the day it named."""
    intent, _, until = _about(question).partition("@")
    return _answer_named(intent), _DAY.validate_python(until) if until else None


def plan_answer(known: Knowledge, reading: Reading) -> Plan:
    """An answer in words. Where it does not say which promise, the last one that was asked about, or we ask."""
    plans = [_plan_one(known, reading, answer) for answer in reading.answers]
    first = plans[0]
    for other in plans[1:]:
        first.changes += other.changes
        first.parts += other.parts
        first.answers += other.answers
        if other.reply and other.reply not in (first.reply or ""):
            first.reply = " ".join(filter(None, (first.reply, other.reply)))
        first.asked = first.asked or other.asked
        first.answered = first.answered or other.answered
    return first


def _plan_one(known: Knowledge, reading: Reading, answer: Part) -> Plan:
    named = [known.promises[number - 1] for number in answer.items if 0 < number <= len(known.promises)]
    if answer.about and not named:
        named = items_about(known.promises, answer.about)
    if answer.about and not named:
        return ask_which(reading, answer, known.items, answer.about)
    if not named and (asked := priorities_asked_last(known)):
        return plan_unranked(known, reading, answer, asked)
    targets = targets_named(known, named) if named else targets_implied(known)
    if len(targets) > 1 and not named and not answer.every and not _says_it_of_all(answer, targets):
        return ask_which(reading, answer, [target.item for target in targets if target.item])
    if not targets:
        return ask_which(reading, answer, known.items)
    if answer.doubted and any(target.item for target in targets):
        return ask_to_confirm(reading, answer, targets)
    return plan_for(known, reading, answer, targets, None)


def plan_unranked(
    known: Knowledge, reading: Reading, answer: Part, asked: Sequence[tuple[OpenQuestion, UUID | None]]
) -> Plan:
    """ "Ask me Friday" to the top-3 question puts that question off; whatever else is no list closes it."""
    until = ask_again_at(answer.until, known.zone)
    plan = Plan(reading.intent, reading.confidence, answered=PUBLISHED[answer.intent])
    plan.parts = [SaidPart(answer.intent, answer.text, None, until)]
    plan.answers = [
        ReplyPart(question_ref=question.ref, schedule_id=schedule, intent=PUBLISHED[answer.intent], until=until)
        for question, schedule in asked
    ]
    day = f"on {until.astimezone(known.zone):%A, %b %-d}" if until else None
    plan.reply = replies.put_off(["your priorities"], day) if answer.intent == "defer" else replies.NO_PRIORITIES
    return plan


def _says_it_of_all(answer: Part, targets: Sequence[Target]) -> bool:
    """ "Not yet" and "remind me Friday" close nothing: of one text that asked about several, they are said of each."""
    texts = {target.question.message_id for target in targets if target.question}
    return len(texts) == 1 and answer.intent in ("not_done", "in_progress", "defer")


def ask_which(reading: Reading, answer: Part, items: Sequence[KnownItem], unknown: str | None = None) -> Plan:
    """What was answered comes back with the choice, as part of the question's ref."""
    options = tuple(Option(key=str(item.id), label=replies.short(item.title, 40)) for item in items[:MAX_OPTIONS])
    plan = Plan(reading.intent, reading.confidence, reply=replies.which([item.title for item in items], unknown))
    about = f"{answer.intent}@{answer.until.isoformat()}" if answer.until else answer.intent
    plan.asked = Asked("clarify", about, options) if options else None
    plan.parts = [SaidPart(answer.intent, answer.text)]
    return plan


def plan_for(
    known: Knowledge, reading: Reading, answer: Part, targets: Sequence[Target], option_key: str | None
) -> Plan:
    """The same answer for each target."""
    intent = answer.intent
    plan = Plan(reading.intent, reading.confidence, answered=PUBLISHED[intent])
    asked_of = {target.item.id: target for target in targets if target.item}  # asked of twice, done once
    titles = [target.item.title for target in asked_of.values() if target.item]
    until = ask_again_at(answer.until, known.zone)
    plan.changes = [ItemChange(each, values_for(intent, target), known.turn.text) for each, target in asked_of.items()]
    plan.parts = [SaidPart(intent, answer.text, target.item_id, until) for target in targets]
    plan.answers = [
        ReplyPart(
            question_ref=target.question.ref if target.question else None,
            schedule_id=target.schedule.id if target.schedule else None,
            action_item_id=target.item_id,
            intent=PUBLISHED[intent],
            option_key=option_key,
            until=until,
        )
        for target in targets
    ]
    if intent == "help_with_item":
        plan.drafts = list(asked_of)
    left = len({item.id for item in known.items} - set(asked_of))
    plan.reply = words_for(intent, titles, left, until, known.zone)
    if intent == "not_done" and any(target.item and target.item.kept for target in asked_of.values()):
        plan.reply = replies.open_again(titles)
    return plan


def values_for(intent: Intent, target: Target) -> dict[str, Any]:
    """Of a promise that was kept as far as we knew, only "not yet" changes something."""
    if target.item and target.item.kept:
        return {"status": "pending"} if intent == "not_done" else {}
    status = {"done": "completed", "cancel": "cancelled", "in_progress": "in_progress"}.get(intent)
    return {"status": status} if status else {}


def words_for(intent: Intent, titles: Sequence[str], left: int, until: datetime | None, zone: ZoneInfo) -> str:
    match intent:
        case "done":
            return replies.completed(titles, left)
        case "cancel":
            return replies.skipped(titles)
        case "defer":
            return replies.put_off(titles, f"on {until.astimezone(zone):%A, %b %-d}" if until else None)
        case "help_with_item":
            return replies.needs_help(titles)
        case "in_progress":
            return replies.in_progress(titles)
        case _:
            return replies.not_done(titles)
