"""Names in texts without capitals: known given names and words that only a name can follow."""

from collections.abc import Iterator

from shared.text.cased_names import NameSpan
from shared.text.tokens import (
    AMBIGUOUS,
    COMPANY_NOUNS,
    GIVEN,
    LEGAL,
    LINKS,
    PARTICLES,
    PLACES,
    TITLES,
    TRADES,
    Token,
    cue_before,
    joins,
)


def lower_names(tokens: list[Token], *, all_lower: bool) -> Iterator[NameSpan]:
    """Names among words without capitals (`all_lower`: among all words), in order."""
    index, person_end = 0, -2
    while index < len(tokens):
        span = _person(tokens, index, all_lower) or _company(tokens, index, all_lower, person_end)
        if span is None:
            index += 1
            continue
        yield span
        if span.kind == "person":
            person_end = span.last
        index = span.last + 1


def _person(tokens: list[Token], index: int, all_lower: bool) -> NameSpan | None:
    token, cue = tokens[index], cue_before(tokens, index)
    if not all_lower and token.capital:
        return None
    titled = token.low in TITLES and index + 1 < len(tokens) and _is_free(tokens[index + 1])
    known = token.low in GIVEN and token.low not in AMBIGUOUS
    announced = cue == "person" or (cue == "any" and token.is_given)
    if not (titled or (known and (all_lower or announced)) or (token.is_given and announced)):
        return _stranger(tokens, index, cue)
    last = _surname_end(tokens, index)
    return (
        None
        if _is_noun_of_company(tokens, last) and not announced
        else NameSpan("person", index, last, 0.75 if last > index else 0.7)
    )


def _stranger(tokens: list[Token], index: int, cue: str) -> NameSpan | None:
    """ "met rajesh patel from acme": unknown words are a name only between a cue and a link or an end."""
    if cue != "person" or not _is_free(tokens[index]) or len(tokens[index].low) < 3:
        return None
    last = _surname_end(tokens, index)
    after = tokens[last + 1] if last + 1 < len(tokens) else None
    if after is not None and after.low not in LINKS and after.gap in (" ", ""):
        return None
    return NameSpan("person", index, last, 0.6)


def _surname_end(tokens: list[Token], index: int) -> int:
    last = index
    limit = index + (3 if tokens[index].low in TITLES else 2)
    while last + 1 < len(tokens) and last + 1 < limit and joins(tokens[last], tokens[last + 1]):
        after = tokens[last + 1]
        if after.low in PARTICLES and last + 2 < len(tokens) and _is_free(tokens[last + 2]):
            limit += 1
        elif not _is_free(after) or (after.low in GIVEN and tokens[last + 1].gap != " "):
            break
        last += 1
    return last


def _is_free(token: Token) -> bool:
    """A word that could be a surname: nothing known, or a given name."""
    return token.low.replace("'", "").replace("-", "").isalpha() and (
        token.is_given
        or not (token.is_word_of_its_own or token.low in TRADES or token.low in LEGAL or token.low in PLACES)
    )


def _company(tokens: list[Token], index: int, all_lower: bool, person_end: int) -> NameSpan | None:
    token = tokens[index]
    linked = _is_linked(tokens, index, person_end)
    if (not all_lower and token.capital) or not (_is_free(token) or (linked and token.low in TRADES)):
        return None
    last, suffixed = _company_end(tokens, index)
    announced = cue_before(tokens, index) == "company" and all_lower
    opens = index == 0 or tokens[index - 1].low in ("the", "a") or token.gap.strip(" \t") != ""
    the_noun = opens and _is_noun_of_company(tokens, last) and all_lower
    if suffixed and tokens[last].low in LEGAL:
        return NameSpan("company", index, last, 0.8)
    if linked or announced or (the_noun and tokens[last + 1].low in ("demo", "booth", "team", "rep", "guys")):
        return NameSpan("company", index, last, 0.75 if suffixed else 0.6)
    return None


def _is_linked(tokens: list[Token], index: int, person_end: int) -> bool:
    if person_end < 0:
        return False
    return (person_end == index - 2 and tokens[index - 1].low in LINKS) or (
        person_end == index - 1 and "@" in tokens[index].gap
    )


def _company_end(tokens: list[Token], index: int) -> tuple[int, bool]:
    """The last word of the company: up to three words when a trade or legal form ends them, else one."""
    last, suffixed = index, False
    for ahead in range(index + 1, min(index + 4, len(tokens))):
        if not joins(tokens[ahead - 1], tokens[ahead]):
            break
        if tokens[ahead].low in LEGAL or tokens[ahead].low in TRADES:
            last, suffixed = ahead, True
        elif not _is_free(tokens[ahead]):
            break
    return last, suffixed


def _is_noun_of_company(tokens: list[Token], last: int) -> bool:
    return last + 1 < len(tokens) and tokens[last + 1].gap == " " and tokens[last + 1].low in COMPANY_NOUNS
