"""Reads a programme from iCalendar (RFC 5545), event by event, so that one broken talk costs only itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar
from icalendar.prop.broken import vBroken

from services.directory.programme.calendar_zones import OwnZones
from services.directory.programme.listing import MOST_ENTRIES, Listing, Place, Talk
from shared.errors import Invalid

_READ = {"UID", "RECURRENCE-ID", "SUMMARY", "DTSTART", "DTEND", "DURATION", "LOCATION", "DESCRIPTION", "STATUS"}
# Bookkeeping of calendar programs: nothing is lost by it.
_QUIET = {"DTSTAMP", "SEQUENCE", "CREATED", "LAST-MODIFIED", "CLASS", "TRANSP", "PRIORITY"}
_QUIET_AROUND = {"VERSION", "PRODID", "CALSCALE", "METHOD", "X-WR-CALNAME", "X-WR-TIMEZONE", "X-WR-CALDESC"}
_SPEAKERS = re.compile(r"^\s*(?:speakers?|presenters?|with)\s*:\s*(.+)$", re.IGNORECASE | re.MULTILINE)
_BETWEEN_NAMES = re.compile(r"\s*(?:,|;|&|\band\b)\s*")


@dataclass(frozen=True)
class Line:
    number: int
    text: str

    @property
    def name(self) -> str:
        return re.split(r"[;:]", self.text, maxsplit=1)[0].strip().upper()

    @property
    def value(self) -> str:
        return self.text.partition(":")[2].strip().upper()


@dataclass
class _Block:
    kind: str
    lines: list[Line] = field(default_factory=list)


def read_calendar(text: str, zone: ZoneInfo) -> Listing:
    """Times without a zone are of `zone`. Raises Invalid when the text is no calendar at all."""
    lines = list(_unfold(text))
    if not any(line.name == "BEGIN" and line.value == "VCALENDAR" for line in lines[:20]):
        raise Invalid("This is not an iCalendar file: it does not begin with BEGIN:VCALENDAR.")
    listing = Listing()
    blocks = list(_blocks(lines, listing))
    talks = [block for block in blocks if block.kind == "VEVENT"]
    if len(talks) > MOST_ENTRIES:
        raise Invalid(f"The calendar has {len(talks)} events; send at most {MOST_ENTRIES} at a time.")
    zones = _own_zones(blocks, listing)
    for block in talks:
        _read_talk(block, zones, zone, listing)
    return listing


def _own_zones(blocks: list[_Block], listing: Listing) -> OwnZones:
    zones = OwnZones()
    for block in blocks:
        why = zones.add([line.text for line in block.lines]) if block.kind == "VTIMEZONE" else None
        if why:
            listing.miss(Place(block.lines[0].number), block.lines[0].text, why)
    return zones


def _unfold(text: str) -> Iterator[Line]:
    """Lines with the number they begin on; a line that begins with a blank goes on the one before."""
    started, parts = 0, list[str]()
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text.removeprefix("\ufeff")), 1):
        if line[:1] in (" ", "\t") and parts:
            parts.append(line[1:])
            continue
        if parts:
            yield Line(started, "".join(parts))
        started, parts = number, [line] if line.strip() else []
    if parts:
        yield Line(started, "".join(parts))


def _blocks(lines: list[Line], listing: Listing) -> Iterator[_Block]:
    """The components inside the calendar; what belongs to none of ours is reported."""
    block: _Block | None = None
    inner: list[str] = []
    for line in lines:
        if line.name == "BEGIN" and line.value == "VCALENDAR":
            continue
        if block is None and line.name == "BEGIN":
            block = _Block(line.value, [line])
            if block.kind not in ("VEVENT", "VTIMEZONE"):
                listing.miss(Place(line.number), line.text, "Only events are taken from a calendar.")
        elif block is None:
            if line.name not in _QUIET_AROUND and line.text.upper().strip() != "END:VCALENDAR":
                listing.miss(Place(line.number), line.text, "This says nothing that we know about the programme.")
        elif line.name == "END" and not inner:
            block.lines.append(line)
            yield block
            block = None
        else:
            _collect(block, inner, line, listing)
    if block is not None:
        listing.miss(Place(block.lines[0].number), block.lines[0].text, "It has no END; the file seems to be cut off.")


def _collect(block: _Block, inner: list[str], line: Line, listing: Listing) -> None:
    """A line of a block; of a part inside an event (an alarm) only the beginning is told."""
    if line.name == "BEGIN":
        inner.append(line.value)
        if block.kind == "VEVENT":
            listing.miss(Place(line.number), line.text, "A part inside an event is not taken.")
    if block.kind == "VTIMEZONE" or not inner:
        block.lines.append(line)
    if line.name == "END" and inner:
        inner.pop()


def _read_talk(block: _Block, zones: OwnZones, zone: ZoneInfo, listing: Listing) -> None:
    begin = block.lines[0]
    parts = ["BEGIN:VCALENDAR", *(line.text for line in block.lines), "END:VCALENDAR"]
    try:
        calendar: Any = Calendar.from_ical("\r\n".join(parts))
        event = calendar.walk("VEVENT")[0]
    except (ValueError, IndexError, KeyError, OverflowError) as error:
        return listing.miss(Place(begin.number), begin.text, f"The event cannot be read: {error}.")
    _report_lines(block, event, listing)
    title = _text(event, "SUMMARY")
    if not title:
        return listing.miss(Place(begin.number), begin.text, "The event has no SUMMARY, so there is no title.")
    if str(_first(event, "STATUS") or "").upper() == "CANCELLED":
        return listing.miss(Place(begin.number), title, "It is cancelled. If it was taken before, remove the session.")
    talk = Talk(Place(begin.number), title, uid=_uid(event, block, listing), location=_text(event, "LOCATION"))
    talk.description = _text(event, "DESCRIPTION")
    talk.speakers = _speakers(talk.description or "")
    talk.starts_at = _moment(event, "DTSTART", zones, zone, block, listing)
    talk.ends_at = _moment(event, "DTEND", zones, zone, block, listing) or _end(event, talk.starts_at, block, listing)
    listing.talks.append(talk)
    return None


def _uid(event: Any, block: _Block, listing: Listing) -> str | None:
    """One talk of a repeated one is told apart by when it would have been."""
    recurrence = next((line.text.partition(":")[2].strip() for line in block.lines if line.name == "RECURRENCE-ID"), "")
    uid = _text(event, "UID")
    return listing.uid(Place(block.lines[0].number), f"{uid} {recurrence}") if uid else None


def _report_lines(block: _Block, event: Any, listing: Listing) -> None:
    for line in block.lines[1:-1]:
        if line.name not in _READ | _QUIET:
            listing.miss(Place(line.number), line.text, "This is not kept of a session.")
        elif isinstance(_raw(event, line.name), vBroken):
            listing.miss(Place(line.number), line.text, "The value cannot be read.")


def _raw(event: Any, name: str) -> Any:
    value = event.get(name)
    return value[0] if isinstance(value, list) else value


def _first(event: Any, name: str) -> Any:
    value = _raw(event, name)
    return None if isinstance(value, vBroken) else value


def _text(event: Any, name: str) -> str | None:
    value = _first(event, name)
    return (str(value).strip() or None) if value is not None else None


def _moment(event: Any, name: str, zones: OwnZones, zone: ZoneInfo, block: _Block, listing: Listing) -> datetime | None:
    value = _first(event, name)
    if value is None:
        return None
    line = next(line for line in block.lines if line.name == name)
    if not isinstance(value.dt, datetime):
        if isinstance(value.dt, date) and name == "DTSTART":
            listing.miss(Place(line.number), line.text, "A day without a time: the session has no time yet.")
        return None
    if value.dt.tzinfo is not None:
        return value.dt
    own = zones.find(value.params["TZID"]) if "TZID" in value.params else None
    if own is None and "TZID" in value.params:
        listing.miss(Place(line.number), line.text, "This time zone is unknown; the event's own was taken.")
    try:
        return own.moment(value.dt) if own else value.dt.replace(tzinfo=zone)
    except OverflowError:
        listing.miss(Place(line.number), line.text, "This time is out of all bounds.")
        return None


def _end(event: Any, start: datetime | None, block: _Block, listing: Listing) -> datetime | None:
    """From how long it lasts."""
    length = _first(event, "DURATION")
    if start is None or length is None or not isinstance(length.dt, timedelta):
        return None
    try:
        return start + length.dt
    except OverflowError:
        line = next(line for line in block.lines if line.name == "DURATION")
        listing.miss(Place(line.number), line.text, "It would never end; the end was left out.")
        return None


def _speakers(description: str) -> list[dict[str, Any]] | None:
    """Names from a line such as "Speakers: Ann Lee and Bob Ray (Acme)"."""
    found = _SPEAKERS.search(description[:4_000])
    if found is None:
        return None
    names = (re.fullmatch(r"([^()]+?)\s*(?:\(([^()]*)\))?", part) for part in _BETWEEN_NAMES.split(found[1][:1_000]))
    return [{"full_name": name[1].strip(), "company": name[2] or None} for name in names if name and name[1].strip()]
