"""What a note comes to, judged by what was seen in it: type, follow-up, tags, priority, category, confidence."""

import re
from dataclasses import dataclass
from typing import Literal, cast

from shared.text import lexicon
from shared.text.dates import FoundDate
from shared.text.emails import FoundEmail
from shared.text.links import FoundLink
from shared.text.money import FoundMoney
from shared.text.names import FoundName
from shared.text.note_actions import is_asked, is_imperative, is_refused, is_reminder
from shared.text.note_model import FOLLOW_UP, TYPES, YES, note_features, note_model
from shared.text.note_topics import tags_of
from shared.text.phones import FoundPhone
from shared.text.places import FoundPlace
from shared.text.plain import lowered

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
    links: tuple[FoundLink, ...]
    places: tuple[FoundPlace, ...]
    money: tuple[FoundMoney, ...]
    sessions: tuple[str, ...]
    speakers: tuple[str, ...]
    sponsors: tuple[str, ...]
    partners: tuple[str, ...]

    @property
    def people(self) -> tuple[str, ...]:
        return _values(self.names, "person")

    @property
    def companies(self) -> tuple[str, ...]:
        return _values(self.names, "company")


def features_of(seen: Seen) -> dict[int, float]:
    """What the models of notes look at."""
    places = [(one.start, one.end, "xperson" if one.kind == "person" else "xcompany") for one in seen.names]
    places += [(one.start, one.end, "xphone") for one in seen.phones]
    places += [(one.start, one.end, "xemail") for one in seen.emails]
    places += [(one.start, one.end, "xdate") for one in seen.dates]
    places += [(one.start, one.end, "xmoney") for one in seen.money]
    known = {"xsession": seen.sessions, "xspeaker": seen.speakers, "xsponsor": seen.sponsors, "xpartner": seen.partners}
    for kind, names in known.items():
        spans = [(seen.low.find(lowered(name)), lowered(name)) for name in names]
        places = [(start, start + len(name), kind) for start, name in spans if start >= 0] + places
    return note_features(seen.text, places, cues_of(seen.low))


def cues_of(low: str) -> list[str]:
    told = {
        "ask": is_asked(low),
        "imperative": is_imperative(low),
        "refused": is_refused(low),
        "met": says_met(low),
        "speaker": _SPEAKER.search(low) is not None,
        "sponsor": _SPONSOR.search(low) is not None,
        "insight": _INSIGHT.search(low) is not None,
    }
    return [f"{cue} {is_there}" for cue, is_there in told.items()]


def says_met(low: str) -> bool:
    """Whether somebody was met."""
    return _MET.search(low) is not None


def note_type_of(seen: Seen, features: dict[int, float]) -> tuple[NoteType, float]:
    """The likeliest, and how likely it is. Who is on the programme is spoken of as such, where nothing else is the point."""
    odds = note_model(TYPES).probabilities(features)
    best = max(odds, key=lambda each: odds[each])
    is_of_speaker = best == "contact" and _is_about(seen, seen.speakers) and not says_met(seen.low)
    if is_of_speaker or (best in ("general", "insight") and (seen.speakers or seen.sessions or seen.sponsors)):
        best = "speaker_note" if seen.speakers or seen.sessions else "sponsor_note"
    return cast(NoteType, best), max(odds[best], 0.5)


def _is_about(seen: Seen, speakers: tuple[str, ...]) -> bool:
    """Whether nobody else is named, with no way to reach them."""
    return bool(speakers) and {*seen.people} <= {*speakers} and not (seen.phones or seen.emails)


def wants_followup(seen: Seen, note_type: NoteType, features: dict[int, float]) -> bool:
    """A person who left a way to be reached is always got back to; nobody is where it says that nothing is to follow."""
    if is_refused(seen.low) and not any(
        is_imperative(each) and not is_refused(each) for each in sentences_of(seen.low)
    ):
        return False
    is_reachable = note_type == "contact" and bool(seen.phones or seen.emails)
    return is_reachable or is_reminder(seen.low) or note_model(FOLLOW_UP).probabilities(features)[YES] >= 0.5


def sentences_of(low: str) -> list[str]:
    return [each.strip() for each in re.split(r"[.!?;\n]+(?=\s|$)", low)]


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


def _values(names: tuple[FoundName, ...], kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.value for one in names if one.kind == kind))
