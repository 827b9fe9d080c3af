"""Reads a programme from pretalx: its published schedule.json, or the talks and slots of its API."""

from typing import Any
from zoneinfo import ZoneInfo

from services.directory.programme.listing import MOST_ENTRIES, Listing, Place, Talk
from services.directory.programme.schedule_fields import (
    DAY_CHANGE,
    day_of,
    lasting,
    length,
    moment,
    named,
    named_text,
    prose_of,
    start_on,
    text_of,
    zone_named,
)
from shared.errors import Invalid

_NOT_HELD = {"canceled", "cancelled", "rejected", "withdrawn", "deleted", "draft"}


def is_pretalx(document: Any) -> bool:
    if not isinstance(document, dict):
        return False
    return isinstance(document.get("schedule"), dict) or any(
        isinstance(document.get(key), list) for key in ("slots", "talks", "results")
    )


def read_pretalx(document: dict[str, Any], zone: ZoneInfo) -> Listing:
    """Times without an offset are of the zone that the file names, else of `zone`. Raises Invalid when it has another shape."""
    listing = Listing()
    if isinstance(document.get("schedule"), dict):
        _read_schedule(document["schedule"], zone, listing)
    else:
        key = next(key for key in ("slots", "talks", "results") if isinstance(document.get(key), list))
        for number, talk in enumerate(document[key]):
            _read_submission(f"{key}[{number}]", talk, zone, listing)
        if document.get("next"):
            listing.miss(Place(path="next"), str(document["next"]), "This is one page of several: send the others too.")
    if len(listing.talks) > MOST_ENTRIES:
        raise Invalid(f"The schedule has {len(listing.talks)} talks; send at most {MOST_ENTRIES} at a time.")
    return listing


def _read_schedule(schedule: dict[str, Any], zone: ZoneInfo, listing: Listing) -> None:
    conference = schedule.get("conference")
    if not isinstance(conference, dict) or not isinstance(conference.get("days"), list):
        raise Invalid('This schedule has no days: {"schedule": {"conference": {"days": [...]}}} is expected.')
    zone = zone_named(named_text(conference.get("time_zone_name")), zone)
    for number, day in enumerate(conference["days"]):
        rooms = day.get("rooms") if isinstance(day, dict) else None
        if not isinstance(rooms, dict):
            listing.miss(Place(path=f"days[{number}]"), str(day), "A day needs rooms.")
            continue
        for room, talks in rooms.items():
            if not isinstance(talks, list):
                listing.miss(Place(path=f"days[{number}].rooms.{room}"), str(talks), "A room needs a list of talks.")
                continue
            for nth, talk in enumerate(talks):
                _read_talk(f"days[{number}].rooms.{room}[{nth}]", talk, day, room, zone, listing)


def _read_talk(path: str, talk: Any, day: dict[str, Any], room: str, zone: ZoneInfo, listing: Listing) -> None:
    place = Place(path=path)
    title = text_of(talk.get("title"), talk.get("subtitle")) if isinstance(talk, dict) else ""
    if not title:
        return listing.miss(place, str(talk), "A talk needs a title.")
    read = Talk(place, title, uid=listing.uid(place, str(talk.get("guid") or talk.get("code") or talk.get("id") or "")))
    read.starts_at = moment(f"{path}.date", talk.get("date"), zone, listing)
    if read.starts_at is None:
        on = day_of(path, named_text(day.get("date")), listing)
        read.starts_at = start_on(path, on, named_text(talk.get("start")), DAY_CHANGE, zone, listing)
    lasts = length(f"{path}.duration", named_text(talk.get("duration")), listing)
    read.ends_at = read.starts_at + lasts if read.starts_at and lasts else None
    read.location = named(talk.get("room")) or room
    read.description = prose_of(talk.get("abstract"), talk.get("description"))
    read.speakers = _people(talk.get("persons"))
    listing.talks.append(read)
    return None


def _read_submission(path: str, talk: Any, zone: ZoneInfo, listing: Listing) -> None:
    """A talk of the API: its time is in `slot`, or beside it."""
    place = Place(path=path)
    if isinstance(talk, dict) and isinstance(talk.get("submission"), dict):
        talk = {**talk["submission"], "slot": talk}
    title = named(talk.get("title")) if isinstance(talk, dict) else None
    if not title:
        return listing.miss(place, str(talk), "A talk needs a title.")
    if str(talk.get("state") or "").lower() in _NOT_HELD:
        return listing.miss(place, title, "It is not held, and was left out.")
    slots = talk.get("slots")
    told = [talk.get("slot"), *(slots if isinstance(slots, list) else [])]
    slot = next((each for each in told if isinstance(each, dict)), {})
    read = Talk(place, title, uid=listing.uid(place, str(talk.get("code") or talk.get("id") or "")))
    read.starts_at = moment(f"{path}.start", slot.get("start") or talk.get("start"), zone, listing)
    read.ends_at = moment(f"{path}.end", slot.get("end") or talk.get("end"), zone, listing)
    if read.ends_at is None and read.starts_at and isinstance(talk.get("duration"), int):
        lasts = lasting(f"{path}.duration", talk["duration"], listing)
        read.ends_at = read.starts_at + lasts if lasts else None
    read.location = named(slot.get("room") or talk.get("room"))
    read.description = prose_of(talk.get("abstract"), talk.get("description"))
    read.speakers = _people(talk.get("speakers"))
    listing.talks.append(read)
    return None


def _people(told: Any) -> list[dict[str, Any]] | None:
    if not isinstance(told, list):
        return None
    found: dict[str, dict[str, Any]] = {}
    for each in told:
        name = named_text(each) or (
            named(each.get("public_name") or each.get("name")) if isinstance(each, dict) else None
        )
        if name:
            email = named_text(each.get("email")) if isinstance(each, dict) else None
            found.setdefault(name, {"full_name": name} | ({"email": email} if email else {}))
    return list(found.values())
