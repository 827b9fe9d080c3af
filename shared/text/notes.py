"""Reads a note: its type, whom and what it names, what it is about, how much it matters, and the promise in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from shared.text import lexicon
from shared.text.dates import FoundDate, find_dates
from shared.text.emails import FoundEmail, find_emails
from shared.text.names import FoundName, find_names
from shared.text.note_actions import NoteAction, action_of, is_asked, is_imperative, is_refused
from shared.text.note_topics import tags_of, topic_of
from shared.text.phones import FoundPhone, find_phones
from shared.text.plain import MAX_READ, lowered
from shared.text.recurrences import FoundRecurrence, find_recurrences

NoteType = Literal["general", "contact", "insight", "action_item", "speaker_note", "sponsor_note"]
SpanKind = Literal["name", "phone_number", "email", "company", "topic", "due"]

_LEXICON = lexicon.load("notes")
_ENTHUSIASM = lexicon.any_of(_LEXICON["enthusiasm"])
_URGENT = lexicon.any_of(_LEXICON["urgent"])
_INSIGHT = lexicon.any_of(_LEXICON["insight"])
_SPEAKER = lexicon.any_of(_LEXICON["speaker"])
_SPONSOR = lexicon.any_of(_LEXICON["sponsor"])
_MET = lexicon.any_of(_LEXICON["met"])
_SENTENCES: dict[NoteType, str] = {
    "contact": "A person met",
    "action_item": "Something to do",
    "speaker_note": "About a talk or its speaker",
    "sponsor_note": "About a sponsor or exhibitor",
    "insight": "Something learnt",
    "general": "A note",
}


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


@dataclass(frozen=True, slots=True)
class _Seen:
    text: str
    low: str
    names: tuple[FoundName, ...]
    phones: tuple[FoundPhone, ...]
    emails: tuple[FoundEmail, ...]
    dates: tuple[FoundDate, ...]
    speakers: tuple[str, ...]
    sponsors: tuple[str, ...]

    @property
    def people(self) -> tuple[str, ...]:
        return _values(self.names, "person")

    @property
    def companies(self) -> tuple[str, ...]:
        return _values(self.names, "company")


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
    names = find_names(text, people=(*people, *speakers), companies=(*companies, *sponsors), titles=sessions)
    seen = _Seen(
        text, low, names, find_phones(text), find_emails(text), find_dates(text, now, zone),
        _named(low, speakers), _named(low, sponsors),
    )  # fmt: skip
    return _reading(seen, _named(low, sessions), now.astimezone(zone))


def _reading(seen: _Seen, sessions: tuple[str, ...], here: datetime) -> NoteReading:
    blocked = [(one.start, one.end) for one in seen.names]
    blocked += [(one.start, one.end) for one in seen.phones]
    blocked += [(one.start, one.end) for one in seen.emails]
    blocked += [(one.start, one.end) for one in seen.dates]
    topic = topic_of(seen.text, seen.low, blocked)
    note_type = _note_type(seen, bool(sessions))
    action = _action(seen, here.date()) if _wants_followup(seen, note_type) else None
    wanted = action is not None
    tags = _tags(seen, note_type, wanted, topic)
    return NoteReading(
        note_type=note_type,
        names=seen.people,
        phone_numbers=tuple(dict.fromkeys(one.text for one in seen.phones)),
        emails=tuple(dict.fromkeys(one.address for one in seen.emails)),
        companies=seen.companies,
        spans=_spans(seen, topic, action),
        ai_tags=tags,
        ai_priority_score=_priority(seen, note_type, wanted, topic),
        ai_categorization=_categorization(note_type, seen, topic),
        requires_followup=wanted,
        action=action,
        recurrence=next(iter(find_recurrences(seen.text)), None),
        topic=topic,
        sessions=sessions,
        speakers=seen.speakers,
        sponsors=seen.sponsors,
        confidence=_confidence(seen, note_type),
    )


def _action(seen: _Seen, today: date) -> NoteAction | None:
    reach = next(iter([*(one.text for one in seen.emails), *(one.text for one in seen.phones)]), None)
    return action_of(seen.text, seen.low, seen.names, seen.dates, today, reach)


def _note_type(seen: _Seen, in_session: bool) -> NoteType:
    person, reachable = bool(seen.people), bool(seen.phones or seen.emails)
    if person and _MET.search(seen.low):
        return "contact"
    if is_imperative(seen.low):
        return "action_item"
    if seen.speakers or in_session or _SPEAKER.search(seen.low):
        return "speaker_note"
    if (person and (reachable or seen.companies)) or (reachable and not seen.sponsors):
        return "contact"
    if seen.sponsors or _SPONSOR.search(seen.low):
        return "sponsor_note"
    if is_asked(seen.low) and (person or seen.companies):
        return "action_item"
    return "insight" if _INSIGHT.search(seen.low) else "general"


def _wants_followup(seen: _Seen, note_type: NoteType) -> bool:
    """Asked for in words; or a person met with a way to reach them, or with warm words."""
    if is_refused(seen.low):
        return False
    if is_asked(seen.low):
        return True
    reachable = bool(seen.phones or seen.emails)
    return (
        note_type == "contact"
        and bool(seen.people or reachable)
        and (reachable or _ENTHUSIASM.search(seen.low) is not None)
    )


def _tags(seen: _Seen, note_type: NoteType, wanted: bool, topic: str | None) -> tuple[str, ...]:
    tags = ["networking"] if note_type == "contact" else []
    tags += ["follow-up-required"] if wanted else []
    tags += ["urgent"] if _URGENT.search(seen.low) else []
    tags += {"speaker_note": ["session"], "sponsor_note": ["sponsor"], "insight": ["insight"]}.get(note_type, [])
    return tuple(dict.fromkeys([*tags, *tags_of(seen.low, topic)]))[:8]


def _priority(seen: _Seen, note_type: NoteType, wanted: bool, topic: str | None) -> float:
    """0..1. The document's example, a reachable person with warm words and a topic, is 0.85."""
    score = 0.30
    score += 0.15 if seen.people else 0.05 if seen.companies else 0
    score += 0.15 if seen.phones or seen.emails else 0
    score += 0.10 if wanted else 0
    score += 0.10 if _ENTHUSIASM.search(seen.low) else 0
    score += 0.05 if topic else 0
    score += 0.10 if is_asked(seen.low) and wanted else 0
    score += 0.10 if _URGENT.search(seen.low) else 0
    score -= 0.25 if is_refused(seen.low) else 0
    return round(min(max(score, 0.05), 1.0), 2)


def _categorization(note_type: NoteType, seen: _Seen, topic: str | None) -> str:
    who = seen.people[0] if seen.people else seen.companies[0] if seen.companies else None
    return _SENTENCES[note_type] + (f": {who}" if who else "") + (f", about {topic}" if topic else "")


def _spans(seen: _Seen, topic: str | None, action: NoteAction | None) -> tuple[EntitySpan, ...]:
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


def _confidence(seen: _Seen, note_type: NoteType) -> float:
    if note_type == "general":
        return 0.5
    surest = [one.confidence for one in seen.names]
    return round(min([0.95, *surest]), 2) if surest else 0.7


def _named(low: str, known: tuple[str, ...]) -> tuple[str, ...]:
    padded = f" {''.join(char if char.isalnum() else ' ' for char in low)} "
    return tuple(
        name
        for name in known
        if name.strip() and f" {''.join(c if c.isalnum() else ' ' for c in lowered(name.strip()))} " in padded
    )


def _values(names: tuple[FoundName, ...], kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.value for one in names if one.kind == kind))
