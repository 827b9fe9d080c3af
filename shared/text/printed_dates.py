"""Dates in digits: which of two numbers is the month, and which are sizes, shares and scores."""

from datetime import date, timedelta

from shared.text.calendar_words import day_of, nearest_ahead
from shared.text.date_context import is_measure, is_surely_a_date

_JUST_PAST = timedelta(days=60)
_MONTH_FIRST = frozenset(("Pacific/Honolulu", "Pacific/Guam", "Pacific/Saipan", "Pacific/Pago_Pago", "Asia/Manila"))
_SAYINGS = frozenset(((24, 7), (7, 24), (50, 50), (20, 20), (9, 11), (80, 20), (4, 5), (5, 5)))


def is_month_first(zone: str) -> bool:
    """Where 12/3 is the third of December."""
    return zone.startswith(("America/", "US/")) or zone in _MONTH_FIRST


def on(month: int, day: int, year: str | None, today: date) -> date | None:
    """The day; without a year the nearest ahead, none when it was in the last two months."""
    if year:
        return day_of(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this_year = day_of(today.year, month, day)
    last_year = day_of(today.year - 1, month, day)
    if any(past is not None and timedelta() < today - past <= _JUST_PAST for past in (this_year, last_year)):
        return None
    return nearest_ahead(month, day, today)


def printed(first: int, second: int, year: str | None, today: date, *, month_first: bool) -> date | None:
    month, day = (first, second) if month_first else (second, first)
    if month > 12 >= day:
        month, day = day, month
    return on(month, day, year, today)


def is_date(low: str, start: int, end: int, first: int, second: int) -> bool:
    """Whether "3/4" at this place is a date rather than a fraction, a score, a size of cable."""
    if is_measure(low, start, end) or 0 in (first, second):
        return False
    score = second == 10 and 6 <= first <= 10
    fraction = first < second and (
        second in (2, 3, 4, 8) or (second in (16, 32, 64) and low[end : end + 2].strip().isalpha())
    )
    return not (score or fraction or (first, second) in _SAYINGS) or is_surely_a_date(low, start, end)
