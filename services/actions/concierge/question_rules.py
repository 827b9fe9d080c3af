"""Answers to what people ask of us: who was that, and why did you text me."""

import re
from collections.abc import Sequence
from datetime import datetime

from services.actions.concierge import replies
from services.actions.concierge.context import FoundNote, Knowledge, KnownItem, KnownNote, KnownSchedule
from services.actions.concierge.plan import Plan
from services.actions.concierge.reading import Reading

CLOSE = 0.6
"""A note is shown beside the best when its rank is at least this share of the best's."""
_WORD = re.compile(r"[^\W_]+")
_RULES = {
    "check_in": "I check in on every promise until it is kept",
    "reminder": "you asked to be reminded",
    "status_update": "its day had come",
    "offer_help": "two check-ins stayed without an answer",
    "completion_confirmation": "I had it as done, and made sure",
}


def looked_for(reading: Reading) -> list[str]:
    """The words of what is looked for."""
    queries = [part.text if part.query is None else part.query for part in reading.parts if part.intent == "find"]
    return list(dict.fromkeys(word.lower() for query in queries for word in _WORD.findall(query)))[:20]


def plan_find(known: Knowledge, reading: Reading, found: Sequence[FoundNote]) -> Plan:
    plan = Plan("find", reading.confidence)
    words = looked_for(reading)
    if not words:
        plan.reply = replies.told_of(dict.fromkeys(name for note in known.notes for name in note.names))
    elif not found:
        plan.reply = f"I have nothing from you about {replies.short(' '.join(words), 60)}."
    else:
        shown = [note for note in found if note.rank >= CLOSE * found[0].rank]
        plan.reply = replies.remembered([(note, _day(note.captured_at, known)) for note in shown])
    return plan


def plan_why(known: Knowledge, reading: Reading) -> Plan:
    """The chain from what they name, else from the last thing we said: which text of theirs, which promise, which rule."""
    plan = Plan("why", reading.confidence)
    said = next((message for message in known.before if message.direction == "outbound"), None)
    schedule = _asked_about(known) or (_schedule_of(known, str((said.origin or {}).get("id"))) if said else None)
    if schedule is None and (said is None or said.purpose != "reply"):
        schedule = next((each for each in known.schedules if each.sent_at), None)
    if schedule is not None:
        plan.reply = _chain(known, schedule)
    elif said is not None:
        plan.reply = "That was my answer to your own text. STOP ends this, HELP says what I can do."
    else:
        plan.reply = f"I have not texted you lately. {replies.who_we_are(known.account_name)}"
    return plan


def _chain(known: Knowledge, schedule: KnownSchedule) -> str:
    if schedule.purpose == "priorities":
        return "You were at the event, and I ask everybody there for their top 3 afterwards. STOP ends this."
    item = _item_of(known, schedule)
    if item is None:
        return "It was about a promise that is no longer on your list. STOP ends this."
    note = next((note for note in known.notes if note.id == item.related_note_id), None)
    rule = _RULES.get(schedule.followup_type or "", _RULES["check_in"])
    return replies.because(item.title, rule, _quoted(note, known) if note else None)


def _asked_about(known: Knowledge) -> KnownSchedule | None:
    """ "Why did you ask me about Jenny?": what was sent about the promise to her."""
    words = {word.lower() for word in _WORD.findall(known.turn.text)}
    named = {item.id for item in known.items if words & {w.lower() for w in _WORD.findall(item.person_name or "")}}
    return next((each for each in known.schedules if each.sent_at and each.action_item_id in named), None)


def _schedule_of(known: Knowledge, schedule_id: str) -> KnownSchedule | None:
    return next((each for each in known.schedules if str(each.id) == schedule_id), None)


def _item_of(known: Knowledge, schedule: KnownSchedule) -> KnownItem | None:
    return schedule.kept or next((item for item in known.items if item.id == schedule.action_item_id), None)


def _quoted(note: KnownNote, known: Knowledge) -> tuple[str, str]:
    return _day(note.captured_at, known), note.note_text


def _day(at: datetime, known: Knowledge) -> str:
    return f"{at.astimezone(known.zone):%a, %b %-d}"
