"""Reads a programme from FOSSASIA's open-event: sessions, speakers, sponsors and microlocations, or one list of these."""

from typing import Any
from zoneinfo import ZoneInfo

from services.directory.programme.listing import MOST_ENTRIES, Listing, Place, Talk
from services.directory.programme.schedule_fields import moment, named, named_text, prose_of, text_of, zone_named
from shared.errors import Invalid

_STARTS, _ENDS = ("start_time", "starts_at", "starts-at", "timestart"), ("end_time", "ends_at", "ends-at", "timeend")
_OURS = {"uid", "full_name", "booth", "location"}
_NOT_HELD = {"rejected", "canceled", "cancelled", "withdrawn", "draft"}


def is_open_event(document: Any) -> bool:
    """Its entries have an `id`, and its own names of fields, which none of ours has."""
    entries = document if isinstance(document, list) else []
    if isinstance(document, dict):
        entries = [each for name in ("sessions", "speakers", "sponsors") for each in _list(document.get(name))]
    first = next((each for each in entries if isinstance(each, dict)), {})
    return "id" in first and not first.keys() & _OURS


def read_open_event(document: Any, zone: ZoneInfo) -> Listing:
    """Times without an offset are of the event's own zone, else of `zone`. Raises Invalid when there is too much of it."""
    whole = _whole(document)
    event = whole.get("event") if isinstance(whole.get("event"), dict) else {}
    zone = zone_named(named_text((event or {}).get("timezone")), zone)
    if sum(len(_list(whole.get(name))) for name in ("sessions", "speakers", "sponsors")) > MOST_ENTRIES:
        raise Invalid(f"Send at most {MOST_ENTRIES} entries at a time.")
    listing = Listing()
    people = _people(whole, listing)
    rooms = {_key(each.get("id")): named(each) for each in _list(whole.get("microlocations")) if isinstance(each, dict)}
    for number, entry in enumerate(_list(whole.get("sessions"))):
        _read_session(f"sessions[{number}]", entry, people, rooms, zone, listing)
    for number, entry in enumerate(_list(whole.get("sponsors"))):
        _read_sponsor(Place(path=f"sponsors[{number}]"), entry, listing)
    return listing


def _whole(document: Any) -> dict[str, Any]:
    """A bare list is of sessions where its entries begin at a time, of sponsors where they have a level, else of speakers."""
    if isinstance(document, dict):
        return document
    first = next((each for each in document if isinstance(each, dict)), {})
    is_sessions = any(name in first for name in (*_STARTS, "microlocation", "short_abstract"))
    kind = "sessions" if is_sessions else "sponsors" if first.keys() & {"level", "sponsor_type"} else "speakers"
    return {kind: document}


def _people(whole: dict[str, Any], listing: Listing) -> dict[Any, dict[str, Any]]:
    """By id; each is a speaker of the event, also without a session."""
    found = {}
    for number, entry in enumerate(_list(whole.get("speakers"))):
        place = Place(path=f"speakers[{number}]")
        name = named(entry) if isinstance(entry, dict) else None
        if name is None:
            listing.miss(place, str(entry), "A speaker needs a name.")
            continue
        fields = {
            "full_name": name,
            "company": named_text(entry.get("organisation") or entry.get("organization")),
            "title": named_text(entry.get("position")),
            "email": named_text(entry.get("email")),
        }
        known = {field: value for field, value in fields.items() if value}
        found[_key(entry.get("id"))] = known
        listing.speakers.append((place, known))
    return found


def _read_session(
    path: str,
    entry: Any,
    people: dict[Any, dict[str, Any]],
    rooms: dict[Any, str | None],
    zone: ZoneInfo,
    listing: Listing,
) -> None:
    place = Place(path=path)
    title = text_of(entry.get("title"), entry.get("subtitle")) if isinstance(entry, dict) else ""
    if not title:
        return listing.miss(place, str(entry), "A session needs a title.")
    if str(entry.get("state") or "").lower() in _NOT_HELD:
        return listing.miss(place, title, "It is not held, and was left out.")
    talk = Talk(place, title, uid=listing.uid(place, str(entry.get("id") or "")))
    talk.starts_at = moment(f"{path}.start_time", _first(entry, _STARTS), zone, listing)
    talk.ends_at = moment(f"{path}.end_time", _first(entry, _ENDS), zone, listing)
    room = entry.get("microlocation")
    talk.location = (
        named(room)
        if isinstance(room, dict)
        else named_text(room)
        if isinstance(room, str) and _key(room) not in rooms
        else rooms.get(_key(room))
    )
    talk.description = prose_of(
        *(entry.get(name) for name in ("short_abstract", "abstract", "long_abstract", "description"))
    )
    if isinstance(entry.get("speakers"), list):
        names = [_speaker(f"{path}.speakers", each, people, listing) for each in entry["speakers"]]
        talk.speakers = [{"full_name": name} for name in names if name]
    listing.talks.append(talk)
    return None


def _speaker(path: str, told: Any, people: dict[Any, dict[str, Any]], listing: Listing) -> str | None:
    """By id, or by name, alone or in an object."""
    known = people.get(_key(told.get("id") if isinstance(told, dict) else told))
    name = str(known["full_name"]) if known else named(told)
    if name is None or (known is None and name.isdigit()):
        listing.miss(Place(path=path), str(told), "No speaker of this file is meant by it.")
        return None
    return name


def _key(told: Any) -> str | None:
    """Ids are numbers or words, in one file at times both."""
    return str(told) if isinstance(told, str | int) else None


def _read_sponsor(place: Place, entry: Any, listing: Listing) -> None:
    name = named(entry) if isinstance(entry, dict) else None
    if name is None:
        return listing.miss(place, str(entry), "A sponsor needs a name.")
    prose, website = prose_of(entry.get("description")), named_text(entry.get("url"))
    fields = {"name": name, "website": website, "description": prose}
    listing.sponsors.append((place, {field: value for field, value in fields.items() if value}))
    return None


def _first(entry: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((entry[name] for name in names if entry.get(name)), None)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
