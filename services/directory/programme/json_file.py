"""Reads a programme from our own JSON: {"sessions": [...], "speakers": [...], "sponsors": [...]}, or a list of sessions."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.directory.programme.listing import MOST_ENTRIES, Listing, Place, Talk
from shared.errors import Invalid

_LISTS = ("sessions", "speakers", "sponsors")
_TALK = {"uid", "title", "starts_at", "ends_at", "location", "description", "speakers"}
_SPEAKER = {"full_name", "company", "title", "email", "topics"}
_SPONSOR = {"name", "booth", "website", "description"}


def read_json_programme(document: Any, zone: ZoneInfo) -> Listing:
    """Times without an offset are of `zone`. Raises Invalid when the document has another shape."""
    whole = {"sessions": document} if isinstance(document, list) else document
    if not isinstance(whole, dict) or not any(isinstance(whole.get(name), list) for name in _LISTS):
        raise Invalid('Send {"sessions": [...], "speakers": [...], "sponsors": [...]}, or a list of sessions.')
    listing = Listing()
    if sum(len(whole[name]) for name in _LISTS if isinstance(whole.get(name), list)) > MOST_ENTRIES:
        raise Invalid(f"Send at most {MOST_ENTRIES} entries at a time.")
    for name, value in whole.items():
        if name not in _LISTS or not isinstance(value, list):
            listing.miss(Place(path=name), str(value), f"Only the lists {', '.join(_LISTS)} are taken.")
            continue
        for number, entry in enumerate(value):
            _read_entry(name, f"{name}[{number}]", entry, zone, listing)
    return listing


def _read_entry(kind: str, path: str, entry: Any, zone: ZoneInfo, listing: Listing) -> None:
    if kind == "speakers" and isinstance(entry, str):
        entry = {"full_name": entry}
    if kind == "sponsors" and isinstance(entry, str):
        entry = {"name": entry}
    if not isinstance(entry, dict):
        return listing.miss(Place(path=path), str(entry), "An entry is an object with fields.")
    if kind == "sessions":
        return _read_talk(path, entry, zone, listing)
    known = _known(path, entry, _SPEAKER if kind == "speakers" else _SPONSOR, listing)
    getattr(listing, kind).append((Place(path=path), known))
    return None


def _known(path: str, entry: dict[str, Any], names: set[str], listing: Listing) -> dict[str, Any]:
    for name in entry.keys() - names:
        listing.miss(Place(path=f"{path}.{name}"), str(entry[name]), "This field is not kept.")
    return {name: value for name, value in entry.items() if name in names}


def _read_talk(path: str, entry: dict[str, Any], zone: ZoneInfo, listing: Listing) -> None:
    known = _known(path, entry, _TALK, listing)
    title = known.get("title")
    if not isinstance(title, str) or not title.strip():
        return listing.miss(Place(path=path), str(entry), "A session needs a title.")
    talk = Talk(Place(path=path), title.strip(), uid=listing.uid(Place(path=path), str(known.get("uid") or "")))
    for name in ("starts_at", "ends_at"):
        setattr(talk, name, _moment(f"{path}.{name}", known.get(name), zone, listing))
    talk.location, talk.description = known.get("location"), known.get("description")
    if isinstance(known.get("speakers"), list):
        named = ({"full_name": each} if isinstance(each, str) else each for each in known["speakers"])
        talk.speakers = [
            _known(f"{path}.speakers[{number}]", each, _SPEAKER, listing)
            for number, each in enumerate(named)
            if isinstance(each, dict)
        ]
    listing.talks.append(talk)
    return None


def _moment(path: str, value: Any, zone: ZoneInfo, listing: Listing) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        listing.miss(Place(path=path), str(value), "This is no time such as 2026-11-20T10:00:00-06:00.")
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
