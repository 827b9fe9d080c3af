"""Days that words mean from today: "tomorrow", "in two weeks", "late next week", "the 3rd"."""

from datetime import UTC, date, timedelta

from dateutil.relativedelta import relativedelta

from shared.text.calendar_words import (
    WEEKDAY,
    monday_of,
    month_end,
    month_start,
    number_of,
    period_end,
    period_start,
    weekday_after,
)
from shared.text.date_rules import Found, Here, Meaning, Meant

_MIDDLE = {"week": 2, "month": 14, "quarter": 45, "year": 181}
_DAYS_INTO = {"mid": _MIDDLE, "middle of": _MIDDLE}
_LATE = frozenset(("late", "later", "end of", "back half of"))


def in_days(days: int) -> Meaning:
    return lambda found, here: (here.today + timedelta(days=days), False)


def from_anchor(found: Found, here: Here) -> Meant:
    count = number_of(found.word("count")) if found["count"] else 1
    if count is None:
        return None
    anchor = here.today + timedelta(days=1 if found["tomorrow"] else 0)
    if name := found["name"]:
        anchor = weekday_after(here.today, WEEKDAY[name])
    return anchor + _step(found.word("unit"), count), False


def amount(found: Found, here: Here) -> Meant:
    if found["halfof"]:
        return (here.now.astimezone(UTC) + timedelta(minutes=30)).astimezone(here.now.tzinfo), False
    unit, word = found.word("unit") or found.word("long"), found.word("count")
    count = number_of(word)
    if count is None or count > 1000:
        return None
    fuzzy = "few" in word or "couple" in word
    if unit.startswith(("hour", "minute")):
        minutes = count * (60 if unit[0] == "h" else 1) + (30 if found["half"] else 0)
        return (here.now.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(here.now.tzinfo), fuzzy
    if unit.startswith(("business", "work")):
        return _working_days(here.today, count), fuzzy
    return here.today + _step(unit, count), fuzzy


def end_of_period(found: Found, here: Here) -> Meant:
    unit = found["unit"] or {"w": "week", "m": "month", "q": "quarter", "y": "year"}[found.word("short")]
    return period_end(here.today, unit, 2 if found["tail"] else 1 if found["later"] else 0), False


def start_of_period(found: Found, here: Here) -> Meant:
    unit = found.word("unit")
    start = period_start(here.today, unit)
    if start < here.today or found["next"]:
        start = period_start(here.today, unit, 1)
    return start + timedelta(days=1 if found["cue"] else 0), False


def weekday(found: Found, here: Here) -> Meant:
    weekday, today = WEEKDAY[found.word("name")], here.today
    if found["which"] == "next" or found["tail"] or found.word("next_week"):
        return monday_of(today) + timedelta(days=7 + weekday), True
    if found["after"]:
        return weekday_after(today, weekday) + timedelta(days=7), True
    # On a Friday "Friday" is the next one, "this Friday" is today.
    if found["which"] == "this" and today.weekday() == weekday:
        return today, False
    return weekday_after(today, weekday), False


def after_next(found: Found, here: Here) -> Meant:
    unit = found.word("unit")
    if unit == "weekend":
        return monday_of(here.today) + timedelta(days=12), True
    return period_start(here.today, unit, 2), True


def week(found: Found, here: Here) -> Meant:
    """ "Early next week" is its Monday, "late" its Friday; of this period the last day, of a weekend its Saturday."""
    unit, which, part, today = found["unit"], found.word("which"), found.word("part"), here.today
    later = 1 if which in ("next", "the following", "following", "this coming") or found["next"] else 0
    if unit == "weekend":
        further = int(later and which != "this coming") + int(today.weekday() == 6)
        return monday_of(today) + timedelta(days=5 + 7 * further), True
    if unit is None:
        wednesday = monday_of(today) + timedelta(days=2 + 7 * later)
        return (wednesday if wednesday >= today else wednesday + timedelta(days=7)), True
    if not later and (which == "the" or (unit == "year" and not part)):
        return None
    if part in _LATE or (not later and part in ("", "sometime")):
        return period_end(today, unit, later), True
    days = _DAYS_INTO.get(part, {}).get(unit, 0)
    return max(period_start(today, unit, later) + timedelta(days=days), today), True


def ordinal(found: Found, here: Here) -> Meant:
    day = found.number("day")
    for months in range(4):
        first = month_start(here.today, months)
        if 1 <= day <= month_end(first).day and first.replace(day=day) >= here.today:
            return first.replace(day=day), False
    return None


def _step(unit: str, count: int) -> relativedelta:
    steps = {"d": relativedelta(days=count), "w": relativedelta(weeks=count), "f": relativedelta(weeks=2 * count)}
    return steps.get(unit[0], relativedelta(years=count) if unit[0] == "y" else relativedelta(months=count))


def _working_days(day: date, count: int) -> date:
    for _ in range(count):
        day += timedelta(days=3 if day.weekday() == 4 else 2 if day.weekday() == 5 else 1)
    return day
