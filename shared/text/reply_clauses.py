"""The clauses of a reply and what each of them says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from shared.text import lexicon

Intent = Literal["done", "not_yet", "later", "skip", "help", "yes", "no", "question", "note", "thanks", "unknown"]
MAX_CLAUSES = 20

_LEXICON = lexicon.load("replies")
_ORDER: tuple[Intent, ...] = ("help", "later", "question", "skip", "not_yet", "done", "no", "yes", "thanks")
_PATTERNS = {intent: lexicon.any_of(_LEXICON[intent], _LEXICON["macros"]) for intent in _ORDER}
EVERY = lexicon.any_of(_LEXICON["every"])
EXCEPT = lexicon.any_of(_LEXICON["except"])
_PARTING = re.compile(
    r"[.;!\n](?!\w)|(?<=\?)|,|(?<!\ball)(?<!everything) (?:and|but|also|then|though|however) | [-–—]{1,3} | & "
)
_NUMBER_AHEAD = re.compile(r"(?<=\w) (?=(?:#|no\.? ?|number )?\d\b[.):]?\s*(?:is |was )?[a-z])")
_LEADING_NUMBER = re.compile(r"^\W*(?:#|no\.? ?|number )?\d\b")
_EDGES = " \t\r,.;:!-–—()\"'*"


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause at its place, in lower case, with what its words say; None where they say nothing of promises."""

    start: int
    end: int
    low: str
    intent: Intent | None
    weak: bool


def clauses_of(low: str) -> list[Clause]:
    """Up to 20 clauses of a lower-case text, in order."""
    found: list[Clause] = []
    for start, end in _spans(low):
        clause = _clause(low, start, end)
        if clause is not None:
            found.append(clause)
        if len(found) == MAX_CLAUSES:
            break
    return found


def intent_of(low: str) -> Intent | None:
    """What a clause says, by the first list that knows it."""
    for intent in _ORDER:
        if _PATTERNS[intent].search(low):
            return intent
    return None


def _spans(low: str) -> Iterator[tuple[int, int]]:
    numbered = _LEADING_NUMBER.match(low) is not None
    start = 0
    for match in _PARTING.finditer(low):
        yield from _numbered(low, start, match.start(), numbered)
        start = match.end()
    yield from _numbered(low, start, len(low), numbered)


def _numbered(low: str, start: int, end: int, numbered: bool) -> Iterator[tuple[int, int]]:
    """ "1 done 2 not yet": a text that begins with a number begins a clause at each."""
    if numbered:
        for match in _NUMBER_AHEAD.finditer(low, start, end):
            yield start, match.start()
            start = match.end()
    yield start, end


def _clause(low: str, start: int, end: int) -> Clause | None:
    while start < end and low[start] in _EDGES:
        start += 1
    while end > start and low[end - 1] in _EDGES:
        end -= 1
    if start == end:
        return None
    words = _without_number(low[start : min(end, start + 200)])
    intent = intent_of(words) if words else None
    return Clause(start, end, low[start:end], intent, intent in ("yes", "no", "thanks"))


def _without_number(words: str) -> str:
    """ "#1: done" says done."""
    return re.sub(
        r"^(?:#|no\.? ?|number )?\d{1,2}\b[.):]?(?: (?:is|was|=|-))?\s*(?!(?:am|pm|days?|weeks?)\b)", "", words
    )
