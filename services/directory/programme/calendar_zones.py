"""Time zones that a calendar brings along (VTIMEZONE): read once, for this calendar alone, as a table of changes."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Timezone

MOST_ZONES = 50
MOST_TEXT = 64_000
MOST_PARTS = 100
# What calendar programs write. Anything finer could have a change every second.
_RULE_PARTS = {"FREQ", "BYMONTH", "BYDAY", "BYMONTHDAY", "WKST", "UNTIL"}
_FIRST, _LAST = 1999, datetime(2201, 1, 1)  # noqa: DTZ001 (a wall clock's time)
_MOST_CHANGES = 1_000


class OwnZone:
    """Wall clock times from which on an offset holds, in the clock before the change."""

    def __init__(self, changes: list[tuple[datetime, timedelta, timedelta]]) -> None:
        ordered = sorted(changes)
        self._from = [change[0] for change in ordered]
        self._offsets = [ordered[0][1], *(change[2] for change in ordered)]

    def moment(self, wall: datetime) -> datetime:
        """Raises OverflowError at the ends of time."""
        return (wall - self._offsets[bisect_right(self._from, wall)]).replace(tzinfo=UTC)


class OwnZones:
    """By name; `add` says of what it does not take why."""

    def __init__(self) -> None:
        self._zones: dict[str, OwnZone] = {}
        self._count = self._text = self._parts = 0

    def find(self, name: object) -> OwnZone | None:
        return self._zones.get(str(name))

    def add(self, lines: list[str]) -> str | None:
        self._count += 1
        self._text += sum(len(line) for line in lines)
        if self._count > MOST_ZONES or self._text > MOST_TEXT:
            return "The calendar describes too many time zones, or at too great length; this one was left out."
        try:
            # Without its name: the library would keep the zone for every other calendar that this process reads.
            zone: Any = Timezone.from_ical("\r\n".join(line for line in lines if not _names(line)))
            self._parts += len(zone.subcomponents)
            if self._parts > MOST_PARTS:
                return "The calendar's time zones have too many parts; this one was left out."
            made = OwnZone([change for part in zone.subcomponents for change in _changes(part)])
            self._zones[next(line for line in lines if _names(line)).partition(":")[2].strip()] = made
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, StopIteration):
            return (
                "This description of a time zone cannot be read; times in it are taken to be of the event's own zone."
            )
        return None


def _names(line: str) -> bool:
    return line.upper().startswith(("TZID:", "TZID;"))


def _changes(part: Any) -> Iterator[tuple[datetime, timedelta, timedelta]]:
    before, after = part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td
    start = _wall(part["DTSTART"].dt, before)
    if "RRULE" in part:
        onsets = _recurring(part["RRULE"], start, before)
    else:
        dates = part.get("RDATE", [])
        onsets = [start] + [
            _wall(each.dt, before)
            for several in (dates if isinstance(dates, list) else [dates])
            for each in several.dts
        ]
    for onset in onsets[:_MOST_CHANGES]:
        yield onset, before, after


def _recurring(rule: Any, start: datetime, before: timedelta) -> list[datetime]:
    """Once a year, within the years that events have; rules that begin in 1601 are usual."""
    if set(rule) - _RULE_PARTS or rule["FREQ"] != ["YEARLY"] or any(len(rule[name]) > 7 for name in rule):
        raise ValueError("no yearly rule")
    until = min(_LAST, *(_wall(each, before) for each in rule.get("UNTIL", [_LAST])))
    if until.year >= _FIRST > start.year and (start.month, start.day) != (2, 29):
        start = start.replace(year=_FIRST)
    parts = ";".join(part for part in rule.to_ical().decode().split(";") if not part.startswith("UNTIL"))
    yearly: Any = rrulestr(parts, dtstart=start)
    return list(yearly.replace(until=until))


def _wall(moment: date, before: timedelta) -> datetime:
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time())
    return moment if moment.tzinfo is None else (moment.astimezone(UTC) + before).replace(tzinfo=None)
