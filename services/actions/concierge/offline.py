"""Reads a turn without a model provider: consent first, then parts, notes and priorities as shared/text finds them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from services.actions.concierge.offline_answers import (
    as_part,
    as_span,
    chosen_answer,
    is_guess,
    may_be_a_note,
    parts_of,
)
from services.actions.concierge.reading import (
    ANSWERS,
    Entities,
    Introduction,
    Part,
    Promise,
    RankedPriority,
    Reading,
    ReadNote,
    Span,
    TurnInput,
)
from services.actions.zones import zone_of
from shared.text.consent import recognise
from shared.text.names import find_names
from shared.text.note_judgement import says_met
from shared.text.notes import NoteReading, read_note
from shared.text.priorities import Priority, read_priorities
from shared.text.turn_clauses import is_yes
from shared.text.turns import TurnPart

COURTESY = re.compile(
    r"\W*(?:thanks?|thank you|thx|ty|ok(?:ay)?|great|cool|perfect|awesome|sounds good|got it|will do|cheers|lol|haha)\b",
    re.I,
)
GREETING = re.compile(r"(?:hi|hello|hey|howdy|good (?:morning|afternoon|evening))(?: there| team| all)?[\s!.,]*", re.I)
NUMBERED = re.compile(r"\s*#?\s?1\s?[.):\-]")
AFTER_COMMA = re.compile(r"[,;\n-]\s*(?:the\s+)?([A-Z0-9][\w&'’ -]{3,60})")
MYSELF = re.compile(
    r".{0,30}\b(?:i am|i'm|im|i’m|this is|my name is|my name's|name's|name is|it's|it’s|me llamo|soy)\s+"
)
AT_EVENT = re.compile(r"\b(?:at|attending|here for|from)\s+(?:the\s+)?([A-Z0-9][\w&'’ -]{2,60})")
GREETED = "Hi! Who did you meet, or what should I remember for you?"
WHO_OR_WHAT = "Who or what is this about?"
AROUND = re.compile(r"^\W+|\W+$")
CERTAIN, HALF = 0.98, 0.5
A_LIST = 0.7
"""How surely a text that we did not ask for is a list of priorities."""


def read_turn_by_rules(given: TurnInput) -> Reading:
    text, kinds = given.text.strip(), {question.kind for question in given.questions}
    if (certain := _certain(given, text)) is not None:
        return certain
    zone = zone_of(given.time_zone)
    parts = parts_of(given, zone)
    if not parts:
        return _note(given, _read_note(given, zone), 0)
    main = parts[0]
    if main.intent == "priorities" or ("priorities" in kinds and main.intent in ("note", "other", *ANSWERS)):
        reading = _priorities(given, zone, main)
        if reading is not None:
            return reading
        parts = tuple(_no_list(part) for part in parts)
        main = parts[0]
    is_asked = "onboarding" in kinds
    if (is_asked or given.is_stranger) and main.intent in ("note", "other"):
        reading = _introduction(given, zone, is_asked)
        if reading is not None:
            return reading
    if main.intent == "other" and len(parts) == 1:
        return _other(given, zone, main)
    return _put_together(given, zone, parts)


def _no_list(part: TurnPart) -> TurnPart:
    """What looks like a list of priorities and is none is a note."""
    return replace(part, intent="note", confidence=1 - part.confidence) if part.intent == "priorities" else part


def _certain(given: TurnInput, text: str) -> Reading | None:
    """Wishes about texting, and the number of an answer."""
    wish, answer = recognise(text), chosen_answer(given)
    if answer is not None:
        return Reading(intent=answer, confidence=CERTAIN, parts=[Part(intent=answer, text=text)])
    if (
        wish is None
        or (wish.may_answer and given.questions)
        or (wish.kind == "opt_in" and is_yes(AROUND.sub("", text.lower())))
    ):
        return None
    return Reading(intent=wish.kind, confidence=CERTAIN, parts=[Part(intent=wish.kind, text=text)])


def _other(given: TurnInput, zone: ZoneInfo, part: TurnPart) -> Reading:
    """Chatter; where it may be more, or names anybody or a way to reach them, it is kept and asked about."""
    ask = GREETED if GREETING.fullmatch(given.text.strip()) and not given.questions else None
    note = _read_note(given, zone)
    if names_something(note) or (part.confidence < A_LIST and len(given.text.split()) > 3):
        return Reading(intent="other", confidence=part.confidence, note=as_note(note), ask=_unclear(note))
    is_chatter = given.questions or ask or len(given.text.split()) <= 3 or COURTESY.match(given.text)
    kept = None if is_chatter else as_note(note)
    return Reading(intent="other", confidence=part.confidence, note=kept, parts=[as_part(given, part)], ask=ask)


def _unclear(note: NoteReading) -> str:
    who = next(iter([*note.names, *note.companies]), None)
    return f"What should I remember about {who}?" if who else WHO_OR_WHAT


def names_something(note: NoteReading) -> bool:
    return bool(note.names or note.companies or note.phone_numbers or note.emails or note.links)


def _put_together(given: TurnInput, zone: ZoneInfo, parts: Sequence[TurnPart]) -> Reading:
    """Answers, questions and commands, with the note beside them; what would close a promise on a guess is kept as a note too."""
    parts = [replace(part, intent="note") if is_guess(given, part) else part for part in parts]
    if parts[0].intent == "note":
        return _noted(given, zone, parts)
    if any(may_be_a_note(given, part) for part in parts):
        note: ReadNote | None = _without_known(given, parts, as_note(_read_note(given, zone)))
    else:
        note = _beside(given, zone, parts)
    return Reading(
        intent=parts[0].intent,
        confidence=round(parts[0].confidence, 3),
        parts=[as_part(given, part) for part in parts],
        note=note,
        spans=[as_span(part) for part in parts if part.intent in ANSWERS],
    )


def _without_known(given: TurnInput, parts: Sequence[TurnPart], note: ReadNote) -> ReadNote:
    """That somebody is to be followed up is no new promise where the text answers for one of theirs."""
    named = {number for part in parts for number in part.items}
    people = {item.person_name for item in given.open_items if item.number in named}
    new = [
        each
        for each in note.promises
        if not (
            each.title == f"Follow up with {each.person_name}"
            and any(person and each.person_name and each.person_name in person for person in people)
        )
    ]
    return note.model_copy(update={"promises": new})


def _beside(given: TurnInput, zone: ZoneInfo, parts: Sequence[TurnPart]) -> ReadNote | None:
    notes = [part.text.strip() for part in parts if part.intent == "note"]
    if not notes:
        return None
    text = "\n".join(notes)
    return as_note(_read_note(given, zone, text)).model_copy(update={"text": text})


def _noted(given: TurnInput, zone: ZoneInfo, parts: Sequence[TurnPart]) -> Reading:
    reading = _note(given, _read_note(given, zone), parts[0].confidence)
    if all(part.intent == "note" for part in parts):
        return reading
    told = [as_part(given, part) for part in parts]
    return reading.model_copy(update={"parts": told, "note": _beside(given, zone, parts) or reading.note})


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


def known_people(given: TurnInput) -> list[str]:
    return sorted({item.person_name for item in given.open_items if item.person_name})


def _priorities(given: TurnInput, zone: ZoneInfo, part: TurnPart) -> Reading | None:
    """A list, or one thing to do; an answer about the question itself ("ask me tomorrow") is none."""
    is_list = NUMBERED.match(given.text) is not None or given.text.strip().count("\n") > 0
    is_asked = any(question.kind == "priorities" for question in given.questions)
    if part.intent != "priorities" and not is_list and (part.confidence >= A_LIST or not is_asked):
        return None
    if not is_list and says_met(given.text.lower()):
        return None
    companies = [*given.partners, *given.sponsors]
    found = read_priorities(given.text, now=given.now, zone=zone, people=known_people(given), companies=companies)
    if not found or (not is_asked and (len(found) < 2 or part.confidence < A_LIST)):
        return None
    if len(found) == 1 and given.text.rstrip().endswith("?"):
        return None
    spans = [Span(kind="priority", text=each.text) for each in found]
    confidence = part.confidence if part.intent == "priorities" else 0.9 if is_list else 0.5
    whole = Part(intent="priorities", text=given.text.strip())
    return Reading(
        intent="priorities", confidence=confidence, parts=[whole], priorities=list(_ranked(found)), spans=spans
    )


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


def _introduction(given: TurnInput, zone: ZoneInfo, is_asked: bool) -> Reading | None:
    """Who they are, in answer to our question: "Maria Lopez, Power100 Dallas"; unasked in so many words: "this is Maria Lopez"."""
    note = _read_note(given, zone)
    people = [name for name in find_names(given.text) if name.kind == "person"]
    name = people[0] if people else None
    place = _event_named(given, given.text.replace(name.text, "", 1) if name else given.text)
    is_told = name is not None and MYSELF.fullmatch(given.text[: name.start].lower()) is not None
    is_note = bool(note.promises) or (note.note_type == "contact" and note.requires_followup)
    if (name is None and place is None) or ((is_note or not is_asked) and not is_told):
        return None
    spans = [Span(kind="name", text=name.text)] if name else []
    introduction = Introduction(full_name=name.value if name else None, event=place)
    return Reading(intent="note", confidence=0.8, introduction=introduction, note=as_note(note), spans=spans)


def _event_named(given: TurnInput, rest: str) -> str | None:
    """The event we know of, what stands after "at", or what is left after the name: "Bob Roe, Power100 Dallas"."""
    if given.event and given.event.lower() in rest.lower():
        return given.event
    found = AT_EVENT.search(rest)
    if found:
        return found[1].strip(" .,!")
    left = AFTER_COMMA.search(rest)
    return left[1].strip(" .,!") if left else None


def _note(given: TurnInput, note: NoteReading, likely: float) -> Reading:
    spans = [
        Span(kind="date" if span.kind == "due" else span.kind, text=span.text, value=span.value, start=span.start)
        for span in note.spans
    ]
    says_something = note.names or note.companies or note.topic or note.promises or note.note_type != "general"
    is_bare = any(span.kind in ("name", "company", "link") and span.text == given.text.strip() for span in spans)
    is_plain = not is_bare and (bool(says_something) or (len(given.text.split()) >= 4 and likely >= HALF))
    return Reading(
        intent="note" if is_plain else "other",
        confidence=round(note.confidence * likely, 3) if is_plain else 0.3,
        note=as_note(note),
        spans=spans,
        ask=None if is_plain else _unclear(note),
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
            links=list(note.links),
            places=list(note.places),
            money=list(note.money),
        ),
        topic=note.topic,
        tags=list(note.ai_tags),
        priority_score=note.ai_priority_score,
        requires_followup=note.requires_followup,
        promises=[
            Promise(
                title=each.title,
                text=each.words,
                action_type=each.action_type,
                person_name=each.person,
                company=each.company,
                due=each.due,
            )
            for each in note.promises
        ],
    )
