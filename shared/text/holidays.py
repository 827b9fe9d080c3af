"""Holidays that people name days by, and when they are."""

import re
from datetime import date, timedelta

from dateutil.easter import easter

from shared.text import lexicon
from shared.text.calendar_words import WEEKDAY, nth_weekday

_LEXICON = lexicon.load("dates")
_LINES = [line.rsplit(" = ", 1) for line in _LEXICON["holidays"]]
_RULES = [(re.compile(pattern), when) for pattern, when in _LINES]
HOLIDAY = f"(?P<holiday>{'|'.join(pattern for pattern, _ in _LINES)})"
_CANADIAN_THANKSGIVING = "2 monday 10"
_CANADA = frozenset(f"America/{city}" for city in lexicon.words(_LEXICON["canada"]))


def holiday_ahead(name: str, today: date, zone: str, days: int = 0) -> date | None:
    """The next day that is `days` from the holiday and is not past."""
    when = next((when for pattern, when in _RULES if pattern.fullmatch(name)), None)
    if when is None:
        return None
    if name.startswith("thanksgiving") and (zone in _CANADA or zone.startswith("Canada/")):
        when = _CANADIAN_THANKSGIVING
    found = (_in_year(when, year) + timedelta(days=days) for year in range(today.year - 1, today.year + 3))
    return next((day for day in found if day >= today), None)


def _in_year(when: str, year: int) -> date:
    """ "12-25", "easter -2", "4 thursday 11 +1": a day of the month, Easter and days, the fourth Thursday of November and days."""
    if when[2:3] == "-":
        return date(year, int(when[:2]), int(when[3:]))
    first, *rest = when.split()
    if first == "easter":
        return easter(year) + timedelta(days=int(rest[0]))
    day = nth_weekday(date(year, int(rest[1]), 1), first, WEEKDAY[rest[0]])
    return day + timedelta(days=int(rest[2]) if len(rest) > 2 else 0)
