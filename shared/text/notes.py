"""Reads a note: its type, whom and what it names, what it is about, how much it matters, and the promise in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from shared.text.dates import find_dates
from shared.text.names import find_names
from shared.text.note_actions import NoteAction, action_of
from shared.text.note_judgement import (
    NoteType,
    Seen,
    categorization_of,
    confidence_of,
    note_tags_of,
    note_type_of,
    priority_of,
    wants_followup,
)
from shared.text.note_topics import topic_of
from shared.text.plain import MAX_READ, lowered
from shared.text.reachable import find_reachable
from shared.text.recurrences import FoundRecurrence, find_recurrences

__all__ = ["EntitySpan", "NoteAction", "NoteReading", "NoteType", "read_note"]

SpanKind = Literal["name", "phone_number", "email", "company", "topic", "due"]


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
    spans: tuple[EntitySpan, ...]
    ai_tags: tuple[str, ...]
    ai_priority_score: float
    ai_categorization: str
    requires_followup: bool
    action: NoteAction | None
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
    sessions, speakers, sponsors = tuple(sessions), tuple(speakers), tuple(sponsors)
    text = text[:MAX_READ]
    low = lowered(text).replace("’", "'")
    reach = find_reachable(text)
    known_people, known_companies = (*people, *speakers), (*companies, *sponsors)
    names = find_names(text, people=known_people, companies=known_companies, titles=sessions, reachable=reach)
    dates = find_dates(text, now, zone, reachable=reach)
    seen = Seen(text, low, names, reach.phones, reach.emails, dates, _named(low, speakers), _named(low, sponsors))
    return _reading(seen, _named(low, sessions), now.astimezone(zone))


def _reading(seen: Seen, sessions: tuple[str, ...], here: datetime) -> NoteReading:
    blocked = [(one.start, one.end) for one in seen.names]
    blocked += [(one.start, one.end) for one in seen.phones]
    blocked += [(one.start, one.end) for one in seen.emails]
    blocked += [(one.start, one.end) for one in seen.dates]
    topic = topic_of(seen.text, seen.low, blocked)
    note_type = note_type_of(seen, bool(sessions))
    action = _action(seen, here.date()) if wants_followup(seen, note_type) else None
    wanted = action is not None
    tags = note_tags_of(seen, note_type, wanted, topic)
    return NoteReading(
        note_type=note_type,
        names=seen.people,
        phone_numbers=tuple(dict.fromkeys(one.text for one in seen.phones)),
        emails=tuple(dict.fromkeys(one.address for one in seen.emails)),
        companies=seen.companies,
        spans=_spans(seen, topic, action),
        ai_tags=tags,
        ai_priority_score=priority_of(seen, note_type, wanted, topic),
        ai_categorization=categorization_of(note_type, seen, topic),
        requires_followup=wanted,
        action=action,
        recurrence=next(iter(find_recurrences(seen.text)), None),
        topic=topic,
        sessions=sessions,
        speakers=seen.speakers,
        sponsors=seen.sponsors,
        confidence=confidence_of(seen, note_type),
    )


def _action(seen: Seen, today: date) -> NoteAction | None:
    reach = next(iter([*(one.text for one in seen.emails), *(one.text for one in seen.phones)]), None)
    return action_of(seen.text, seen.low, seen.names, seen.dates, today, reach)


def _spans(seen: Seen, topic: str | None, action: NoteAction | None) -> tuple[EntitySpan, ...]:
    spans = [
        EntitySpan("name" if one.kind == "person" else "company", one.start, one.end, one.text, one.value)
        for one in seen.names
    ]
    spans += [EntitySpan("phone_number", one.start, one.end, one.text, one.e164 or one.text) for one in seen.phones]
    spans += [EntitySpan("email", one.start, one.end, one.text, one.address) for one in seen.emails]
    if topic and (at := seen.low.find(topic.lower())) >= 0:
        spans.append(EntitySpan("topic", at, at + len(topic), seen.text[at : at + len(topic)], topic))
    due = next((one for one in seen.dates if action and one.text == action.due_text), None)
    if due is not None:
        spans.append(EntitySpan("due", due.start, due.end, due.text, due.when.isoformat()))
    return tuple(sorted(spans, key=lambda one: one.start))


def _named(low: str, known: tuple[str, ...]) -> tuple[str, ...]:
    padded = f" {''.join(char if char.isalnum() else ' ' for char in low)} "
    return tuple(
        name
        for name in known
        if name.strip() and f" {''.join(c if c.isalnum() else ' ' for c in lowered(name.strip()))} " in padded
    )
