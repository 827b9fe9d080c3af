"""Which partners fit a contractor and were not met, and how that is said. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID

from services.actions.zones import zone_of

AT_MOST = 2
DAYS_AFTER = 2
"""The day after the event they are asked for their top 3, and tell whom they met."""
TOO_LATE = timedelta(days=14)
_FORMS = frozenset(
    {"inc", "llc", "ltd", "co", "corp", "corporation", "company", "group", "holdings"}
    | {"solutions", "systems", "services", "technologies"}
)

Reason = Literal["not_at_event", "not_met"]


@dataclass(frozen=True)
class Partner:
    id: UUID
    name: str
    focus_areas: Sequence[str]
    was_there: bool


@dataclass(frozen=True)
class Person:
    """A contractor, and everybody of whom we know that they met them: by id, and by what was noted or promised."""

    id: UUID
    focus_areas: Sequence[str]
    partner_ids: Collection[UUID]
    said: str


@dataclass(frozen=True)
class Suggestion:
    partner: Partner
    focus: Sequence[str]

    @property
    def reason(self) -> Reason:
        return "not_met" if self.partner.was_there else "not_at_event"


def begins_at(ends_on: date, time_zone: str | None) -> datetime:
    """Midnight where the event was."""
    return datetime.combine(ends_on + timedelta(days=DAYS_AFTER), time(0), zone_of(time_zone)).astimezone(UTC)


def suggest(person: Person, partners: Sequence[Partner]) -> list[Suggestion]:
    """Those who share the most of the contractor's focus come first, and of these those who were there."""
    said = f" {plain(person.said)} "
    found = [
        Suggestion(partner, focus)
        for partner in partners
        if partner.id not in person.partner_ids
        and (focus := shared_focus(person.focus_areas, partner.focus_areas))
        and not is_named(partner.name, said)
    ]
    found.sort(key=lambda each: (-len(each.focus), not each.partner.was_there, each.partner.name, each.partner.id))
    return found[:AT_MOST]


def shared_focus(mine: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """Of `mine`, what `theirs` names too: "Skylights" and "skylight installation" are of one kind."""
    their_words = [_kinds(area) for area in theirs]
    return [
        area for area in mine if (words := _kinds(area)) and any(w and (words <= w or w <= words) for w in their_words)
    ]


def _kinds(area: str) -> frozenset[str]:
    """Words, one for singular and plural."""
    return frozenset(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in plain(area).split())


def is_named(name: str, said: str) -> bool:
    """`said` is plain, between spaces. People leave "Solutions" away; rather one suggestion less than of somebody they know."""
    words = plain(name).split()
    short = [word for word in words if word not in _FORMS] or words
    return f" {' '.join(short)} " in said or f" {''.join(short)} " in said


def plain(text: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())


def title_of(suggestion: Suggestion) -> str:
    """ "Review BuildPro Solutions (not at event)"."""
    where = "at event, not met" if suggestion.partner.was_there else "not at event"
    return f"Review {suggestion.partner.name} ({where})"


def reasoning_of(suggestion: Suggestion, event: str | None) -> str:
    """What the contractor is told."""
    where = event or "the event"
    met = (
        f"were at {where}, and you did not note meeting them"
        if suggestion.partner.was_there
        else f"were not at {where}"
    )
    return f"{suggestion.partner.name} fits your focus on {_list(suggestion.focus)}; they {met}."


def _list(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def item_of(person: Person, suggestion: Suggestion, event_id: UUID, event: str | None) -> dict[str, Any]:
    """The columns of the promise: less urgent than what they promised themselves."""
    return {
        "contractor_id": person.id,
        "event_id": event_id,
        "title": title_of(suggestion),
        "action_type": "research_partner",
        "priority": 8,
        "ai_suggested_priority": 8,
        "related_partner_id": suggestion.partner.id,
        "ai_generated": True,
        "ai_reasoning": reasoning_of(suggestion, event),
        "person_name": suggestion.partner.name,
        "topic": suggestion.focus[0],
    }
