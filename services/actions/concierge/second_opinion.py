"""What a model read, held against the text and against the rules: what it made up is dropped, what it is alone with is asked."""

import re
from typing import TypeVar

from services.actions.concierge.answer_rules import CLOSING
from services.actions.concierge.offline import WHO_OR_WHAT, read_turn_by_rules
from services.actions.concierge.offline_answers import CHANGING
from services.actions.concierge.reading import (
    Entities,
    Part,
    Promise,
    RankedPriority,
    Reading,
    ReadNote,
    Span,
    TurnInput,
)
from services.actions.zones import zone_of
from shared.ai.tasks import spans_exist
from shared.text.dates import find_dates
from shared.text.turn_subjects import DEEDS, EVERYDAY, stems

DOUBTED, LONGEST_ASK, LONGEST_TITLE = 0.5, 160, 120
_REACHABLE = re.compile(r"\S*(?:://|www\.|@|\d[\d().\s-]{5,}\d|\.(?:com|org|net|io|example)\b)\S*", re.IGNORECASE)
PromiseT = TypeVar("PromiseT", Promise, RankedPriority)


def settled(given: TurnInput, reading: Reading) -> Reading | None:
    """None where nothing can be trusted: it answers for promises that are not open, or quotes words that nobody wrote."""
    if not is_grounded(given, reading):
        return None
    rules = read_turn_by_rules(given)
    note = _note(given, reading.note, rules.note) if reading.note else None
    if note is not None:
        note = note.model_copy(update={"promises": [_as_told(given, each) for each in note.promises]})
    ask = reading.ask if reading.ask and is_said_by_us(given, reading.ask) else reading.ask and WHO_OR_WHAT
    if reading.intent in CHANGING and rules.intent != reading.intent:
        kept = note or rules.note or ReadNote()
        return Reading(intent="note", confidence=min(reading.confidence, DOUBTED), note=kept, ask=WHO_OR_WHAT)
    is_alone = closed_by(given, reading) - closed_by(given, rules)
    parts = [
        part.model_copy(update={"doubted": part.doubted or bool(_closings(given, part) & is_alone)})
        for part in reading.parts
    ]
    sure = min(reading.confidence, DOUBTED) if is_alone else reading.confidence
    ranked = [_as_told(given, each) for each in reading.priorities]
    told = {
        "note": note,
        "parts": parts,
        "priorities": ranked,
        "spans": _spans(given, reading),
        "ask": ask,
        "confidence": sure,
    }
    return reading.model_copy(update=told)


def is_quoted(given: TurnInput, reading: Reading) -> bool:
    """Whether all that it quotes stands there."""
    note = _note(given, reading.note, None) if reading.note else None
    return is_grounded(given, reading) and (note, _spans(given, reading)) == (reading.note, reading.spans)


def _spans(given: TurnInput, reading: Reading) -> list[Span]:
    return [span for span in reading.spans if spans_exist(given.text, [span.text])]


def is_said_by_us(given: TurnInput, ask: str) -> bool:
    """A short question, with no address or number in it that the person did not write."""
    return len(ask) <= LONGEST_ASK and all(each in given.text for each in _REACHABLE.findall(ask))


def is_grounded(given: TurnInput, reading: Reading) -> bool:
    """The words that something follows from stand in the text; numbers name open promises; names were said, or shown."""
    numbers = {number for part in reading.parts for number in part.items}
    quoted = [*(part.text for part in reading.parts), *(each.text for each in reading.priorities)]
    quoted += [said or "" for part in reading.parts for said in (part.about, part.query, part.right)]
    named = [name for each in reading.priorities for name in (each.person_name, each.company)]
    if reading.introduction:
        quoted.append(reading.introduction.full_name or "")
        named.append(reading.introduction.event)
    return (
        numbers <= {item.number for item in given.open_items}
        and spans_exist(given.text, filter(None, quoted))
        and spans_exist(_shown(given), filter(None, named))
    )


def closed_by(given: TurnInput, reading: Reading) -> set[tuple[str, int]]:
    """Which promises it closes, and how; 0 for whichever was asked about."""
    return {closing for part in reading.parts for closing in _closings(given, part)}


def _closings(given: TurnInput, part: Part) -> set[tuple[str, int]]:
    if part.intent not in CLOSING:
        return set()
    numbers = part.items or ([item.number for item in given.open_items] if part.every else [0])
    return {(part.intent, number) for number in numbers}


def _note(given: TurnInput, note: ReadNote, by_rules: ReadNote | None) -> ReadNote:
    """Without what is not in the text; where that was something, what the rules found there instead."""
    read, ruled = note.entities.model_dump(), (by_rules.entities if by_rules else Entities()).model_dump()
    entities = {}
    for kind, values in read.items():
        there = [value for value in values if spans_exist(given.text, [value])]
        entities[kind] = there if len(there) == len(values) else list(dict.fromkeys([*there, *ruled[kind]]))
    return note.model_copy(
        update={
            "entities": Entities.model_validate(entities),
            "text": note.text if spans_exist(given.text, filter(None, [note.text])) else None,
            "topic": note.topic if spans_exist(given.text, filter(None, [note.topic])) else None,
            "promises": [_promise(given, each) for each in note.promises if spans_exist(given.text, [each.text])],
        }
    )


def _promise(given: TurnInput, promise: Promise) -> Promise:
    shown, named = _shown(given), {"person_name": promise.person_name, "company": promise.company}
    made_up = {field: None for field, name in named.items() if name and not spans_exist(shown, [name])}
    return promise.model_copy(update=made_up)


def _as_told(given: TurnInput, promise: PromiseT) -> PromiseT:
    """A title says in other words what the text says, else it is quoted; a day that the text does not name is none."""
    made_up = stems(promise.title) - stems(f"{_shown(given)} {given.text}") - DEEDS - EVERYDAY
    title = (promise.text if made_up and promise.text else promise.title)[:LONGEST_TITLE]
    named = find_dates(given.text, given.now, zone_of(given.time_zone)) if promise.due else ()
    return promise.model_copy(update={"title": title, "due": promise.due if named else None})


def _shown(given: TurnInput) -> str:
    """ "Sara's quote" is about the Sara Lopez of an open promise."""
    people = [item.person_name for item in given.open_items]
    return "\n".join(
        filter(None, (given.text, given.event, *people, *given.speakers, *given.sponsors, *given.partners))
    )
