"""What published schedules have in common: how they write starts, lengths, rooms, people and prose."""

import html
import re
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.directory.programme.listing import Listing, Place

DAY_CHANGE = time(5)
"""A start before it belongs to the night of the day it is listed under, where the file does not say when its days begin."""
_LENGTH = re.compile(r"(?:(\d{1,2}):(?=\d+:\d+:))?(\d{1,3}):(\d{2})(?::\d{2})?$")
_ISO_LENGTH = re.compile(r"P(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,6})M)?(?:\d+S)?)?$")
_BREAK = re.compile(r"<(?:br|/p|/li|/h\d|/div)\b[^<>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_YEARS = range(1970, 2200)
LONGEST = timedelta(days=366)


def plain(prose: Any) -> str | None:
    """Without its HTML; None for nothing."""
    if not isinstance(prose, str):
        return None
    lines = html.unescape(_TAG.sub("", _BREAK.sub("\n", prose))).splitlines()
    told = "\n".join(line for line in (re.sub(r"[^\S\n]+", " ", each).strip() for each in lines) if line)
    return told or None


def named(value: Any) -> str | None:
    """A name as a string, in an object, or by language."""
    if isinstance(value, dict):
        value = value.get("name") or value.get("en") or next((each for each in value.values() if each), None)
        return named(value) if isinstance(value, dict) else named_text(value)
    return named_text(value)


def named_text(value: Any) -> str | None:
    return (value.strip() or None) if isinstance(value, str) else None


def moment(path: str, value: Any, zone: ZoneInfo, listing: Listing) -> datetime | None:
    """An ISO 8601 time; one without an offset is of `zone`."""
    if value in (None, ""):
        return None
    try:
        told: datetime | None = datetime.fromisoformat(str(value).strip().replace(" ", "T", 1))
    except ValueError:
        told = None
    if told is None or told.year not in _YEARS:
        listing.miss(Place(path=path), str(value), "This is no time such as 2026-11-20T10:00:00-06:00.")
        return None
    return told if told.tzinfo else told.replace(tzinfo=zone)


def start_on(
    path: str, day: date | None, clock: str | None, changes: time, zone: ZoneInfo, listing: Listing
) -> datetime | None:
    """ "00:30" of a day that changes at five is in the night after it."""
    if not clock or day is None:
        return None
    try:
        at = time.fromisoformat(clock.strip().zfill(5)).replace(tzinfo=None)
    except ValueError:
        listing.miss(Place(path=path), clock, "This is no time of day such as 09:30.")
        return None
    return datetime.combine(day + timedelta(days=at < changes), at, zone)


def length(path: str, value: str | None, listing: Listing) -> timedelta | None:
    """ "01:30", "1:00:00:00" with days, or ISO 8601 "PT1H30M"."""
    told = (value or "").strip()
    if not told:
        return None
    found = _LENGTH.fullmatch(told) or _ISO_LENGTH.fullmatch(told)
    if found and any(found.groups()):
        days, hours, minutes = (int(each or 0) for each in found.groups())
        return lasting(path, days * 1440 + hours * 60 + minutes, listing)
    listing.miss(Place(path=path), told, "This is no length such as 01:30.")
    return None


def lasting(path: str, minutes: int, listing: Listing) -> timedelta | None:
    if 0 <= minutes <= LONGEST.total_seconds() / 60:
        return timedelta(minutes=minutes)
    listing.miss(Place(path=path), str(minutes)[:20], "No session lasts so many minutes.")
    return None


def day_of(path: str, value: str | None, listing: Listing) -> date | None:
    try:
        told: date | None = date.fromisoformat((value or "")[:10])
    except ValueError:
        told = None
    if told is None or told.year not in _YEARS:
        listing.miss(Place(path=path), value or "", "This is no day such as 2026-11-20.")
        return None
    return told


def zone_named(name: str | None, otherwise: ZoneInfo) -> ZoneInfo:
    """What the file says of itself, where that is a zone."""
    try:
        return ZoneInfo(name.strip()) if name and name.strip() else otherwise
    except (KeyError, ValueError, OSError):
        return otherwise


def text_of(title: Any, subtitle: Any) -> str:
    """Title, and subtitle behind it."""
    return ": ".join(filter(None, (named_text(title), named_text(subtitle))))


def prose_of(*parts: Any) -> str | None:
    """Abstract and description, each once."""
    told = list(dict.fromkeys(filter(None, map(plain, parts))))
    return "\n\n".join(told) or None
