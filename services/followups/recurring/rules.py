"""When what recurs comes next: anchor, interval, end; the local time is kept. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from services.followups.timing.rules import at_local


@dataclass(frozen=True)
class Recurrence:
    """`starts_at` is the first run. It ends after `count` runs or with the last before `ends_at`, whichever comes first."""

    interval_days: int
    starts_at: datetime
    ends_at: datetime | None = None
    count: int | None = None


def next_run(recurrence: Recurrence, zone: ZoneInfo, *, runs: int, after: datetime) -> datetime | None:
    """The first run of the series later than `after`, at the local time of its first; None when it is over.

    `runs` have happened. Those missed before `after` are not made up for: they are one with the run that was late.
    """
    if recurrence.count is not None and runs >= recurrence.count:
        return None
    number = max(1, (after - recurrence.starts_at).days // recurrence.interval_days - 1)
    while (run := _run(recurrence, zone, number)) <= after:
        number += 1
    return run if _within(recurrence, run) else None


def run_after_completion(
    recurrence: Recurrence, zone: ZoneInfo, *, runs: int, completed_at: datetime
) -> datetime | None:
    """An interval after the day of completion, at the local time of the first run; None when it is over."""
    if recurrence.count is not None and runs >= recurrence.count:
        return None
    day = completed_at.astimezone(zone).date() + timedelta(days=recurrence.interval_days)
    run = at_local(day, recurrence.starts_at.astimezone(zone).time(), zone)
    return run if _within(recurrence, run) else None


def _run(recurrence: Recurrence, zone: ZoneInfo, number: int) -> datetime:
    first = recurrence.starts_at.astimezone(zone)
    return at_local(first.date() + timedelta(days=number * recurrence.interval_days), first.time(), zone)


def _within(recurrence: Recurrence, run: datetime) -> bool:
    return recurrence.ends_at is None or run <= recurrence.ends_at.astimezone(UTC)
