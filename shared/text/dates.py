"""Finds dates, times and recurrences in texts and says when they are, in the person's own zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from shared.text.date_context import is_past, no_days_in
from shared.text.date_phrases import days_in
from shared.text.date_rules import Here
from shared.text.date_spelling import Spelled, spelled
from shared.text.moments import Moment, joined
from shared.text.plain import MAX_READ, Place, lowered, overlaps
from shared.text.reachable import Reachable, find_reachable
from shared.text.recurrences import FoundRecurrence, find_recurrences
from shared.text.time_phrases import times_in

__all__ = ["FoundDate", "FoundRecurrence", "find_dates", "find_recurrences", "local_moment"]

MAX_FOUND = 20


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date as written. `fuzzy`: the words leave a choice ("next week", "at 3") and we made one."""

    start: int
    end: int
    text: str
    when: date | datetime
    kind: Literal["date", "datetime"]
    fuzzy: bool

    @property
    def day(self) -> date:
        return self.when.date() if isinstance(self.when, datetime) else self.when


def find_dates(
    text: str, now: datetime, zone: ZoneInfo, *, reachable: Reachable | None = None
) -> tuple[FoundDate, ...]:
    """Up to 20 dates to come of the first 2,000 characters, in order.

    What is past is none, nor opening hours, how long something takes, digits of phones, and recurrences ("every Friday").
    """
    read = text[:MAX_READ]
    low = lowered(read)
    taken = (find_reachable(read) if reachable is None else reachable).places
    plain, here = spelled(low), Here(now.astimezone(zone), zone.key)
    busy = no_days_in(plain.low, ((one.start, one.end) for one in find_recurrences(plain.low)))
    days = [phrase for phrase in days_in(plain.low, here) if _is_free(plain, phrase.start, phrase.end, busy, taken)]
    busy += [(phrase.start, phrase.end) for phrase in days]
    times = [phrase for phrase in times_in(plain.low) if _is_free(plain, phrase.start, phrase.end, busy, taken)]
    found = (_found(text, plain, here, zone, moment) for moment in joined(plain.low, days, times))
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.start))[:MAX_FOUND]


def local_moment(naive: datetime, zone: ZoneInfo) -> datetime:
    """The wall-clock time in the zone: one that DST skips moves forward, of one that it repeats the first is meant."""
    return naive.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone)


def _is_free(plain: Spelled, start: int, end: int, busy: list[Place], taken: list[Place]) -> bool:
    return not overlaps(start, end, busy) and not overlaps(*plain.place(start, end), taken)


def _found(text: str, plain: Spelled, here: Here, zone: ZoneInfo, moment: Moment) -> FoundDate | None:
    when, fuzzy = _when(here.now, zone, moment)
    if when is None or (moment.day is None and is_past(plain.low, moment.start, moment.end, today=False)):
        return None
    kind: Literal["date", "datetime"] = "datetime" if isinstance(when, datetime) else "date"
    start, end = plain.place(moment.start, moment.end)
    return FoundDate(start, end, text[start:end], when, kind, fuzzy)


def _when(here: datetime, zone: ZoneInfo, moment: Moment) -> tuple[date | datetime | None, bool]:
    at, day = moment.time, moment.day
    if day is not None and day.at is not None:
        return day.at, day.fuzzy
    if at is None:
        return (day.day, day.fuzzy) if day is not None else (None, False)
    clock_fuzzy = moment.clock.fuzzy if moment.clock is not None else True
    if day is not None:
        if (
            day.rule == "today"
            and day.day == here.date()
            and moment.clock is None
            and moment.part
            and _is_over(here, moment)
        ):
            return None, False
        return local_moment(datetime.combine(day.day, at), zone), day.fuzzy or clock_fuzzy
    if moment.of_day is not None:
        return local_moment(datetime.combine(moment.of_day, at), zone), True
    return _next(here, zone, at, closing=moment.clock is not None and moment.clock.closing), True


def _is_over(here: datetime, moment: Moment) -> bool:
    """ "This morning" said in the afternoon is past."""
    return moment.part is not None and moment.part.part == "morning" and here.hour >= 12


def _next(here: datetime, zone: ZoneInfo, at: time, *, closing: bool) -> datetime:
    today = local_moment(datetime.combine(here.date(), at), zone)
    if today > here:
        return today
    if closing:
        return local_moment(datetime.combine(here.date(), time(23, 59)), zone)
    return local_moment(datetime.combine(here.date() + timedelta(days=1), at), zone)
