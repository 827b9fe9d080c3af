"""Reads a programme from Pentabarf XML, as frab, pretalx and FOSDEM publish it: schedule > day > room > event."""

from datetime import time
from xml.parsers import expat
from zoneinfo import ZoneInfo

from services.directory.programme.listing import MOST_ENTRIES, Listing, Place, Talk
from services.directory.programme.schedule_fields import (
    DAY_CHANGE,
    day_of,
    length,
    moment,
    named_text,
    prose_of,
    start_on,
    text_of,
    zone_named,
)
from shared.errors import Invalid

DEEPEST = 30
LONGEST_TEXT = 100_000


class _Element:
    """A part of the document, with the line that it begins on."""

    __slots__ = ("attributes", "line", "name", "parts", "text")

    def __init__(self, name: str, attributes: dict[str, str], line: int) -> None:
        self.name, self.attributes, self.line = name, attributes, line
        self.parts: list[_Element] = []
        self.text = ""

    def all(self, name: str) -> "list[_Element]":
        return [part for part in self.parts if part.name == name]

    def told(self, name: str) -> str | None:
        """The text of the first part of that name."""
        return next((named_text(part.text) for part in self.parts if part.name == name), None)


def read_pentabarf(body: bytes, zone: ZoneInfo) -> Listing:
    """Times without an offset are of the zone that the file names, else of `zone`. Raises Invalid when it is no such file."""
    schedule = _parse(body)
    if schedule.name != "schedule":
        raise Invalid("This XML is no schedule: its first element is not <schedule>.")
    conference = next(iter(schedule.all("conference")), _Element("conference", {}, 0))
    zone = zone_named(conference.told("time_zone_name"), zone)
    changes = _day_change(conference.told("day_change"))
    listing = Listing()
    for day in schedule.all("day"):
        for room in day.all("room"):
            for event in room.all("event"):
                _read_event(event, day, named_text(room.attributes.get("name")), changes, zone, listing)
    if len(listing.talks) > MOST_ENTRIES:
        raise Invalid(f"The schedule has {len(listing.talks)} events; send at most {MOST_ENTRIES} at a time.")
    if not listing.talks and not listing.missed:
        raise Invalid("This schedule has no events: it needs <day>, <room> and <event> elements.")
    return listing


def _parse(body: bytes) -> _Element:
    """By hand, so that nothing outside the file is read and nothing in it unfolds."""
    parser = expat.ParserCreate()
    stack = [_Element("", {}, 0)]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(stack) > DEEPEST:
            raise Invalid("The XML is nested too deeply to be a schedule.")
        element = _Element(name, attributes, parser.CurrentLineNumber)
        stack[-1].parts.append(element)
        stack.append(element)

    def refuse(*_: object) -> None:
        raise Invalid("The XML declares a document type, where entities come from. Send it without <!DOCTYPE>.")

    def characters(text: str) -> None:
        if len(stack[-1].text) < LONGEST_TEXT:
            stack[-1].text += text

    parser.StartElementHandler, parser.EndElementHandler = start, lambda _name: stack.pop()
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = characters, refuse
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Invalid(f"This is not well-formed XML: {error}.") from None
    return stack[0].parts[0]


def _day_change(told: str | None) -> time:
    try:
        return time.fromisoformat(told).replace(tzinfo=None) if told else DAY_CHANGE
    except ValueError:
        return DAY_CHANGE


def _read_event(
    event: _Element, day: _Element, room: str | None, changes: time, zone: ZoneInfo, listing: Listing
) -> None:
    place, path = Place(line=event.line), f"line {event.line}"
    title = text_of(event.told("title"), event.told("subtitle"))
    if not title:
        return listing.miss(place, event.attributes.get("id", ""), "An event needs a title.")
    uid = event.attributes.get("guid") or event.attributes.get("id") or ""
    talk = Talk(place, title, uid=listing.uid(place, uid))
    on = day_of(path, day.attributes.get("date"), listing)
    talk.starts_at = moment(path, event.told("date"), zone, listing)
    if talk.starts_at is None or len(event.told("date") or "") <= len("2026-11-20"):
        talk.starts_at = start_on(path, on, event.told("start"), changes, zone, listing)
    lasts = length(path, event.told("duration"), listing)
    talk.ends_at = talk.starts_at + lasts if talk.starts_at and lasts else None
    talk.location = event.told("room") or room
    talk.description = prose_of(event.told("abstract"), event.told("description"))
    people = [named_text(person.text) for each in event.all("persons") for person in each.all("person")]
    if event.all("persons"):
        talk.speakers = [{"full_name": name} for name in dict.fromkeys(people) if name]
    listing.talks.append(talk)
    return None
