"""A turn with what is found in it and what is known around it, and what a part of it says by itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from shared.text import lexicon
from shared.text.dates import FoundDate, find_dates
from shared.text.names import FoundName, find_names
from shared.text.note_actions import is_reminder
from shared.text.plain import MAX_READ, Place, lowered
from shared.text.reachable import Reachable, find_reachable
from shared.text.turn_clauses import (
    asks_whether_done,
    in_so_many_words,
    is_all_but,
    is_no,
    is_only_day,
    is_undo,
    is_yes,
    will_be_done,
    without_number,
)
from shared.text.turn_features import Around, Marked, turn_features
from shared.text.turn_model import intent_model
from shared.text.turn_subjects import DEEDS, EVERYDAY, Promises, is_deed_done, stem, stems, words_of

Intent = Literal[
    "note", "priorities", "done", "in_progress", "not_done", "defer", "cancel", "help_with_item", "list", "find", "why",
    "undo", "correct", "opt_out", "opt_in", "help", "other",
]  # fmt: skip
INTENTS: tuple[Intent, ...] = get_args(Intent)
ANSWERS: frozenset[Intent] = frozenset(("done", "in_progress", "not_done", "defer", "cancel", "help_with_item"))
CERTAIN, KEPT, LIKELY_KEPT = 0.97, 0.8, 0.3
_NUMBER_FIRST = re.compile(r"(\d{1,2}) (?=[a-z])(?!am|pm|days?|weeks?|hours?|hrs?|min|months?|o'?clock)", re.IGNORECASE)
_GLUE = lexicon.words(lexicon.load("turns")["glue"])
_BEFORE_DEED = lexicon.words(lexicon.load("turns")["before_deed"])
_BESIDE = frozenset(("opt_out", "opt_in"))
"""Wishes about texting are recognised elsewhere, and never guessed."""


@dataclass(frozen=True)
class Asked:
    """The question that is open: `intent` is what "yes", or choosing, says; `items` the promises it is about, and `numbers`
    what they are called by."""

    kind: str
    intent: Intent | None = None
    items: tuple[int, ...] = ()
    numbers: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """What words say, and how sure that is."""

    intent: Intent
    confidence: float

    @property
    def is_answer(self) -> bool:
        return self.intent in ANSWERS


@dataclass(frozen=True)
class Seen:
    text: str
    low: str
    asked: Asked | None
    promises: Promises
    dates: tuple[FoundDate, ...]
    names: tuple[FoundName, ...]
    reach: Reachable
    _said: dict[tuple[int, int, bool], Said] = field(default_factory=dict)

    @cached_property
    def title_words(self) -> set[str]:
        return {word for title in self.promises.titles.values() for word in stems(title)} - EVERYDAY

    @cached_property
    def strangers(self) -> tuple[FoundName, ...]:
        """Names that are in no open promise."""
        return tuple(name for name in self.names if not stems(name.text) & self.title_words)

    @cached_property
    def marks(self) -> tuple[Marked, ...]:
        return tuple(marks_of(self.names, self.dates, self.reach))

    @cached_property
    def date_places(self) -> list[Place]:
        return [(one.start, one.end) for one in self.dates]

    @cached_property
    def taken(self) -> list[Place]:
        """Places at which no clause ends: days, numbers, addresses."""
        return [*self.date_places, *self.reach.places]

    @property
    def kind(self) -> str | None:
        return self.asked.kind if self.asked else None

    @property
    def asks(self) -> tuple[int, ...]:
        return self.asked.items if self.asked else ()

    def without_subjects(self, start: int, end: int) -> str:
        """The words that are left when those that name promises are gone: "lintels yes" says "yes"."""
        words = self.low[start:end].split()
        bare = [(word, word.strip(".,:;!?()#&-")) for word in words]
        return " ".join(
            word
            for word, inner in bare
            if inner and inner not in _GLUE and not inner.isdigit() and not self.is_subject(inner)
        )

    def is_subject(self, word: str) -> bool:
        """Whether it names a promise and says nothing of it: "wired" does."""
        return not is_deed_done(word) and (word in self.words_promised or stem(word) in self.title_words)

    @cached_property
    def words_promised(self) -> set[str]:
        return {word for title in self.promises.titles.values() for word in words_of(title.lower())} - EVERYDAY

    def said(self, start: int, end: int, named: bool) -> Said:
        """What this part of the text says by itself."""
        place = (start, end, named)
        if place not in self._said:
            self._said[place] = self._by_form(*place) or self._by_model(*place)
        return self._said[place]

    def _by_form(self, start: int, end: int, named: bool) -> Said | None:
        low = self.low[start:end]
        if is_undo(low):
            return Said("undo", CERTAIN)
        if is_reminder(low) and not named:
            return Said("note", 0.9)
        if named and asks_whether_done(self.low[start : end + 1]):
            return Said("list", 0.9)
        if self.kind == "check_in" and named and is_all_but(self.without_subjects(start, end)):
            return self._yes(named)
        for rest in (low, self.without_subjects(start, end)) if named else (low,):
            if is_yes(rest):
                return self._yes(named)
            plain = in_so_many_words(rest)
            if plain and (self.kind == "check_in" or named):
                return Said(plain, CERTAIN)
            if is_no(rest):
                return Said("not_done", CERTAIN) if self.kind == "check_in" or named else Said("other", 0.9)
        if low.strip("#(). ").isdigit():
            return Said("other", 0.6)
        inside = [(s - start, e - start) for s, e in self.date_places if s >= start and e <= end]
        if inside and (named or self.kind == "check_in") and will_be_done(low):
            return Said("defer", 0.9)
        if self.asked and is_only_day(low, inside, {word for word in words_of(low) if self.is_subject(word)}):
            return Said("defer", CERTAIN)
        return None

    def _yes(self, named: bool) -> Said:
        if self.asked and self.kind == "confirm":
            return Said(self.asked.intent or "done", CERTAIN)
        return Said("done", CERTAIN) if self.kind == "check_in" or named else Said("other", 0.9)

    def _by_model(self, start: int, end: int, named: bool) -> Said:
        likely = self.likely(start, end, named)
        best = max(likely, key=lambda intent: likely[intent])
        if named and likely["done"] > LIKELY_KEPT and self.is_kept(self.low[start:end]):
            return Said("done", max(likely["done"], KEPT))
        return Said(best, likely[best])

    def is_kept(self, words: str) -> bool:
        """The promise in the past: "sent Brody his change order"."""
        return any(is_deed_done(word) and stem(word) in self.title_words for word in words_of(words)[:3])

    def begins_with_deed(self, low: str) -> bool:
        words = [word for word in words_of(low) if word not in _BEFORE_DEED]
        return bool(words) and is_deed_done(words[0]) and (stem(words[0]) in DEEDS | self.title_words)

    def likely(self, start: int, end: int, named: bool) -> dict[Intent, float]:
        found = intent_model().probabilities(self.features(start, end, named))
        return {intent: found.get(intent, 0.0) for intent in INTENTS if intent not in _BESIDE}

    def features(self, start: int, end: int, named: bool) -> dict[int, float]:
        start += without_number(self.low[start:end]) if self.promises.numbers else 0
        marks = [
            Marked(m.kind, m.start - start, m.end - start) for m in self.marks if m.start >= start and m.end <= end
        ]
        strangers = any(start <= name.start < end for name in self.strangers)
        known = named or bool(stems(self.low[start:end]) & self.title_words)
        return turn_features(self.text[start:end], marks, Around(self.kind, len(self.asks), known, strangers))


def marks_of(names: tuple[FoundName, ...], dates: tuple[FoundDate, ...], reach: Reachable) -> list[Marked]:
    return [
        *(Marked(one.kind, one.start, one.end) for one in names),
        *(Marked("date", one.start, one.end) for one in dates),
        *(Marked("phone", one.start, one.end) for one in reach.phones),
        *(Marked("email", one.start, one.end) for one in reach.emails),
    ]


def see(text: str, titles: Mapping[int, str], asked: Asked | None, now: datetime, zone: ZoneInfo) -> Seen:
    text = text[:MAX_READ]
    reach = find_reachable(text)
    promises = Promises(titles, asked.items if asked else (), asked.numbers if asked else {})
    dates = tuple(_without_number(one, promises, now, zone) for one in find_dates(text, now, zone, reachable=reach))
    low = lowered(text).replace("’", "'")
    return Seen(text, low, asked, promises, dates, find_names(text, reachable=reach), reach)


def _without_number(found: FoundDate, promises: Promises, now: datetime, zone: ZoneInfo) -> FoundDate:
    """ "2 and 4 fri": the number is a promise's, where promises have numbers, and no hour."""
    number = _NUMBER_FIRST.match(found.text)
    if number is None or int(number[1]) not in promises.numbers:
        return found
    start = found.start + number.end()
    later = find_dates(found.text[number.end() :], now, zone)
    if not later:
        return found
    moved = replace(later[0], start=start + later[0].start, end=start + later[0].end)
    return _without_number(moved, promises, now, zone)
