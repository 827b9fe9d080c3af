"""Finds recurrences in texts: "every week", "daily", "every other Friday"."""

import re
from dataclasses import dataclass

from shared.text.calendar_words import WEEKDAY, WEEKDAYS, number_of
from shared.text.plain import MAX_READ, lowered

MAX_FOUND = 10
_DAYS = {"day": 1, "morning": 1, "evening": 1, "weekday": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
_NAMED = {"daily": 1, "weekly": 7, "biweekly": 14, "bi-weekly": 14, "fortnightly": 14, "monthly": 30, "quarterly": 91}
_PATTERN = re.compile(
    r"\b(?:every|each) (?:(?P<count>other|\d{1,3}|two|three|four|five|six) )?"
    r"(?P<unit>day|morning|evening|weekday|week|month|quarter|year)s?\b"
    rf"|\b(?:every|each) (?P<other>other )?(?P<name>{WEEKDAYS})\b"
    rf"|\bonce an? (?P<once>day|week|month|year)\b"
    rf"|\b(?P<plural>mon|tues|wednes|thurs|fri|satur|sun)days\b"
    rf"|\b(?P<named>daily|weekly|bi-?weekly|fortnightly|monthly|quarterly)\b(?! (?:meeting|standup|report|newsletter|rate|special))"
)


@dataclass(frozen=True, slots=True)
class FoundRecurrence:
    """How often, in days (a month is 30), and on which weekday (Monday is 0) where one is named."""

    start: int
    end: int
    text: str
    interval_days: int
    weekday: int | None


def find_recurrences(text: str) -> tuple[FoundRecurrence, ...]:
    """Up to ten recurrences of the first 2,000 characters, in order."""
    found: list[FoundRecurrence] = []
    for match in _PATTERN.finditer(lowered(text[:MAX_READ])):
        days, weekday = _meaning(match)
        if 0 < days <= 3660:
            found.append(FoundRecurrence(*match.span(), text[match.start() : match.end()], days, weekday))
        if len(found) == MAX_FOUND:
            break
    return tuple(found)


def _meaning(match: re.Match[str]) -> tuple[int, int | None]:
    if match["unit"]:
        count = 2 if match["count"] == "other" else number_of(match["count"] or "one")
        return _DAYS[match["unit"]] * (count or 0), None
    if match["name"]:
        return 14 if match["other"] else 7, WEEKDAY[match["name"]]
    if match["once"]:
        return _DAYS[match["once"]], None
    if match["plural"]:
        return 7, WEEKDAY[match["plural"] + "day"]
    return _NAMED[match["named"]], None
