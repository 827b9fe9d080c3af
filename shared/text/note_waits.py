"""Who waits for something from us: each person of whom a clause says that they want, need or asked for it."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.text import lexicon
from shared.text.names import FoundName
from shared.text.plain import Place, overlaps

_LEXICON = lexicon.load("notes")
_WAITS = lexicon.any_of(_LEXICON["waits"])
_REFUSAL = lexicon.any_of(_LEXICON["refusal"])
_CUT = re.compile(
    r"[.!?;\n]+(?=\s|$)|(?:, ?| )(?:and )?(?:also|then|plus) |, ?(?:and|but) | - | (?=(?:he|she|they) )"
    r"|, ?(?=(?:wants|needs|looking|asked|interested|would like)\b)"
)
_GOES_ON = re.compile(r"\W*(?:(?:he|she|they|who|and|but|really|also|just|definitely|said|says|is|are|was|were)\b\W*)*")
_BEFORE_NAME = re.compile(r"(?:,|;|\band|&|\+)\s*$")


@dataclass(frozen=True, slots=True)
class Waiting:
    """`start` and `end`: the clause that says so."""

    name: FoundName
    start: int
    end: int


def waiting(
    text: str, low: str, names: Sequence[FoundName], reaches: Sequence[Place], taken: Sequence[Place]
) -> Iterator[Waiting]:
    """In the order of the text, each once. Where several people left a way to be reached (`reaches`), each of them waits."""
    people = [one for one in names if one.kind == "person"]
    told: set[str] = set()
    reachable = [one for one in people if _reach_of(one, people, reaches)]
    for start, end in _clauses(low, people, [*reaches, *((one.start, one.end) for one in names)]):
        if overlaps(start, end, taken) or _REFUSAL.search(low, start, end):
            continue
        wish = _WAITS.search(low, start, end)
        whose = _of_whom(low, people, start, wish.start()) if wish else None
        if whose is None and len(reachable) > 1:
            whose = next((one for one in reachable if start <= one.start < end), None)
        if whose is not None and whose.value not in told:
            told.add(whose.value)
            yield Waiting(whose, max(start, whose.start), end)


def _clauses(low: str, people: Sequence[FoundName], whole: Sequence[Place]) -> Iterator[Place]:
    cuts = [match.span() for match in _CUT.finditer(low) if not overlaps(*match.span(), whole)]
    cuts += [(one.start, one.start) for one in people if _BEFORE_NAME.search(low[max(0, one.start - 6) : one.start])]
    places = [(0, 0), *sorted(cuts), (len(low), len(low))]
    return ((before[1], after[0]) for before, after in itertools.pairwise(places) if before[1] < after[0])


def _of_whom(low: str, people: Sequence[FoundName], start: int, verb: int) -> FoundName | None:
    """Who is named in the clause before what they want, else whom the text named last, where it goes on about them."""
    inside = [one for one in people if start <= one.start < verb]
    before = [one for one in people if one.start < start]
    goes_on = _GOES_ON.fullmatch(low, start, verb) is not None
    return inside[0] if inside else before[-1] if before and goes_on else None


def _reach_of(one: FoundName, people: Sequence[FoundName], reaches: Sequence[Place]) -> bool:
    """Whether a number or an address stands between them and whoever is named next."""
    following = min((other.start for other in people if other.start > one.start), default=None)
    return any(one.start < start and (following is None or start < following) for start, _ in reaches)
