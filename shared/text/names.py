"""Finds the people and companies a text names: those known already, and those the trained model reads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from shared.text.company_spans import is_company_after_all, with_family_firms
from shared.text.name_borders import with_borders
from shared.text.name_model import name_model
from shared.text.name_values import company_value, person_value
from shared.text.name_words import case_of, pieces_of
from shared.text.plain import MAX_READ, Place, lowered, overlaps
from shared.text.printed_places import printed_places
from shared.text.reachable import Reachable, find_reachable

MAX_FOUND = 20
MAX_KNOWN = 1_000


@dataclass(frozen=True, slots=True)
class FoundName:
    """A name as written, and the value it stands for: "john smith" is "John Smith", a later "John" is too."""

    kind: Literal["person", "company"]
    start: int
    end: int
    text: str
    value: str
    confidence: float


@dataclass(frozen=True, slots=True)
class FoundTown:
    """A town, a hotel, a street that shows by what stands around it."""

    start: int
    end: int
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Named:
    names: tuple[FoundName, ...]
    towns: tuple[FoundTown, ...]


def find_names(
    text: str,
    *,
    people: Iterable[str] = (),
    companies: Iterable[str] = (),
    titles: Iterable[str] = (),
    reachable: Reachable | None = None,
) -> tuple[FoundName, ...]:
    """The people and companies of `find_named`."""
    return find_named(text, people=people, companies=companies, titles=titles, reachable=reachable).names


def find_named(
    text: str,
    *,
    people: Iterable[str] = (),
    companies: Iterable[str] = (),
    titles: Iterable[str] = (),
    reachable: Reachable | None = None,
) -> Named:
    """Up to 20 names, and up to 20 towns, of the first 2,000 characters, in order.

    `people` and `companies` are known already and found in any case of letters; `titles` (of events, talks) are no names.
    `reachable`: the text's numbers and addresses, where they are found already.
    """
    text = text[:MAX_READ]
    low = lowered(text)
    found = [*_known(text, low, people, "person"), *_known(text, low, companies, "company")]
    taken = [(one.start, one.end) for one in found] + [span for title in titles for span in _places(low, title)]
    reach = find_reachable(text) if reachable is None else reachable
    halls = list(printed_places(text))
    read = [one for one in _read(text, reach, tuple(halls)) if not overlaps(one.start, one.end, taken)]
    found += [one for one in read if isinstance(one, FoundName) and (one.start, one.end) not in halls]
    towns = [one for one in read if isinstance(one, FoundTown)]
    return Named(_resolved(sorted(found, key=lambda one: one.start)[:MAX_FOUND]), tuple(towns[:MAX_FOUND]))


@lru_cache(maxsize=16)
def _read(text: str, reach: Reachable, halls: tuple[Place, ...]) -> tuple[FoundName | FoundTown, ...]:
    """One text is read by several readers, one after the other."""
    return tuple(_found(text, reach, halls))


def _found(text: str, reach: Reachable, halls: tuple[Place, ...]) -> Iterator[FoundName | FoundTown]:
    pieces = pieces_of(text, reach)
    shouted = case_of(pieces) == "U"
    for one in with_borders(pieces, with_family_firms(pieces, list(name_model().spans(pieces)))):
        start, end = pieces[one.first].start, pieces[one.last].end
        printed = text[start:end]
        if one.kind == "place" and (overlaps(start, end, halls) or not is_company_after_all(pieces, one)):
            yield FoundTown(start, end, printed, one.confidence)
        elif one.kind == "person":
            printed = printed.removesuffix(" I")  # "told Steve I would"
            yield FoundName("person", start, start + len(printed), printed, person_value(printed), one.confidence)
        else:
            value = company_value(printed.lower() if shouted else printed)
            yield FoundName("company", start, end, printed, value, one.confidence)


def _known(text: str, low: str, names: Iterable[str], kind: Literal["person", "company"]) -> Iterator[FoundName]:
    for name, _ in zip(names, range(MAX_KNOWN), strict=False):
        for start, end in _places(low, name):
            yield FoundName(kind, start, end, text[start:end], name.strip(), 0.99)


def _places(low: str, name: str) -> Iterator[tuple[int, int]]:
    wanted = lowered(name.strip())
    start = low.find(wanted) if len(wanted) > 1 else -1
    while start >= 0:
        end = start + len(wanted)
        if not (low[start - 1 : start].isalnum() or low[end : end + 1].isalnum()):
            yield start, end
        start = low.find(wanted, end)


def _resolved(found: list[FoundName]) -> tuple[FoundName, ...]:
    """A lone first name takes the value of the one full name in the text that begins with it."""
    full: dict[str, set[str]] = {}
    for one in found:
        if one.kind == "person" and " " in one.value:
            full.setdefault(one.value.split()[0].casefold(), set()).add(one.value)
    resolved = []
    for one in found:
        values = full.get(one.value.casefold(), set()) if one.kind == "person" else set()
        value = next(iter(values)) if len(values) == 1 else one.value
        resolved.append(FoundName(one.kind, one.start, one.end, one.text, value, one.confidence))
    return tuple(resolved)
