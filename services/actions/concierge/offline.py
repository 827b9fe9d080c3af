"""Reads a turn by rules: what answers when no model does."""

import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from services.actions.concierge.offline_answers import read_answers, reply_of
from services.actions.concierge.reading import (
    Entities,
    Introduction,
    RankedPriority,
    Reading,
    ReadNote,
    Span,
    TurnInput,
)
from services.actions.zones import zone_of
from shared.text.names import find_names
from shared.text.notes import NoteReading, read_note
from shared.text.priorities import Priority, read_priorities

UNDO = re.compile(
    r"(?:please )?(?:undo|take (?:that|it) back|oops,? (?:undo|not done))(?: (?:that|it|please))?\W*", re.I
)
LIST = re.compile(
    r"(?:show (?:me )?)?(?:my )?(?:list|to-?dos?|open items)\W*|what(?:'|’)?s (?:open|left|on my list)\W*", re.I
)
GREETING = re.compile(r"(?:hi|hello|hey|howdy|good (?:morning|afternoon|evening))(?: there| team| all)?[\s!.,]*", re.I)
COURTESY = re.compile(
    r"(?:(?:ok|okay|great|cool|perfect|awesome|sounds good|got it|will do|thanks|thank you|thx|ty|cheers|so much|a lot)[\s,.!]*)+"
    r"|[👍🙏😊🙂❤️👌✅\s]+",
    re.I,
)
NUMBERED = re.compile(r"\s*#?\s?1\s?[.):\-]")
AFTER_COMMA = re.compile(r"[,;\n-]\s*(?:the\s+)?([A-Z0-9][\w&'’ -]{3,60})")
AT_EVENT = re.compile(r"\b(?:at|attending|here for|from)\s+(?:the\s+)?([A-Z0-9][\w&'’ -]{2,60})")


def read_turn_by_rules(given: TurnInput) -> Reading:
    text = given.text.strip()
    if UNDO.fullmatch(text):
        return Reading(intent="undo", confidence=0.95, spans=[Span(kind="answer", text=text)])
    if LIST.fullmatch(text):
        return Reading(intent="list", confidence=0.9)
    kinds = {question.kind for question in given.questions}
    zone = zone_of(given.time_zone)
    note = _read_note(given, zone)
    if "priorities" in kinds and (reading := _priorities(given, note, zone)):
        return reading
    reply = reply_of(given, zone)
    if reading := read_answers(given, reply, note, lambda rest: _read_rest(given, zone, rest)):
        return reading
    if GREETING.fullmatch(text):
        return Reading(
            intent="courtesy", confidence=0.9, ask="Hi! Who did you meet, or what should I remember for you?"
        )
    if COURTESY.fullmatch(text) or reply.intent == "thanks":
        return Reading(intent="courtesy", confidence=0.9)
    if "onboarding" in kinds and (reading := _introduction(given, note)):
        return reading
    return _note(given, note)


def _read_note(given: TurnInput, zone: ZoneInfo, text: str | None = None) -> NoteReading:
    return read_note(
        text or given.text,
        now=given.now,
        zone=zone,
        people=known_people(given),
        companies=given.partners,
        sessions=given.sessions,
        speakers=given.speakers,
        sponsors=given.sponsors,
    )


def _read_rest(given: TurnInput, zone: ZoneInfo, rest: str) -> ReadNote:
    """What stands beside an answer."""
    return as_note(_read_note(given, zone, rest)).model_copy(update={"text": rest})


def known_people(given: TurnInput) -> list[str]:
    return sorted({item.person_name for item in given.open_items if item.person_name})


def _priorities(given: TurnInput, note: NoteReading, zone: ZoneInfo) -> Reading | None:
    """A list, or one thing to do; somebody met meanwhile is a note."""
    companies = [*given.partners, *given.sponsors]
    found = read_priorities(given.text, now=given.now, zone=zone, people=known_people(given), companies=companies)
    is_list = NUMBERED.match(given.text) is not None or given.text.strip().count("\n") > 0
    if not found or (note.note_type == "contact" and not is_list):
        return None
    if len(found) == 1 and not is_list and found[0].action_type == "other":
        return None
    spans = [Span(kind="priority", text=each.text) for each in found]
    confidence = 0.9 if is_list else 0.75
    return Reading(intent="priorities", confidence=confidence, priorities=list(_ranked(found)), spans=spans)


def _ranked(found: Iterable[Priority]) -> Iterable[RankedPriority]:
    for rank, each in enumerate(found, 1):
        yield RankedPriority(
            rank=rank,
            text=each.text,
            title=each.title,
            action_type=each.action_type,
            person_name=each.name,
            company=each.company,
            due=each.due,
        )


def _introduction(given: TurnInput, note: NoteReading) -> Reading | None:
    """Who they are, in answer to our question: "Maria Lopez, Power100 Dallas"."""
    people = [name for name in find_names(given.text) if name.kind == "person"]
    name = people[0] if people else None
    place = _event_named(given, given.text.replace(name.text, "", 1) if name else given.text)
    if (name is None and place is None) or (note.note_type == "contact" and note.requires_followup):
        return None
    spans = [Span(kind="name", text=name.text)] if name else []
    introduction = Introduction(full_name=name.value if name else None, event=place)
    return Reading(intent="introduction", confidence=0.8, introduction=introduction, note=as_note(note), spans=spans)


def _event_named(given: TurnInput, rest: str) -> str | None:
    """The event we know of, what stands after "at", or what is left after the name: "Bob Roe, Power100 Dallas"."""
    if given.event and given.event.lower() in rest.lower():
        return given.event
    found = AT_EVENT.search(rest)
    if found:
        return found[1].strip(" .,!")
    left = AFTER_COMMA.search(rest)
    return left[1].strip(" .,!") if left else None


def _note(given: TurnInput, note: NoteReading) -> Reading:
    spans = [Span(kind=span.kind, text=span.text) for span in note.spans]
    says_something = note.names or note.companies or note.topic or note.action or note.note_type != "general"
    is_plain = bool(says_something) or len(given.text.split()) >= 4
    return Reading(
        intent="note" if is_plain else "unclear",
        confidence=note.confidence if is_plain else 0.3,
        note=as_note(note),
        spans=spans,
        ask=None if is_plain else "Who or what is this about?",
    )


def as_note(note: NoteReading) -> ReadNote:
    return ReadNote(
        note_type=note.note_type,
        categorization=note.ai_categorization,
        entities=Entities(
            names=list(note.names),
            phone_numbers=list(note.phone_numbers),
            emails=list(note.emails),
            companies=list(note.companies),
        ),
        topic=note.topic,
        tags=list(note.ai_tags),
        priority_score=note.ai_priority_score,
        requires_followup=note.requires_followup,
        follow_up=note.action.title if note.action else None,
        action_type=note.action.action_type if note.action else None,
        person_name=note.action.person if note.action else None,
        due=note.action.due if note.action else None,
    )
