"""The promises a note makes: each thing that its writer is to do, with whom it is for and by when."""

import re
from collections.abc import Iterable, Iterator
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
    is_refused,
    title_of,
    without_lead,
    without_tail,
)
from shared.text.note_waits import Waiting, waiting
from shared.text.priority_items import is_deed, items_of, parted

MAX_PROMISES = 10
_SENTENCE = re.compile(r"[^.!?\n]+(?:\.(?=\w)[^.!?\n]*)*[.!?\n]*")
_LIST = re.compile(r"\W*(?:to-?\s?dos?\b\W*)?(?:1|a|#1)\s?[.):\-]", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:him|her|them)\b", re.IGNORECASE)
_GOES_ON = re.compile(
    r"\W*(?:for|any|next|by|on|at|with|before|after|in|this|from|mon|tue|wed|thu|fri|sat|sun|tomorrow|tmrw)",
    re.IGNORECASE,
)
_HANDED = re.compile(
    r"(?:send|bring|deliver|drop|give|email|e-mail|text|quote|bid|write|follow[ -]?up|reach out|get back|reconnect)\b(?!.*\bto\b)",
    re.IGNORECASE,
)
"""To whom, where nobody is named: the person told of last."""

Span = tuple[int, int]


def promises_of(
    text: str,
    low: str,
    names: tuple[FoundName, ...],
    dates: tuple[FoundDate, ...],
    whole: list[Span],
    today: date,
    reach: str | None,
    reaches: list[Span],
) -> tuple[NoteAction, ...]:
    """Of a text that wants something done: each order it gives and everybody who waits for something, else the one thing it comes
    to. `whole` is not parted; `reaches`: where a number or an address stands."""
    listed = items_of(text, whole) if _LIST.match(text) or "\n" in text else []
    deeds = [item for item in listed if is_deed(text, item.start, item.end)]
    listed = listed if 2 * len(deeds) >= len(listed) else deeds
    spans = [(item.start, item.end) for item in listed] or [*_orders(text, low, whole), *_given(text, low)]
    told = [(start, _promise(text, start, end, names, dates, today)) for start, end in sorted(spans)]
    found = [(start, each) for start, each in told if each is not None and each.title.strip()]
    waits = [] if listed else list(waiting(text, low, names, reaches, spans))
    asked = [(one.start, one) for one in waits if one.name.value not in {each.person for _, each in found}]
    if len(found) + len(asked) < 2:
        one = action_of(text, low, names, dates, today, reach, asked[0][1].name.value if asked else None)
        return (one,) if one else ()
    found += [(start, _awaited(text, each, names, dates, today)) for start, each in asked]
    return tuple(each for _, each in sorted(found, key=lambda each: each[0]))[:MAX_PROMISES]


def _awaited(
    text: str, wait: Waiting, names: tuple[FoundName, ...], dates: tuple[FoundDate, ...], today: date
) -> NoteAction:
    person, words = wait.name.value, text[wait.start : wait.end].strip(" ,;.-")
    inside = [one for one in names if wait.start <= one.start < wait.end]
    company = next((one.value for one in inside if one.kind == "company"), None)
    kind = action_type_of(words, [(one.start - wait.start, one.end - wait.start, one.kind) for one in inside])
    kind = "follow_up" if kind == "other" else kind
    due = next((one for one in dates if wait.start <= one.start < wait.end and one.day >= today), None)
    title = title_of(None, kind, person, company) or f"Follow up with {person}"
    return NoteAction(
        title, kind, due_of(due, kind, today) if due else None, due.text if due else None, person, company, words
    )


def _given(text: str, low: str) -> Iterator[Span]:
    """ "Promised her a bid by tues"."""
    for found in PROMISED.finditer(low):
        end = CLAUSE_END.search(text, found.end())
        yield found.start("what"), end.start() if end else len(text)


def _orders(text: str, low: str, whole: list[Span]) -> Iterator[Span]:
    """Where each order stands: from its verb to the next one."""
    for sentence in _SENTENCE.finditer(text):
        words = low[sentence.start() : sentence.end()].lstrip()
        found = IMPERATIVE.search(words)
        if found is None or is_refused(words):
            continue
        verb = found.start("verb") if found["verb"] else found.start("verb2") if found["verb2"] else found.end()
        begin = sentence.end() - len(words)
        yield from _joined(text, parted(text, begin + verb, sentence.end(), whole))


def _joined(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """What only goes on with the order before it ("for the Ridge bid", "any day") belongs to it."""
    last: Span | None = None
    for start, end in spans:
        if last and (_GOES_ON.match(text, start, end) or not is_deed(text, start, end)):
            last = last[0], end
            continue
        if last:
            yield last
        last = start, end
    if last:
        yield last


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
    pronoun = _PRONOUN.search(text, start, end)
    is_of_last = pronoun is not None and all(pronoun.start() < one.start for one in inside)
    if is_of_last or (person is None and _HANDED.match(text, start, end)):
        before = [one.value for one in names if one.kind == "person" and one.start < start]
        person = before[-1] if before else person
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
