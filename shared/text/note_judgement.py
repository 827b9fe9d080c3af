"""What a note comes to, judged by what was seen in it: type, follow-up, tags, priority, category, confidence."""

from dataclasses import dataclass
from typing import Literal

from shared.text import lexicon
from shared.text.dates import FoundDate
from shared.text.emails import FoundEmail
from shared.text.names import FoundName
from shared.text.note_actions import is_asked, is_imperative, is_refused
from shared.text.note_topics import tags_of
from shared.text.phones import FoundPhone

NoteType = Literal["general", "contact", "insight", "action_item", "speaker_note", "sponsor_note"]

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
class Seen:
    """What the finders saw in a note."""

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


def note_type_of(seen: Seen, in_session: bool) -> NoteType:
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


def wants_followup(seen: Seen, note_type: NoteType) -> bool:
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


def note_tags_of(seen: Seen, note_type: NoteType, wanted: bool, topic: str | None) -> tuple[str, ...]:
    tags = ["networking"] if note_type == "contact" else []
    tags += ["follow-up-required"] if wanted else []
    tags += ["urgent"] if _URGENT.search(seen.low) else []
    tags += {"speaker_note": ["session"], "sponsor_note": ["sponsor"], "insight": ["insight"]}.get(note_type, [])
    return tuple(dict.fromkeys([*tags, *tags_of(seen.low, topic)]))[:8]


def priority_of(seen: Seen, note_type: NoteType, wanted: bool, topic: str | None) -> float:
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


def categorization_of(note_type: NoteType, seen: Seen, topic: str | None) -> str:
    who = seen.people[0] if seen.people else seen.companies[0] if seen.companies else None
    return _SENTENCES[note_type] + (f": {who}" if who else "") + (f", about {topic}" if topic else "")


def confidence_of(seen: Seen, note_type: NoteType) -> float:
    if note_type == "general":
        return 0.5
    surest = [one.confidence for one in seen.names]
    return round(min([0.95, *surest]), 2) if surest else 0.7


def _values(names: tuple[FoundName, ...], kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.value for one in names if one.kind == kind))
