"""Which time zone holds for a person."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FALLBACK = "America/Chicago"


def zone_of(*names: str | None) -> ZoneInfo:
    """The first of `names` that is a time zone; the middle of the country where none is."""
    for name in names:
        if name:
            try:
                return ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError):
                continue
    return ZoneInfo(FALLBACK)
