"""Names as they are stored: titles apart, letters as a card would print them."""

from dataclasses import dataclass

from nameparser import HumanName

from shared.text.tokens import LEGAL, TOPICS

_MAX_NAME = 120
_LEGAL_FORMS = {"inc": "Inc", "corp": "Corp", "co": "Co", "ltd": "Ltd", "limited": "Limited", "company": "Company"}
_SMALL = frozenset(("of", "and", "the", "de", "del", "la", "for", "by", "at", "on"))


@dataclass(frozen=True, slots=True)
class NameParts:
    first: str
    middle: str
    last: str
    title: str
    suffix: str


def split_name(name: str) -> NameParts:
    """A person's name in its parts."""
    human = HumanName(name[:_MAX_NAME])
    return NameParts(human.first, human.middle, human.last, human.title, human.suffix)


def person_value(printed: str) -> str:
    """ "john smith" is "John Smith", "MARIA DE LA CRUZ" is "Maria de la Cruz", "Ernesto 'Neto' Garza" has no nickname."""
    words = printed[:_MAX_NAME].split()
    if all(word.isalpha() and word[0].isupper() and not word.isupper() for word in words):
        return " ".join(words)  # as on a card already, and parting names takes its time
    human = HumanName(" ".join(words))
    if printed.islower() or (printed.isupper() and len(printed) > 2):
        human.capitalize(force=True)
    parts = [human.title, human.first, human.middle, human.last, human.suffix]
    return " ".join(part for part in parts if part) or printed


def company_value(printed: str) -> str:
    """ "acme roofing llc" is "Acme Roofing LLC"; what has capitals already is kept."""
    words = printed[:_MAX_NAME].split()
    if any(word[0].isupper() for word in words) and not (printed.isupper() and len(words) > 1):
        return " ".join(words)
    return " ".join(_company_word(word.lower(), begins=at == 0) for at, word in enumerate(words))


def _company_word(word: str, *, begins: bool) -> str:
    bare = word.rstrip(".")
    if bare in _SMALL and not begins:
        return word
    if bare in _LEGAL_FORMS:
        return _LEGAL_FORMS[bare]
    return word.upper() if bare in LEGAL or bare in TOPICS else word[:1].upper() + word[1:]
