"""What a programme file says, whatever its format: talks, people, companies, and what could not be read."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

MOST_ENTRIES = 2_000
LONGEST_QUOTE = 120
LONGEST_UID = 500
MOST_TOLD = 1_000


@dataclass(frozen=True)
class Place:
    """Where in the file: a line of a calendar, or a path in a JSON document."""

    line: int | None = None
    path: str | None = None


@dataclass(frozen=True)
class Unread:
    """A bit that was not understood; `why` is a sentence."""

    place: Place
    text: str
    why: str


@dataclass
class Talk:
    """`speakers` hold the fields of a speaker, `full_name` at least; None where the file names none."""

    place: Place
    title: str
    uid: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    location: str | None = None
    description: str | None = None
    speakers: list[dict[str, Any]] | None = None


@dataclass
class Listing:
    """`unread` holds the first things that were not understood, `missed` counts all."""

    talks: list[Talk] = field(default_factory=list)
    speakers: list[tuple[Place, dict[str, Any]]] = field(default_factory=list)
    sponsors: list[tuple[Place, dict[str, Any]]] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    missed: int = 0

    def miss(self, place: Place, text: str, why: str) -> None:
        self.missed += 1
        if self.missed <= MOST_TOLD:
            self.unread.append(Unread(place, text[:LONGEST_QUOTE], why))

    def uid(self, place: Place, text: str) -> str | None:
        """A talk's name in its file; one that is too long for an index tells nothing apart."""
        text = text.strip()
        if len(text) > LONGEST_UID:
            self.miss(place, text, "The UID is too long; the session is known by its title, time and place.")
            return None
        return text or None
