"""Names in texts that use capitals: runs of capitalised words, judged by what is in them and around them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from shared.text.tokens import (
    AMBIGUOUS,
    COMMON,
    COMPANY_NOUNS,
    GIVEN,
    LEGAL,
    LINKS,
    PARTICLES,
    PLACES,
    TITLES,
    TOPICS,
    TRADES,
    Token,
    cue_before,
    joins,
)

Kind = Literal["person", "company"]
_MAX_RUN = 5


@dataclass(frozen=True, slots=True)
class NameSpan:
    """Tokens `first` to `last` name a person or a company."""

    kind: Kind
    first: int
    last: int
    confidence: float


def cased_names(text: str, tokens: list[Token]) -> Iterator[NameSpan]:
    """The names among the runs of capitalised words, in order."""
    person_end = -2
    for first, last in _runs(tokens):
        for span in _judged(text, tokens, first, last, after_person=_is_linked(tokens, person_end, first)):
            if span.kind == "person":
                person_end = span.last
            yield span


def _runs(tokens: list[Token]) -> Iterator[tuple[int, int]]:
    index = 0
    while index < len(tokens):
        if not _can_begin(tokens, index):
            index += 1
            continue
        last = index
        while last + 1 < len(tokens) and last - index + 1 < _MAX_RUN and _can_follow(tokens, index, last + 1):
            last += 1
        while last > index and tokens[last].low in PARTICLES and not tokens[last].capital:
            last -= 1
        yield index, last
        index = last + 1


def _can_begin(tokens: list[Token], index: int) -> bool:
    token = tokens[index]
    if not token.capital or len(token.text) < 2:
        return False
    if token.low in TITLES:
        return index + 1 < len(tokens) and tokens[index + 1].capital
    if token.is_word_of_its_own and not token.is_given:
        return _is_company_adjective(tokens, index)
    return token.low not in COMMON or _is_name_here(tokens, index)


def _is_name_here(tokens: list[Token], index: int) -> bool:
    """ "Will" and "Mark" are names before a surname or a link, and after a cue."""
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if after is not None and (
        after.low in LINKS or (after.capital and not after.is_word_of_its_own and joins(tokens[index], after))
    ):
        return True
    return cue_before(tokens, index) in ("person", "any")


def _is_company_adjective(tokens: list[Token], index: int) -> bool:
    """ "Quality Roofing": a common word is a company's first only before its trade, and not at a sentence's start."""
    token, after = tokens[index], tokens[index + 1] if index + 1 < len(tokens) else None
    begins_sentence = index == 0 or any(mark in token.gap for mark in ".!?\n")
    return (
        after is not None
        and after.capital
        and joins(token, after)
        and (after.low in LEGAL or (after.low in TRADES and not begins_sentence))
        and token.low[0].isalpha()
    )


def _can_follow(tokens: list[Token], first: int, index: int) -> bool:
    before, token = tokens[index - 1], tokens[index]
    if not joins(before, token):
        return False
    if token.low in LEGAL:
        return True
    if not token.capital:
        return token.low in PARTICLES and _leads_to_capital(tokens, index)
    if len(token.text) == 1:
        return tokens[first].is_given
    if token.low in TOPICS:
        return not tokens[first].is_given
    if token.low in COMMON and not token.is_given:
        return _is_company_adjective(tokens, index) or token.low in TRADES
    return not token.is_word_of_its_own or token.is_given


def _leads_to_capital(tokens: list[Token], index: int) -> bool:
    """ "de la Cruz": particles, and then a capital."""
    for before, after in zip(tokens[index : index + 2], tokens[index + 1 : index + 3], strict=False):
        if not joins(before, after) or after.capital:
            return after.capital and joins(before, after)
        if after.low not in PARTICLES:
            return False
    return False


def _is_linked(tokens: list[Token], person: int, first: int) -> bool:
    """Whether the run stands after a person and "from", "at", "of" or "with"."""
    between = [token.low for token in tokens[person + 1 : first]]
    if person < 0 or len(between) > 2:
        return False
    if not between:
        return any(mark in tokens[first].gap for mark in ("@", "(", "w/"))
    return between[0] in LINKS and all(word in LINKS | {"the"} for word in between) and "." not in tokens[first].gap


def _judged(text: str, tokens: list[Token], first: int, last: int, *, after_person: bool) -> Iterator[NameSpan]:
    run = tokens[first : last + 1]
    if _has_company_end(run):
        if run[0].low in GIVEN and len(run) >= 4 and not any("&" in token.gap for token in run[1:]):
            yield NameSpan("person", first, first + 1, 0.8)
            first += 2
        yield NameSpan("company", first, last, 0.9)
        return
    if run[0].low in TITLES:
        yield NameSpan("person", first, min(last, first + 3), 0.95)
        return
    kind = _kind_of(text, tokens, first, last, after_person)
    if kind is not None:
        yield NameSpan(kind[0], first, last, kind[1])


def _has_company_end(run: list[Token]) -> bool:
    return len(run) > 1 and (run[-1].low in LEGAL or run[-1].low in TRADES)


def _kind_of(text: str, tokens: list[Token], first: int, last: int, after_person: bool) -> tuple[Kind, float] | None:
    run, cue = tokens[first : last + 1], cue_before(tokens, first)
    before_noun = _before_company_noun(tokens, last)
    if all(token.low in PLACES for token in run) and (len(run) > 1 or run[0].low not in AMBIGUOUS or cue != "person"):
        return None
    if after_person and not (len(run) > 1 and run[0].low in GIVEN):
        return "company", 0.9
    if run[0].is_given and (not before_noun or tokens[last].possessive):
        return _given(tokens, first, last, cue)
    if before_noun or cue == "company":
        return "company", 0.8
    if cue == "person" or _links_to_company(tokens, last) or _reached_at(text, tokens, first, last):
        return ("person", 0.8) if len(run) <= 3 else None
    if cue in ("any", "origin"):
        return ("person", 0.6) if len(run) == 2 and cue == "any" else ("company", 0.6)
    return None


def _given(tokens: list[Token], first: int, last: int, cue: str) -> tuple[Kind, float] | None:
    token = tokens[first]
    if last > first:
        return "person", 0.95 if token.low in GIVEN else 0.8
    if token.low in GIVEN and token.low not in AMBIGUOUS:
        return "person", 0.85
    if cue in ("person", "any", "origin") or _links_to_company(tokens, last):
        return "person", 0.7
    return None


def _before_company_noun(tokens: list[Token], last: int) -> bool:
    after = tokens[last + 1] if last + 1 < len(tokens) else None
    return (
        after is not None
        and after.gap == (" " if not tokens[last].possessive else after.gap)
        and after.low in COMPANY_NOUNS
    )


def _links_to_company(tokens: list[Token], last: int) -> bool:
    if last + 2 >= len(tokens) or tokens[last + 1].low not in LINKS or tokens[last + 1].gap.strip():
        return False
    after = tokens[last + 2]
    return after.capital and after.low not in PLACES and not after.is_word_of_its_own


def _reached_at(text: str, tokens: list[Token], first: int, last: int) -> bool:
    """Two words right before a number or an address, or named in the address."""
    if last - first != 1:
        return False
    rest = text[tokens[last].end :].lstrip(" ,:-–(")
    local = text[: text.rfind("@")].rsplit(None, 1)[-1].lower() if "@" in text else ""
    named = any(len(token.low) > 2 and token.low in local for token in tokens[first : last + 1])
    return named or rest[:1].isdigit() or (rest[:1] == "+" and rest[1:2].isdigit()) or "@" in rest.split(" ", 1)[0]
