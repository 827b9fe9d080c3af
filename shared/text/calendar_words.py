"""Days, months and small numbers, and the days they mean seen from another day."""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

WEEKDAY = {
    "monday": 0, "mon": 0, "tuesday": 1, "tues": 1, "tue": 1, "wednesday": 2, "weds": 2, "wed": 2, "thursday": 3, "thurs": 3,
    "thur": 3, "thu": 3, "friday": 4, "fri": 4, "saturday": 5, "sat": 5, "sunday": 6, "sun": 6,
}  # fmt: skip
WEEKDAYS = rf"(?:{'|'.join(sorted(WEEKDAY, key=len, reverse=True))})"
_MONTHS = ("january", "february", "march", "april", "may", "june", "july")
_LATER_MONTHS = ("august", "september", "october", "november", "december")
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def month_of(name: str) -> int:
    """1 to 12 for a name or its first letters."""
    return next(index for index, month in enumerate((*_MONTHS, *_LATER_MONTHS), 1) if month.startswith(name[:3]))


def number_of(word: str) -> int | None:
    """A count as digits or a small word: "a" is 1, "a couple" 2, "a few" 3."""
    if word.isdigit():
        return int(word)
    if "couple" in word:
        return 2
    if "few" in word:
        return 3
    if word in ("a", "an", "another", "one more"):
        return 1
    return _NUMBERS.index(word) if word in _NUMBERS else None


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def weekday_after(day: date, weekday: int) -> date:
    """The next one, never the day itself."""
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def friday_of(day: date) -> date:
    """This week's, at the weekend next week's."""
    return day + timedelta(days=(4 - day.weekday()) % 7)


def month_start(day: date, later: int = 0) -> date:
    return day.replace(day=1) + relativedelta(months=later)


def month_end(day: date, later: int = 0) -> date:
    return month_start(day, later + 1) - timedelta(days=1)


def quarter_start(day: date, later: int = 0) -> date:
    return month_start(day.replace(day=1, month=day.month - (day.month - 1) % 3), 3 * later)


def period_start(day: date, period: str, later: int = 0) -> date:
    """First day of the week, month, quarter or year that is so many later than the day's."""
    if period == "week":
        return monday_of(day) + timedelta(days=7 * later)
    if period == "quarter":
        return quarter_start(day, later)
    return month_start(day, later) if period == "month" else date(day.year + later, 1, 1)


def period_end(day: date, period: str, later: int = 0) -> date:
    """Last day, of a week its Friday."""
    if period == "week":
        return friday_of(day) + timedelta(days=7 * later)
    return period_start(day, period, later + 1) - timedelta(days=1)


def nearest_ahead(month: int, day: int, today: date) -> date | None:
    """That day of this year or, when it is past, of the next that has it."""
    for year in range(today.year, today.year + 9):
        found = day_of(year, month, day)
        if found is not None and found >= today:
            return found
    return None


def day_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def nth_weekday(first: date, nth: str, weekday: int) -> date:
    """Of the month that begins with `first`; `nth` is "1st", "2" or "last"."""
    if nth == "last":
        last = month_end(first)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    return weekday_after(first - timedelta(days=1), weekday) + timedelta(days=7 * (int(nth[0]) - 1))
