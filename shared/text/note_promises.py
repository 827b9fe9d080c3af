"""The promises a note makes: each thing that its writer is to do, with whom it is for and by when."""

import re
from collections.abc import Iterator
from datetime import date

from shared.text.action_types import action_type_of
from shared.text.dates import FoundDate
from shared.text.names import FoundName
from shared.text.note_actions import (
    CLAUSE_END,
    IMPERATIVE,
    PROMISED,
    NoteAction,
    action_of,
    due_of,
    title_of,
    without_lead,
    without_tail,
)
from shared.text.priority_items import items_of, parted

MAX_PROMISES = 10
_SENTENCE = re.compile(r"[^.!?\n]+(?:\.(?=\w)[^.!?\n]*)*[.!?\n]*")
_LIST = re.compile(r"\W*(?:to-?\s?dos?\b\W*)?(?:1|a|#1)\s?[.):\-]", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:him|her|them)\b", re.IGNORECASE)

Span = tuple[int, int]


def promises_of(
    text: str,
    low: str,
    names: tuple[FoundName, ...],
    dates: tuple[FoundDate, ...],
    whole: list[Span],
    today: date,
    reach: str | None,
) -> tuple[NoteAction, ...]:
    """Of a text that wants something done: each order it gives, else the one thing it comes to. `whole` is not parted."""
    listed = items_of(text, whole) if _LIST.match(text) or "\n" in text else []
    spans = [(item.start, item.end) for item in listed] or [*_orders(text, low, whole), *_given(text, low)]
    told = [_promise(text, start, end, names, dates, today) for start, end in sorted(spans)]
    found = [each for each in told if each is not None and each.title.strip()]
    if len(found) < 2:
        one = action_of(text, low, names, dates, today, reach)
        return (one,) if one else ()
    return tuple(found[:MAX_PROMISES])


def _given(text: str, low: str) -> Iterator[Span]:
    """ "Promised her a bid by tues"."""
    for found in PROMISED.finditer(low):
        end = CLAUSE_END.search(text, found.end())
        yield found.start("what"), end.start() if end else len(text)


def _orders(text: str, low: str, whole: list[Span]) -> Iterator[Span]:
    """Where each order stands: from its verb to the next one."""
    for sentence in _SENTENCE.finditer(text):
        found = IMPERATIVE.search(low, sentence.start(), sentence.end())
        if found is None:
            continue
        verb = found.start("verb") if found["verb"] else found.start("verb2") if found["verb2"] else found.end()
        yield from parted(text, verb, sentence.end(), whole)


def _promise(
    text: str,
    start: int,
    end: int,
    names: tuple[FoundName, ...],
    dates: tuple[FoundDate, ...],
    today: date,
) -> NoteAction | None:
    inside = [one for one in names if start <= one.start < end]
    person = next((one.value for one in inside if one.kind == "person"), None)
    company = next((one.value for one in inside if one.kind == "company"), None)
    if person is None and _PRONOUN.search(text, start, end):
        before = [one.value for one in names if one.kind == "person" and one.start < start]
        person = before[-1] if before else None
    kind = action_type_of(text[start:end], [(one.start - start, one.end - start, one.kind) for one in inside])
    due = next((one for one in dates if start <= one.start < end and one.day >= today), None)
    words = without_tail(text[start : min(end, due.start) if due and due.start > start else end])
    deed = f"Give {words}" if PROMISED.search(text[max(0, start - 12) : end].lower()) else without_lead(words)
    title = title_of(deed, kind, person, company)
    if title is None:
        return None
    return NoteAction(
        title, kind, due_of(due, kind, today) if due else None, due.text if due else None, person, company, words
    )
