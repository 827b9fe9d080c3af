"""Finds the words that name a day, rule by rule; `lexicon/dates.txt` has the rules, `date_meanings` what they mean."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from shared.text import lexicon
from shared.text.date_context import is_duration, is_past
from shared.text.date_meanings import MEANINGS
from shared.text.date_rules import Found, Here
from shared.text.holidays import HOLIDAY
from shared.text.plain import overlaps

MAX_FOUND = 40
_MAY_BE_PAST = frozenset(("today", "weekday", "month", "week"))


@dataclass(frozen=True, slots=True)
class DayPhrase:
    """A day named at a place in the text; `at` where the words count hours or minutes from now."""

    start: int
    end: int
    day: date
    fuzzy: bool
    at: datetime | None = None
    rule: str = ""


def days_in(low: str, here: Here) -> list[DayPhrase]:
    """Day phrases of a spelled text, in order; where two overlap the earlier rule holds."""
    found: list[DayPhrase] = []
    spans: list[tuple[int, int]] = []
    for name, patterns, meaning in _RULES:
        for match in _matches(low, patterns, _NEEDS.get(name)):
            start, end = match.span("it") if "it" in match.re.groupindex else match.span()
            meant = None if overlaps(start, end, spans) else meaning(Found(low, match, start, end), here)
            if meant is None:
                continue
            spans.append((start, end))
            when, fuzzy = meant
            moment = when if isinstance(when, datetime) else None
            if not _tells_of_what_was(name, low, start, end):
                found.append(DayPhrase(start, end, moment.date() if moment else when, fuzzy, moment, name))
            if len(spans) == MAX_FOUND:
                return sorted(found, key=lambda one: one.start)
    return sorted(found, key=lambda one: one.start)


def _tells_of_what_was(rule: str, low: str, start: int, end: int) -> bool:
    if rule == "amount":
        return is_duration(low, start)
    return rule in _MAY_BE_PAST and is_past(low, start, end, today=rule in ("today", "week", "month"))


def _matches(low: str, patterns: list[re.Pattern[str]], needs: list[str] | None) -> Iterator[re.Match[str]]:
    if needs is None or any(word in low for word in needs):
        for pattern in patterns:
            yield from pattern.finditer(low)


_SECTIONS = lexicon.load("dates")
_MACROS = (*_SECTIONS["macro"], f"holiday = {HOLIDAY}")
_NEEDS = {name: words.split("|") for name, words in (line.split(" = ") for line in _SECTIONS["needs"])}
_RULES = [
    (name, [lexicon.any_of((line,), _MACROS) for line in _SECTIONS[name]], meaning)
    for name, meaning in MEANINGS.items()
]
