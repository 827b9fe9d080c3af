"""Finds the people and companies a text names, by the words around them and the shape of the names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from shared.text.cased_names import cased_names
from shared.text.lower_names import lower_names
from shared.text.name_values import company_value, person_value
from shared.text.plain import MAX_READ, lowered, overlaps
from shared.text.reachable import Reachable, find_reachable
from shared.text.tokens import Token, tokenise

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


def find_names(
    text: str,
    *,
    people: Iterable[str] = (),
    companies: Iterable[str] = (),
    titles: Iterable[str] = (),
    reachable: Reachable | None = None,
) -> tuple[FoundName, ...]:
    """Up to 20 names of the first 2,000 characters, in order.

    `people` and `companies` are known already and found in any case of letters; `titles` (of events, talks) are no names.
    `reachable`: the text's numbers and addresses, where they are found already.
    """
    text = text[:MAX_READ]
    low = lowered(text)
    found = [*_known(text, low, people, "person"), *_known(text, low, companies, "company")]
    masked = [(one.start, one.end) for one in found]
    masked += [span for title in titles for span in _places(low, title)]
    masked += (find_reachable(text) if reachable is None else reachable).places
    tokens = tokenise(text, masked)
    found += _read(text, tokens)
    return _resolved(sorted(found, key=lambda one: one.start)[:MAX_FOUND])


def _read(text: str, tokens: list[Token]) -> list[FoundName]:
    shouted = _is_shouted(tokens)
    spans = [] if shouted else list(cased_names(text, tokens))
    taken = [(tokens[one.first].start, tokens[one.last].end) for one in spans]
    for one in lower_names(tokens, all_lower=shouted or not any(token.capital for token in tokens[1:])):
        if not overlaps(tokens[one.first].start, tokens[one.last].end, taken):
            spans.append(one)
    names = []
    for one in sorted(spans, key=lambda span: span.first)[:MAX_FOUND]:
        start, end = tokens[one.first].start, tokens[one.last].end
        value = (
            person_value(text[start:end])
            if one.kind == "person"
            else company_value(text[start:end].lower() if shouted else text[start:end])
        )
        names.append(FoundName(one.kind, start, end, text[start:end], value, one.confidence))
    return names


def _is_shouted(tokens: list[Token]) -> bool:
    letters = [token for token in tokens if len(token.text) > 1 and token.text.isalpha()]
    return len(letters) > 3 and sum(token.text.isupper() for token in letters) > 0.7 * len(letters)


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
