"""When a person may be written to: zones, allowed hours, slots of a day. Pure; every moment is aware."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Zones = Sequence[ZoneInfo]
"""All that a person may be in; the first is the one whose clock plans are made by."""


@dataclass(frozen=True)
class Hours:
    """From `opens` until before `closes`, by the person's own clock."""

    opens: time = time(8)
    closes: time = time(21)


def zone_named(name: str | None) -> ZoneInfo | None:
    """None for what is no time zone."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zones_for(
    own: str | None, event: str | None = None, account: str | None = None, by_prefix: Iterable[str] = ()
) -> Zones:
    """The contractor's zone, else the event's, else the account's, else all that the number's prefix allows, else UTC."""
    for names in ((own,), (event,), (account,), tuple(by_prefix)):
        known = [zone for name in names if (zone := zone_named(name))]
        if known:
            return known
    return [ZoneInfo("UTC")]


def at_local(day: date, at: time, zone: ZoneInfo) -> datetime:
    """`at` on `day` by the zone's clock, in UTC. A skipped time moves forward, of a repeated one it is the first."""
    return datetime.combine(day, at.replace(fold=0), zone).astimezone(UTC)


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def next_slot(moment: datetime, at: time, zone: ZoneInfo) -> datetime:
    """The first time from `moment` on that the zone's clock shows `at`."""
    day = local_date(moment, zone)
    slot = at_local(day, at, zone)
    return slot if slot >= moment else at_local(day + timedelta(days=1), at, zone)


def slot_after_days(moment: datetime, days: int, at: time, zone: ZoneInfo) -> datetime:
    """`at`, so many days after the zone's day of `moment`."""
    return at_local(local_date(moment, zone) + timedelta(days=days), at, zone)


def next_allowed(moment: datetime, zones: Zones, hours: Hours) -> datetime:
    """The first moment from `moment` on that is in the hours of every zone (of the first, where that never is)."""
    candidate = moment
    for _ in range(2 * len(zones) + 4):
        later = max(_opening(candidate, zone, hours) for zone in zones)
        if later == candidate:
            return candidate
        candidate = later
    return _opening(moment, zones[0], hours)


def closing(moment: datetime, zones: Zones, hours: Hours) -> datetime:
    """When the hours that `moment` is in end: in the first zone to close that is open then."""
    ends = [_closing(moment, zone, hours) for zone in zones if _opening(moment, zone, hours) == moment]
    return min(ends, default=_closing(moment, zones[0], hours))


def _opening(moment: datetime, zone: ZoneInfo, hours: Hours) -> datetime:
    local = moment.astimezone(zone)
    clock = local.time().replace(fold=0)
    if hours.opens <= clock < hours.closes:
        return moment
    day = local.date() if clock < hours.opens else local.date() + timedelta(days=1)
    return at_local(day, hours.opens, zone)


def _closing(moment: datetime, zone: ZoneInfo, hours: Hours) -> datetime:
    local = moment.astimezone(zone)
    day = local.date() if local.time() < hours.closes else local.date() + timedelta(days=1)
    return at_local(day, hours.closes, zone)


def same_clock_elsewhere(moment: datetime, old: ZoneInfo, new: ZoneInfo) -> datetime:
    """What the old zone's clock shows at `moment`, on the new zone's clock."""
    local = moment.astimezone(old)
    return at_local(local.date(), local.time(), new)
