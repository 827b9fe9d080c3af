"""Reads a note: its type, whom and what it names, what it is about, how much it matters, and the promise in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from shared.text.dates import find_dates
from shared.text.money import find_money
from shared.text.names import find_named
from shared.text.note_actions import NoteAction
from shared.text.note_judgement import (
    NoteType,
    Seen,
    categorization_of,
    features_of,
    note_tags_of,
    note_type_of,
    priority_of,
    wants_followup,
)
from shared.text.note_promises import promises_of
from shared.text.note_topics import topic_of
from shared.text.places import find_places
from shared.text.plain import MAX_READ, lowered
from shared.text.reachable import find_reachable
from shared.text.recurrences import FoundRecurrence, find_recurrences

__all__ = ["EntitySpan", "NoteAction", "NoteReading", "NoteType", "read_note"]

SpanKind = Literal["name", "phone_number", "email", "company", "link", "place", "money", "topic", "due"]


@dataclass(frozen=True, slots=True)
class EntitySpan:
    """Where in the note something stands, and the value it stands for."""

    kind: SpanKind
    start: int
    end: int
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class NoteReading:
    """What document 000 keeps of a note. `sessions`, `speakers`, `sponsors` are those given that the note names."""

    note_type: NoteType
    names: tuple[str, ...]
    phone_numbers: tuple[str, ...]
    emails: tuple[str, ...]
    companies: tuple[str, ...]
    links: tuple[str, ...]
    places: tuple[str, ...]
    money: tuple[str, ...]
    spans: tuple[EntitySpan, ...]
    ai_tags: tuple[str, ...]
    ai_priority_score: float
    ai_categorization: str
    requires_followup: bool
    promises: tuple[NoteAction, ...]
    recurrence: FoundRecurrence | None
    topic: str | None
    sessions: tuple[str, ...]
    speakers: tuple[str, ...]
    sponsors: tuple[str, ...]
    confidence: float

    @property
    def extracted_entities(self) -> dict[str, list[str] | list[dict[str, str | int]]]:
        """The document's JSON: four arrays of strings, and the spans beside them."""
        return {
            "names": list(self.names),
            "phone_numbers": list(self.phone_numbers),
            "emails": list(self.emails),
            "companies": list(self.companies),
            "spans": [
                {"kind": one.kind, "start": one.start, "end": one.end, "text": one.text, "value": one.value}
                for one in self.spans
            ],
        }


def read_note(
    text: str,
    *,
    now: datetime,
    zone: ZoneInfo,
    people: Iterable[str] = (),
    companies: Iterable[str] = (),
    sessions: Iterable[str] = (),
    speakers: Iterable[str] = (),
    sponsors: Iterable[str] = (),
) -> NoteReading:
    """The reading of the first 2,000 characters; known names, talks, speakers and sponsors make it surer."""
    near = Near(tuple(people), tuple(companies), tuple(sessions), tuple(speakers), tuple(sponsors))
    return _reading(see_note(text, now, zone, near), now.astimezone(zone))


@dataclass(frozen=True, slots=True)
class Near:
    """Names that are known already: of people and companies, and of the programme."""

    people: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    sponsors: tuple[str, ...] = ()


def see_note(text: str, now: datetime, zone: ZoneInfo, near: Near) -> Seen:
    """What stands in a note, before it is judged."""
    text = text[:MAX_READ]
    low = lowered(text).replace("’", "'")
    reach = find_reachable(text)
    people, companies = (*near.people, *near.speakers), (*near.companies, *near.sponsors)
    named = find_named(text, people=people, companies=companies, titles=near.sessions, reachable=reach)
    links, money = reach.links, find_money(text, reachable=reach)
    places = find_places(text, named=named, reachable=reach)
    dates = find_dates(text, now, zone, reachable=reach)
    known = (_named(low, names) for names in (near.sessions, near.speakers, near.sponsors, near.companies))
    return Seen(text, low, named.names, reach.phones, reach.emails, dates, links, places, money, *known)


def _reading(seen: Seen, here: datetime) -> NoteReading:
    blocked = [(one.start, one.end) for one in seen.names]
    blocked += [(one.start, one.end) for one in seen.phones]
    blocked += [(one.start, one.end) for one in seen.emails]
    blocked += [(one.start, one.end) for one in seen.dates]
    topic = topic_of(seen.text, seen.low, blocked)
    features = features_of(seen)
    note_type, confidence = note_type_of(seen, features)
    wanted = wants_followup(seen, note_type, features)
    promises = _promises(seen, here.date()) if wanted else ()
    tags = note_tags_of(seen, note_type, wanted, topic)
    return NoteReading(
        note_type=note_type,
        names=seen.people,
        phone_numbers=tuple(dict.fromkeys(one.text for one in seen.phones)),
        emails=tuple(dict.fromkeys(one.address for one in seen.emails)),
        companies=seen.companies,
        links=tuple(dict.fromkeys(one.address for one in seen.links)),
        places=tuple(dict.fromkeys(one.value for one in seen.places)),
        money=tuple(dict.fromkeys(one.value for one in seen.money)),
        spans=_spans(seen, topic, promises),
        ai_tags=tags,
        ai_priority_score=priority_of(seen, note_type, wanted, topic),
        ai_categorization=categorization_of(note_type, seen, topic),
        requires_followup=wanted,
        promises=promises,
        recurrence=next(iter(find_recurrences(seen.text)), None),
        topic=topic,
        sessions=seen.sessions,
        speakers=seen.speakers,
        sponsors=seen.sponsors,
        confidence=round(confidence, 3),
    )


def _promises(seen: Seen, today: date) -> tuple[NoteAction, ...]:
    reach = next(iter([*(one.text for one in seen.emails), *(one.text for one in seen.phones)]), None)
    found = (seen.names, seen.dates, seen.phones, seen.emails, seen.links, seen.money)
    whole = [(one.start, one.end) for each in found for one in each]
    reaches = [(one.start, one.end) for each in (seen.phones, seen.emails) for one in each]
    return promises_of(seen.text, seen.low, seen.names, seen.dates, whole, today, reach, reaches)


def _spans(seen: Seen, topic: str | None, promises: tuple[NoteAction, ...]) -> tuple[EntitySpan, ...]:
    spans = [
        EntitySpan("name" if one.kind == "person" else "company", one.start, one.end, one.text, one.value)
        for one in seen.names
    ]
    spans += [EntitySpan("phone_number", one.start, one.end, one.text, one.e164 or one.text) for one in seen.phones]
    spans += [EntitySpan("email", one.start, one.end, one.text, one.address) for one in seen.emails]
    spans += [EntitySpan("link", one.start, one.end, one.text, one.address) for one in seen.links]
    spans += [EntitySpan("place", one.start, one.end, one.text, one.value) for one in seen.places]
    spans += [EntitySpan("money", one.start, one.end, one.text, one.value) for one in seen.money]
    if topic and (at := seen.low.find(topic.lower())) >= 0:
        spans.append(EntitySpan("topic", at, at + len(topic), seen.text[at : at + len(topic)], topic))
    due = {each.due_text for each in promises}
    spans += [EntitySpan("due", d.start, d.end, d.text, d.when.isoformat()) for d in seen.dates if d.text in due]
    return tuple(sorted(spans, key=lambda one: one.start))


def _named(low: str, known: tuple[str, ...]) -> tuple[str, ...]:
    padded = f" {''.join(char if char.isalnum() else ' ' for char in low)} "
    return tuple(
        name
        for name in known
        if name.strip() and f" {''.join(c if c.isalnum() else ' ' for c in lowered(name.strip()))} " in padded
    )
