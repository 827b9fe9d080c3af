"""Whom an introduction is written to, and of whom it tells."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_BETWEEN = re.compile(r"\bbetween\s+(?P<one>.+?)\s+(?:and|&)\s+(?P<other>.+)$", re.IGNORECASE)
_INTRODUCE = re.compile(
    r"\b(?:introduc(?:e|es|ed|ing)|intro|connect)\s+(?P<one>.+?)\s+(?:to|with|w/|and|&)\s+(?P<other>.+)$", re.IGNORECASE
)
_US = re.compile(r"(?:me|us|myself|ourselves|my (?:company|crew|team)|our (?:company|crew|team))", re.IGNORECASE)
_NOBODY = re.compile(
    r"(?:him|her|them|he|she|they|it|(?:an?\s+)?(?:e-?mail|mail|note|message|letter|call|text))", re.IGNORECASE
)
_NAME_END = re.compile(r"\s+(?:at|from|of|re|about|regarding|by|for|on|via)\s|\s*[,(;:]|\s+-\s", re.IGNORECASE)


@dataclass(frozen=True)
class Parties:
    """`introduced` is told of to `to`; without, it is the contractor who is introduced."""

    to: str | None
    introduced: str | None = None


def parties_of(title: str, person: str | None) -> Parties:
    """ "Introduce Sara Lopez to Mike Chen" is written to Sara Lopez, of Mike Chen. `person` is whom the promise is about."""
    found = _BETWEEN.search(title) or _INTRODUCE.search(title)
    if found is None:
        return Parties(person)
    one, other = found["one"].strip(" .!"), found["other"].strip(" .!")
    if _US.fullmatch(one):
        return Parties(_name(other))
    if _NOBODY.fullmatch(one):
        return Parties(person)
    return Parties(_name(one), None if _US.fullmatch(other) or _NOBODY.fullmatch(other) else other)


def _name(words: str) -> str:
    name = _NAME_END.split(words, maxsplit=1)[0].strip()
    return name[4:] if name.lower().startswith("the ") else name


def address_of(
    name: str | None, named: Sequence[str], noted: Sequence[str], known: Iterable[tuple[str | None, str]]
) -> str | None:
    """An address of `name` itself: `known` by name, else one of a note that tells whose it is; never somebody else's."""
    if not name:
        return None
    for other, address in known:
        if other and other.casefold() == name.casefold():
            return address
    words = [word for word in re.split(r"\W+", name.casefold()) if len(word) > 2]
    theirs = [address for address in noted if any(word in address.casefold().partition("@")[0] for word in words)]
    if len(theirs) == 1:
        return theirs[0]
    is_alone = len(noted) == 1 and [each.casefold() for each in named] == [name.casefold()]
    return noted[0] if is_alone else None
