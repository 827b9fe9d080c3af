"""Finds the places a text names: towns, hotels, halls, booths, stages, streets."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.text.names import FoundName, Named, find_named
from shared.text.plain import MAX_READ, Place, overlaps
from shared.text.printed_places import printed_places
from shared.text.reachable import Reachable, find_reachable

MAX_FOUND = 20
_ROOMS = frozenset(("stage", "hall", "ballroom", "pavilion", "entrance", "lobby", "wing", "terrace", "room"))
_SMALL = frozenset(("of", "and", "the", "de", "del", "la", "at", "on"))


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place as written, and as one would print it: "pueblo" is "Pueblo"."""

    start: int
    end: int
    text: str
    value: str


def find_places(text: str, *, named: Named | None = None, reachable: Reachable | None = None) -> tuple[FoundPlace, ...]:
    """Up to 20 places of the first 2,000 characters, in order; `named` and `reachable`, where they are found already."""
    text = text[:MAX_READ]
    reach = find_reachable(text) if reachable is None else reachable
    named = find_named(text, reachable=reach) if named is None else named
    printed = [
        span for span in printed_places(text) if not overlaps(*span, [*reach.places, *_within(named.names, span)])
    ]
    towns = [span for town in named.towns if not overlaps(*(span := (town.start, town.end)), printed)]
    return tuple(_found(text, start, end) for start, end in sorted([*printed, *towns])[:MAX_FOUND])


def _within(names: Iterable[FoundName], span: Place) -> list[Place]:
    """Names that hold the place ("Main Street Lenders"); one it holds itself is part of an address ("12 Jackson St")."""
    return [(one.start, one.end) for one in names if not (span[0] <= one.start and one.end <= span[1])]


def _found(text: str, start: int, end: int) -> FoundPlace:
    printed = text[start:end]
    return FoundPlace(start, end, printed, place_value(printed))


def place_value(printed: str) -> str:
    words = printed.split()
    if words[-1] in _ROOMS or (any(char.isdigit() for char in printed) and not printed.isupper()):
        return " ".join(words)
    if not (printed.islower() or (printed.isupper() and len(printed) > 2)):
        return " ".join(words)
    return " ".join(
        word if word in _SMALL and at else word.capitalize() for at, word in enumerate(printed.lower().split())
    )
