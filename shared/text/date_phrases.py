"""The words that name a day, and the day they mean from here and now."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from dateutil.relativedelta import relativedelta

from shared.text.calendar_words import MONTH_NAMES, WEEKDAY, WEEKDAYS, month_of, number_of
from shared.text.plain import overlaps


@dataclass(frozen=True, slots=True)
class DayPhrase:
    """A day named at a place in the text; `at` where the words count hours or minutes from now."""

    start: int
    end: int
    day: date
    fuzzy: bool
    at: datetime | None = None


_Meaning = tuple[date | datetime, bool] | None
_Rule = tuple[re.Pattern[str], Callable[[re.Match[str], datetime], _Meaning]]

_AGO = timedelta(days=60)


def days_in(low: str, here: datetime) -> list[DayPhrase]:
    """Day phrases of a lower-case text, in order; where two overlap the earlier rule holds."""
    found: list[DayPhrase] = []
    spans: list[tuple[int, int]] = []
    for pattern, meaning in _DAY_RULES:
        for match in pattern.finditer(low):
            start, end = match.span("it") if "it" in pattern.groupindex else match.span()
            meant = None if overlaps(start, end, spans) else meaning(match, here)
            if meant is None:
                continue
            spans.append((start, end))
            when, fuzzy = meant
            moment = when if isinstance(when, datetime) else None
            found.append(DayPhrase(start, end, moment.date() if moment else when, fuzzy, moment))
            if len(found) == 40:
                return sorted(found, key=lambda one: one.start)
    return sorted(found, key=lambda one: one.start)


def _today(match: re.Match[str], here: datetime) -> _Meaning:
    return here.date(), False


def _in_days(days: int, fuzzy: bool = False) -> Callable[[re.Match[str], datetime], _Meaning]:
    return lambda match, here: (here.date() + timedelta(days=days), fuzzy)


def _weekday(match: re.Match[str], here: datetime) -> _Meaning:
    which, wanted = match["which"] or "", WEEKDAY[match["name"]]
    monday = here.date() - timedelta(days=here.weekday())
    if which == "next" or match["tail"]:
        return monday + timedelta(days=7 + wanted), True
    if which == "last":
        return here.date() - timedelta(days=(here.weekday() - wanted - 1) % 7 + 1), False
    ahead = (wanted - here.weekday()) % 7
    # On a Friday "Friday" is the next one, "this Friday" is today.
    return here.date() + timedelta(days=ahead if ahead or which == "this" else 7), False


def _week(match: re.Match[str], here: datetime) -> _Meaning:
    which, unit, today = match["which"], match["unit"], here.date()
    monday = today - timedelta(days=today.weekday())
    if unit == "weekend":
        saturday = monday + timedelta(days=5 if today.weekday() <= 5 else 12)
        return saturday + timedelta(days=7 if which == "next" else 0), True
    if which == "last":
        return None
    if unit == "week":
        day = {"early": 0, "mid": 2, "middle of": 2, "late": 4, "later": 4}.get(match["part"] or "", 0)
        return (monday + timedelta(days=7 + day), True) if which == "next" else (_friday(today), True)
    if which == "this":
        return _month_end(today), True
    return today.replace(day=1) + relativedelta(months=1 if unit == "month" else 12), True


def _end(match: re.Match[str], here: datetime) -> _Meaning:
    unit, later, today = match["unit"] or match["short"], match["later"] is not None, here.date()
    if unit in ("week", "w"):
        return _friday(today) + timedelta(days=7 if later else 0), False
    if unit in ("month", "m"):
        return _month_end(today + relativedelta(months=1 if later else 0)), False
    if unit in ("quarter", "q"):
        first = today.replace(day=1, month=today.month - (today.month - 1) % 3) + relativedelta(
            months=3 if later else 0
        )
        return _month_end(first + relativedelta(months=2)), False
    return date(today.year + later, 12, 31), False


def _amount(match: re.Match[str], here: datetime) -> _Meaning:
    count = number_of(match["count"])
    if count is None or count > 1000:
        return None
    unit, fuzzy = match["unit"][0], match["count"].endswith("few") or "couple" in match["count"]
    if unit == "h" or match["unit"].startswith("min"):
        later = timedelta(hours=count) if unit == "h" else timedelta(minutes=count)
        return (here.astimezone(UTC) + later).astimezone(here.tzinfo), fuzzy
    step = {"d": relativedelta(days=count), "w": relativedelta(weeks=count)}.get(unit, relativedelta(months=count))
    return here.date() + step, fuzzy


def _week_from(match: re.Match[str], here: datetime) -> _Meaning:
    wanted = WEEKDAY[match["name"]]
    return here.date() + timedelta(days=7 + (wanted - here.weekday() - 1) % 7 + 1), False


def _month_day(match: re.Match[str], here: datetime) -> _Meaning:
    return _on(month_of(match["month"]), int(match["day"]), match["year"], here)


def _numeric(match: re.Match[str], here: datetime) -> _Meaning:
    month, day = int(match["month"]), int(match["day"])
    if (month, day) in ((24, 7), (50, 50)) or ((month, day) in _FRACTIONS and not match["cue"] and not match["year"]):
        return None
    if month > 12 >= day:
        month, day = day, month
    return _on(month, day, match["year"], here)


def _iso(match: re.Match[str], here: datetime) -> _Meaning:
    return _on(int(match["month"]), int(match["day"]), match["year"], here)


def _ordinal(match: re.Match[str], here: datetime) -> _Meaning:
    today, day = here.date(), int(match["day"])
    for months in range(4):
        first = today.replace(day=1) + relativedelta(months=months)
        if 1 <= day <= _month_end(first).day and first.replace(day=day) >= today:
            return first.replace(day=day), False
    return None


def _on(month: int, day: int, year: str | None, here: datetime) -> _Meaning:
    today = here.date()
    try:
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), month, day), False
        found = date(today.year, month, day)
        # A day just past is remembered, one long past is next year's.
        return (found if today - found <= _AGO else found.replace(year=today.year + 1)), False
    except ValueError:
        return None


def _friday(today: date) -> date:
    return today + timedelta(days=4 - today.weekday() + (7 if today.weekday() > 4 else 0))


def _month_end(today: date) -> date:
    return today.replace(day=1) + relativedelta(months=1, days=-1)


_FRACTIONS = frozenset(((1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (1, 8), (3, 8), (5, 8), (7, 8)))
_YEAR = r"(?:(?:,|,? of)? ?(?P<year>20\d\d)\b)?"
_COUNT = (
    r"(?P<count>\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|a couple(?: of)?|couple(?: of)?|a few|few)"
)
_NOT_MEASURE = r"""(?!/|\d|["”]| ?(?:inch|inches|in\b|ft|cups?|of\b|hp|ply|miles?|off|stars?|price|mile|mm|cm))"""
_CUE = r"(?P<cue>\b(?:by|on|due|before|until|till|for|after) )?"

_DAY_RULES: tuple[_Rule, ...] = (
    (re.compile(r"\b(?:the )?day after tomorrow\b"), _in_days(2)),
    (re.compile(r"\b(?:today|tonight(?=\b))|\bthis (?=morning|afternoon|evening)"), _today),
    (re.compile(r"\b(?:tomorrow|tomorow|tommorow|tommorrow|tmrw|tmrrw|tmr|tmw|tmmrw|2morrow|2moro)\b"), _in_days(1)),
    (re.compile(r"\byesterday\b|\blast night\b"), _in_days(-1)),
    (
        re.compile(
            r"\b(?:end of (?:the |this |(?P<later>next ))?(?P<unit>week|month|quarter|year)|eo(?P<short>[wmqy])|month end(?P<n>))\b"
        ),
        lambda match, here: (_month_end(here.date()), False) if match["n"] is not None else _end(match, here),
    ),
    (re.compile(rf"\b(?:a|one) week from (?P<name>{WEEKDAYS})\b"), _week_from),
    (
        re.compile(rf"\b(?:in|within|after) {_COUNT} (?P<unit>min(?:ute)?s?|h(?:ou)?rs?|days?|w(?:ee)?ks?|months?)\b"),
        _amount,
    ),
    (re.compile(rf"\b{_COUNT} (?P<unit>days?|w(?:ee)?ks?|months?) (?:from (?:now|today)|out)\b"), _amount),
    (
        re.compile(
            rf"\b(?P<month>{MONTH_NAMES})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?![:/])(?! ?(?:am|pm)\b){_YEAR}"
        ),
        _month_day,
    ),
    (re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{MONTH_NAMES})\b\.?{_YEAR}"), _month_day),
    (re.compile(r"(?<![\d-])(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?![\d-])"), _iso),
    (
        re.compile(
            rf"{_CUE}(?<![\d/.$#,-])(?P<it>(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})(?:/(?P<year>20\d\d|\d\d))?){_NOT_MEASURE}"
        ),
        _numeric,
    ),
    (
        re.compile(
            rf"\b(?P<it>(?:(?P<which>next|this|last|this coming|coming) )?(?P<name>{WEEKDAYS}))\b"
            rf"(?P<tail> next week\b)?(?!['’]s (?:name|company))"
        ),
        _weekday,
    ),
    (
        re.compile(
            r"\b(?:(?P<part>early|mid|middle of|late|later) )?(?P<which>next|this|last|the) (?P<unit>week|weekend|month|year)\b"
        ),
        _week,
    ),
    (
        re.compile(
            r"\b(?:on |by |before |until |till )?the (?P<day>\d{1,2})(?:st|nd|rd|th)\b(?! (?:floor|street|st|ave|time|of|annual))"
        ),
        _ordinal,
    ),
)
