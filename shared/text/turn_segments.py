"""Tells apart the parts of a turn: clauses that say one thing of the same promises stay together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.text.turn_clauses import EVERY, EXCEPT, REST, Clause, clauses_of, is_yes, says_closed
from shared.text.turn_seen import ANSWERS, Said, Seen
from shared.text.turn_subjects import named_in, spelled_like

SURE, LIKELY, PLAIN = 0.85, 0.7, 0.5
UNCLEAR = 0.65
PLAINLY_A_NOTE = 0.97


@dataclass(frozen=True, slots=True)
class Segment:
    """`bare`: only names promises; `every`, `rest`: of all that was asked, or of what the others leave."""

    start: int
    end: int
    items: tuple[int, ...]
    apart: bool = True
    bare: bool = False
    every: bool = False
    rest: bool = False


def segments_of(seen: Seen, clauses: Sequence[Clause]) -> list[Segment]:
    found: list[Segment] = []
    for clause in clauses:
        new = _segment(seen, clause)
        if not found:
            found.append(new)
        elif (joined := _joined(seen, found[-1], new)) is not None:
            found[-1] = joined
        elif not _is_courtesy(seen, new):
            found.append(new)
    if len(found) > 1 and _is_courtesy(seen, found[0]):
        found = found[1:]
    return found


def answered(seen: Seen, segment: Segment) -> Said:
    """What is said of a promise that was asked about beside others: an answer, unless it plainly is something else."""
    said = settled(seen, segment)
    if said.is_answer or said.confidence >= SURE or not segment.items or not set(segment.items) <= set(seen.asks):
        return said
    likely = {
        intent: share for intent, share in seen.likely(segment.start, segment.end, True).items() if intent in ANSWERS
    }
    best = max(likely, key=lambda intent: likely[intent])
    return Said(best, likely[best] / sum(likely.values()) * UNCLEAR)


def settled(seen: Seen, segment: Segment) -> Said:
    """What a segment says; where it is unclear as a whole, what one of its clauses plainly says."""
    said = _said(seen, segment)
    if said.confidence >= UNCLEAR:
        return said
    named = bool(segment.items) or segment.every or segment.rest
    clauses = [one for one in clauses_of(seen.low, seen.taken) if segment.start <= one.start and one.end <= segment.end]
    plain = [each for one in clauses if (each := seen.said(one.start, one.end, named)).confidence >= SURE]
    if len(clauses) < 2 or len({each.intent for each in plain}) != 1:
        return said
    whole = seen.likely(segment.start, segment.end, named).get(plain[0].intent, 0.0)
    return Said(plain[0].intent, (whole + plain[0].confidence) / 2)


def is_plain_note(seen: Seen, clauses: Sequence[Clause]) -> bool:
    """A text that is a note as a whole is not looked through for answers, unless it begins with one."""
    whole = seen.said(0, len(seen.text), False)
    if whole.intent != "note" or whole.confidence < PLAINLY_A_NOTE or not clauses:
        return False
    begins = _said(seen, _segment(seen, clauses[0]))
    return not (begins.is_answer and begins.confidence >= LIKELY)


def _segment(seen: Seen, clause: Clause) -> Segment:
    items = named_in(clause.low, seen.promises, seen.date_places, clause.start)
    excepted = bool(items) and EXCEPT.search(clause.low) is not None
    if excepted:
        items = tuple(number for number in seen.promises.listed() if number not in items)
    every = EVERY.search(clause.low) is not None and not items
    rest = REST.search(clause.low) is not None and not items and len(seen.promises.listed()) > 1
    bare = bool(items) and not excepted and not seen.without_subjects(clause.start, clause.end)
    return Segment(clause.start, clause.end, items, clause.apart, bare, every and not rest, rest)


def _said(seen: Seen, segment: Segment) -> Said:
    return seen.said(segment.start, segment.end, bool(segment.items) or segment.every or segment.rest)


def _is_courtesy(seen: Seen, segment: Segment) -> bool:
    said = _said(seen, segment)
    return said.intent == "other" and said.confidence >= LIKELY and not segment.items


def _joined(seen: Seen, last: Segment, new: Segment) -> Segment | None:
    """Both as one; None where the second says something of its own."""
    if last.bare and (new.items or not new.apart):
        return _both(last, new)
    if new.bare and last.every and not new.apart:
        left = tuple(number for number in seen.promises.listed() if number not in new.items)
        return replace(_both(last, new), items=left, every=False)
    if new.bare and not new.apart and not last.rest:
        return _both(last, new)
    return None if _parts(seen, last, new) else _both(last, new)


def _both(last: Segment, new: Segment) -> Segment:
    items = tuple(dict.fromkeys((*last.items, *new.items)))
    return Segment(
        last.start, new.end, items, last.apart, False, (last.every or new.every) and not items, last.rest or new.rest
    )


def _parts(seen: Seen, last: Segment, new: Segment) -> bool:
    before, after = _said(seen, last), _said(seen, new)
    if new.rest or last.rest:
        return after.is_answer
    if new.items and last.items:
        if set(new.items) <= set(last.items):
            return False
        return set(new.items) <= set(seen.asks) or (after.is_answer and after.confidence >= LIKELY)
    if after.is_answer and before.is_answer:
        several = len(seen.asks) > 1 or not set(new.items) <= {*seen.asks, *last.items}
        apart = new.apart or (bool(new.items) and any(last.start <= name.start < last.end for name in seen.strangers))
        return (
            several and apart and before.intent != after.intent and min(before.confidence, after.confidence) >= LIKELY
        )
    if before.is_answer:
        return _is_beside(seen, last, new, before, after)
    return (
        new.apart
        and after.is_answer
        and after.confidence >= SURE
        and before.confidence >= PLAIN
        and _can_answer(seen, new)
    )


def _is_beside(seen: Seen, last: Segment, new: Segment, before: Said, after: Said) -> bool:
    """A note, a question, a command beside an answer."""
    if after.intent == "other":
        return after.confidence >= LIKELY and new.apart
    short = len(seen.low[last.start : last.end].split()) <= 3 and before.confidence >= LIKELY
    if new.apart:
        return after.confidence >= PLAIN or _no_answer(seen, new) >= LIKELY
    return short and after.confidence >= SURE and after.intent != "correct"


def _no_answer(seen: Seen, segment: Segment) -> float:
    likely = seen.likely(segment.start, segment.end, bool(segment.items))
    return sum(share for intent, share in likely.items() if intent not in ANSWERS and intent != "other")


def _can_answer(seen: Seen, segment: Segment) -> bool:
    return bool(segment.items) or seen.kind == "check_in"


def is_plainly_closed(seen: Seen, segment: Segment) -> bool:
    """It says so, or begins with the deed: "sent it", "I finally called him"."""
    low = seen.low[segment.start : segment.end]
    return says_closed(low) or is_yes(low) or seen.begins_with_deed(low)


def corrected(seen: Seen, items: Sequence[int]) -> tuple[int, ...]:
    """What a correction is about: promises it names, or that have a word spelled like one of it."""
    found = tuple(items) or spelled_like(seen.low, seen.promises)
    return found if len(found) == 1 else ()
