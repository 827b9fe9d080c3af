"""Where it is day now, so that texts may go out whatever the hour is here."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ZONES = (
    *("America/Chicago", "America/Los_Angeles", "Pacific/Honolulu", "Pacific/Auckland", "Asia/Tokyo"),
    *("Asia/Bangkok", "Asia/Dubai", "Europe/Berlin", "America/Sao_Paulo"),
)


def daytime_zone(now: datetime | None = None) -> str:
    """A time zone in which it is around noon then; without `now`, by the real time."""
    now = now or datetime.now(UTC)
    return min(ZONES, key=lambda zone: abs(now.astimezone(ZoneInfo(zone)).hour - 13))
