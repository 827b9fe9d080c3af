"""Days that the calendar names: "Dec 4", "12/4", "the week after Thanksgiving", "q1", "mid March"."""

from datetime import date, timedelta

from shared.text import printed_dates
from shared.text.calendar_words import (
    WEEKDAY,
    day_of,
    monday_of,
    month_end,
    month_of,
    month_start,
    nearest_ahead,
    nth_weekday,
    number_of,
    weekday_after,
)
from shared.text.date_rules import Found, Here, Meant, sure
from shared.text.holidays import holiday_ahead

_PART_OF_MONTH = {"mid": 15, "the middle of": 15, "late": 25}


def end_of_month(found: Found, here: Here) -> Meant:
    month = month_of(found.word("month"))
    if year := found["year"]:
        return month_end(date(int(year), month, 1)), False
    this = month_end(date(here.today.year, month, 1))
    return (this if this >= here.today else month_end(date(here.today.year + 1, month, 1))), False


def end_of_quarter(found: Found, here: Here) -> Meant:
    last = month_end(date(here.today.year, 3 * found.number("quarter"), 1))
    return (last if last >= here.today else month_end(last.replace(day=1, year=last.year + 1))), False


def month_day(found: Found, here: Here) -> Meant:
    return sure(printed_dates.on(month_of(found.word("month")), found.number("day"), found["year"], here.today))


def iso(found: Found, here: Here) -> Meant:
    return sure(day_of(found.number("year"), found.number("month"), found.number("day")))


def slashed(found: Found, here: Here) -> Meant:
    first, second, year = found.number("first"), found.number("second"), found["year"]
    if not year and not printed_dates.is_date(found.low, found.start, found.end, first, second):
        return None
    month_first = printed_dates.is_month_first(here.zone)
    return sure(printed_dates.printed(first, second, year, here.today, month_first=month_first))


def dotted(found: Found, here: Here) -> Meant:
    return sure(printed_dates.on(found.number("month"), found.number("day"), found["year"], here.today))


def weekday_of_month(found: Found, here: Here) -> Meant:
    weekday, nth = WEEKDAY[found.word("name")], found.word("nth")
    if month := found["month"]:
        first = nearest_ahead(month_of(month), 1, month_start(here.today))
        return (nth_weekday(first, nth, weekday), False) if first is not None else None
    starts = (month_start(here.today, later) for later in range(1 if found["next"] else 0, 3))
    days = (nth_weekday(start, nth, weekday) for start in starts)
    return sure(next((day for day in days if day >= here.today), None))


def counted_from_holiday(found: Found, here: Here) -> Meant:
    count = number_of(found.word("count")) or 0
    days = count * (7 if found.word("unit")[0] == "w" else 1) * (-1 if found["side"] == "before" else 1)
    return sure(holiday_ahead(found.word("holiday"), here.today, here.zone, days))


def around_holiday(found: Found, here: Here) -> Meant:
    """ "The week after Thanksgiving" is its Monday, "the weekend before" its Saturday, "the monday after" that Monday."""
    unit, side = found.word("unit"), found.word("side")
    if unit == "day":
        return sure(
            holiday_ahead(found.word("holiday"), here.today, here.zone, {"before": -1, "after": 1}.get(side, 0))
        )
    day = holiday_ahead(found.word("holiday"), here.today, here.zone)
    if day is None:
        return None
    if unit in WEEKDAY:
        after = weekday_after(day, WEEKDAY[unit])
        return sure(after if side == "after" else weekday_after(day - timedelta(days=8), WEEKDAY[unit]))
    week = monday_of(day) + timedelta(days=7 * {"before": -1, "after": 1}.get(side, 0))
    if unit == "weekend":
        week = monday_of(day) + timedelta(days=5 - (7 if side == "before" else 0))
    return max(week, here.today), True


def holiday(found: Found, here: Here) -> Meant:
    side = found.word("side")
    days = 0 if not side else -1 if side.endswith("before") else 1
    return sure(holiday_ahead(found.word("holiday"), here.today, here.zone, days))


def quarter(found: Found, here: Here) -> Meant:
    month, year = 3 * found.number("quarter") - 2, found["year"]
    if found["next"]:
        return date(here.today.year + 1, month, 1), True
    return (day_of(int(year), month, 1) if year else nearest_ahead(month, 1, here.today)) or here.today, True


def month(found: Found, here: Here) -> Meant:
    month, day, year = month_of(found.word("month")), _PART_OF_MONTH.get(found.word("part"), 1), found["year"]
    when = day_of(int(year), month, day) if year else nearest_ahead(month, day, here.today)
    return (when, True) if when is not None and when >= here.today else None


def year(found: Found, here: Here) -> Meant:
    year = found.number("year")
    return (date(year, 1, 1), True) if year > here.today.year else None
