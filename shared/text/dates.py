"""Finds dates, times and recurrences in texts and says when they are, in the person's own zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from shared.text.date_phrases import DayPhrase, days_in
from shared.text.plain import MAX_READ, lowered, overlaps
from shared.text.reachable import Reachable, find_reachable
from shared.text.recurrences import FoundRecurrence, find_recurrences
from shared.text.time_phrases import TimePhrase, times_in

__all__ = ["FoundDate", "FoundRecurrence", "find_dates", "find_recurrences", "local_moment"]

MAX_FOUND = 20
_BETWEEN = frozenset(("", "at", "@", "by", "around", "about", "in the", "on", "of", "the", "-", "first thing"))


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
    """Up to 20 dates of the first 2,000 characters, in order; digits of phones and recurrences ("every Friday") are none."""
    low = lowered(text[:MAX_READ])
    taken = [(one.start, one.end) for one in find_recurrences(low)]
    taken += (find_reachable(text[:MAX_READ]) if reachable is None else reachable).places
    here = now.astimezone(zone)
    days = [phrase for phrase in days_in(low, here) if not overlaps(phrase.start, phrase.end, taken)]
    busy = taken + [(phrase.start, phrase.end) for phrase in days]
    times = [phrase for phrase in times_in(low) if not overlaps(phrase.start, phrase.end, busy)]
    found = [_found(text, here, zone, day, moment) for day, moment in _paired(low, days, times)]
    return tuple(sorted(found, key=lambda one: one.start))[:MAX_FOUND]


def local_moment(naive: datetime, zone: ZoneInfo) -> datetime:
    """The wall-clock time in the zone: one that DST skips moves forward, of one that it repeats the first is meant."""
    return naive.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone)


def _paired(
    low: str, days: list[DayPhrase], times: list[TimePhrase]
) -> list[tuple[DayPhrase | None, TimePhrase | None]]:
    """Joins "Friday" and "at 3pm" where only a small word stands between them; a part of the day needs its day."""
    pairs: list[tuple[DayPhrase | None, TimePhrase | None]] = []
    free = list(times)
    for day in days:
        moment = next((one for one in free if _touch(low, day, one)), None) if day.at is None else None
        if moment is not None:
            free.remove(moment)
        pairs.append((day, moment))
    return pairs + [(None, moment) for moment in free if moment.alone]


def _touch(low: str, day: DayPhrase, moment: TimePhrase) -> bool:
    first, second = (day, moment) if day.start < moment.start else (moment, day)
    gap = second.start - first.end
    return 0 <= gap <= 14 and low[first.end : second.start].strip(" ,") in _BETWEEN


def _found(text: str, here: datetime, zone: ZoneInfo, day: DayPhrase | None, moment: TimePhrase | None) -> FoundDate:
    parts = [part for part in (day, moment) if part is not None]
    start, end = min(part.start for part in parts), max(part.end for part in parts)
    when, fuzzy = _when(here, zone, day, moment)
    kind: Literal["date", "datetime"] = "datetime" if isinstance(when, datetime) else "date"
    return FoundDate(start, end, text[start:end], when, kind, fuzzy)


def _when(
    here: datetime, zone: ZoneInfo, day: DayPhrase | None, moment: TimePhrase | None
) -> tuple[date | datetime, bool]:
    if day is not None and day.at is not None:
        return day.at, day.fuzzy
    if day is not None and moment is None:
        return day.day, day.fuzzy
    assert moment is not None
    if day is not None:
        return local_moment(datetime.combine(day.day, moment.at), zone), day.fuzzy or moment.fuzzy
    return _next(here, zone, moment), True


def _next(here: datetime, zone: ZoneInfo, moment: TimePhrase) -> datetime:
    today = local_moment(datetime.combine(here.date(), moment.at), zone)
    if today > here:
        return today
    if moment.closing:
        return local_moment(datetime.combine(here.date(), time(23, 59)), zone)
    return local_moment(datetime.combine(here.date() + timedelta(days=1), moment.at), zone)
