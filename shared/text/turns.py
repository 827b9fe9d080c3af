"""Reads what a turn wants: its parts, what each of them says of which open promise, and how sure that is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from shared.text.names import FoundName
from shared.text.plain import MAX_READ
from shared.text.turn_clauses import EVERY, LONGEST_UNDO, clauses_of, may_go_on
from shared.text.turn_details import correction_of, query_of
from shared.text.turn_seen import ANSWERS, CERTAIN, Asked, Intent, Seen, see
from shared.text.turn_segments import (
    Segment,
    answered,
    corrected,
    is_plain_note,
    is_plainly_closed,
    segments_of,
    settled,
)
from shared.text.turn_subjects import CHOICE, named_in, unlisted, words_of

__all__ = ["ANSWERS", "MAX_READ", "Asked", "Intent", "TurnPart", "read_turn"]

_WHEN = re.compile(r"\b(?:until|till?|'til|to|on|for|at|by|again|after|me|it|is|then|say|make it|try|do it|so)\s*$")
NEAR, SURELY_A_NAME = 4, 0.7
UNDO_LAST = re.compile(r"\b(?:undo|deshacer)[\s.!]*(?:please|pls)?[\s.!]*$")
UNASKED = 0.55
"""How sure it is that a promise is over, where nobody asked and the text does not say so plainly: "John called back"."""
_ASKS = re.compile(r"[^\w.;!\n]*\?")
_OF_WHOM = re.compile(r"\b(?:with|w/?|for|about|on|to|of|re)\s+$")


@dataclass(frozen=True, slots=True)
class TurnPart:
    """`text`, a quotation, says `intent` of `items`: promises by number, none where it does not tell which of several. `every`: of
    all. `about`: a name that is on no promise. `until`: when to ask again. `query`, `wrong`, `right`: of find and correct."""

    intent: Intent
    confidence: float
    start: int
    end: int
    text: str = ""
    items: tuple[int, ...] = ()
    every: bool = False
    about: str | None = None
    until: date | datetime | None = None
    query: str | None = None
    wrong: str | None = None
    right: str | None = None


def read_turn(
    text: str, titles: Mapping[int, str], asked: Asked | None, now: datetime, zone: ZoneInfo
) -> tuple[TurnPart, ...]:
    """The parts of the first 2,000 characters, in order, none of a blank text; the first is the main one. `titles`: open
    promises by number."""
    seen = see(text, titles, asked, now, zone)
    parts = _parts(seen) if seen.text.strip() else []
    return tuple(replace(part, text=seen.text[part.start : part.end]) for part in parts)


def _parts(seen: Seen) -> list[TurnPart]:
    chosen = _chosen(seen)
    if chosen is not None:
        return [chosen]
    if seen.low.count(" ") < LONGEST_UNDO and UNDO_LAST.search(seen.low):
        return [TurnPart("undo", CERTAIN, 0, len(seen.text))]
    clauses = clauses_of(seen.low, seen.taken)
    segments = [] if is_plain_note(seen, clauses) else segments_of(seen, clauses)
    if len(segments) < 2:
        segments = [_whole(seen, segments)]
    parts = [_part(seen, segment, segments) for segment in segments]
    return _merged(_eliminated(seen, parts))


def _chosen(seen: Seen) -> TurnPart | None:
    """The choice of one of the promises that we asked to tell apart."""
    if seen.asked is None or seen.kind != "clarify" or len(seen.low.split()) > 8:
        return None
    items, meant = named_in(seen.low, seen.promises), seen.asked.intent or "done"
    every = EVERY.search(seen.low) is not None and "n" not in seen.low[:1]
    said = seen.said(0, len(seen.text), bool(items))
    is_more = bool(set(words_of(seen.without_subjects(0, len(seen.text)))) - CHOICE) and not every
    if (not items and not every) or may_go_on(meant, seen.low) or (is_more and said.intent != meant):
        return None
    return TurnPart(meant, CERTAIN, 0, len(seen.text), items=items or seen.asks, every=every)


def _whole(seen: Seen, segments: Sequence[Segment]) -> Segment:
    items = tuple(dict.fromkeys(number for segment in segments for number in segment.items))
    every = any(segment.every for segment in segments) or EVERY.search(seen.low) is not None
    return Segment(0, len(seen.text), items, every=every and not items)


def _part(seen: Seen, segment: Segment, segments: Sequence[Segment]) -> TurnPart:
    said = answered(seen, segment) if len(segments) > 1 else settled(seen, segment)
    part = TurnPart(said.intent, said.confidence, segment.start, segment.end)
    text = seen.text[segment.start : segment.end]
    if said.intent == "find":
        return replace(part, query=query_of(text))
    if said.intent == "correct":
        wrong, right = correction_of(text)
        return replace(part, wrong=wrong, right=right, items=corrected(seen, segment.items))
    return _answer(seen, segment, segments, part) if said.is_answer else part


def _answer(seen: Seen, segment: Segment, segments: Sequence[Segment], part: TurnPart) -> TurnPart:
    until = _until(seen, segment) if part.intent == "defer" else None
    low = seen.low[segment.start : segment.end] + _sign_behind(seen, segment)
    unasked = not seen.asks and part.intent in ("done", "cancel")
    if may_go_on(part.intent, low) or (unasked and (segment.rest or not is_plainly_closed(seen, segment))):
        part = replace(part, confidence=min(part.confidence, UNASKED))
    about = None if segment.items else _stranger(seen, segment, part.intent) or _unlisted(seen, segment, part.intent)
    items = segment.items
    if not items and not about:
        items = _implied(seen, segment, segments)
    return replace(part, items=items, every=segment.every, about=about, until=until)


def _sign_behind(seen: Seen, segment: Segment) -> str:
    """Where its sentence ends in a question mark: that."""
    return "?" if _ASKS.match(seen.low, segment.end) else ""


def _implied(seen: Seen, segment: Segment, segments: Sequence[Segment]) -> tuple[int, ...]:
    if segment.rest:
        named = {number for other in segments for number in other.items}
        return tuple(number for number in seen.promises.listed() if number not in named)
    all_of_them = segment.every or len(seen.asks) == 1 or seen.kind == "confirm"
    return seen.asks if all_of_them else ()


def _stranger(seen: Seen, segment: Segment, intent: Intent) -> str | None:
    """Whom an answer is about, where no promise has that name: "done with Sara"."""
    inside = (name for name in seen.strangers if segment.start <= name.start < segment.end)
    return next((name.value for name in inside if _is_about(seen, segment, intent, name)), None)


def _unlisted(seen: Seen, segment: Segment, intent: Intent) -> str | None:
    if intent not in ("done", "cancel") or segment.every or segment.rest:
        return None
    return unlisted(seen.low[segment.start : segment.end], seen.promises, bool(seen.asks))


def _is_about(seen: Seen, segment: Segment, intent: Intent, name: FoundName) -> bool:
    """What closes a promise never closes another's: "called Sara" neither."""
    before = seen.low[segment.start : name.start]
    if not seen.asks or _OF_WHOM.search(before):
        return True
    is_person = name.kind == "person" and name.confidence >= SURELY_A_NAME
    return intent in ("done", "cancel") and is_person and 0 < len(before.split()) < NEAR


def _until(seen: Seen, segment: Segment) -> date | datetime | None:
    """The day that a word leads to, else the last that is told."""
    inside = [one for one in seen.dates if segment.start <= one.start < segment.end]
    led = [one for one in inside if _WHEN.search(seen.low[segment.start : one.start])]
    return (led or inside)[-1].when if inside else None


def _eliminated(seen: Seen, parts: list[TurnPart]) -> list[TurnPart]:
    """Of several that were asked about, the one that is left where the others are told."""
    told = {number for part in parts for number in part.items}
    left = [number for number in seen.asks if number not in told]
    open_ones = [part for part in parts if part.intent in ANSWERS and not part.items and not part.about]
    if len(left) != 1 or len(open_ones) != 1 or not told:
        return parts
    return [replace(part, items=tuple(left)) if part is open_ones[0] else part for part in parts]


def _merged(parts: Sequence[TurnPart]) -> list[TurnPart]:
    """Neighbours that say the same become one."""
    found: list[TurnPart] = []
    for part in parts:
        last = found[-1] if found else None
        if last and _is_same(last, part):
            items = tuple(dict.fromkeys((*last.items, *part.items)))
            sure = min(last.confidence, part.confidence)
            found[-1] = replace(last, end=part.end, items=items, confidence=sure)
        else:
            found.append(part)
    return found


def _is_same(last: TurnPart, part: TurnPart) -> bool:
    if last.intent != part.intent or last.about or part.about:
        return False
    if part.intent in ANSWERS:
        return last.until == part.until and bool(last.items) == bool(part.items)
    return part.intent == "note"
