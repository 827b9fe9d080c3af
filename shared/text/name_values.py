"""Names as they are stored: titles apart, letters as a card would print them."""

from dataclasses import dataclass

from nameparser import HumanName

from shared.text.tokens import LEGAL, TOPICS

_MAX_NAME = 120
_LEGAL_FORMS = {"inc": "Inc", "corp": "Corp", "co": "Co", "ltd": "Ltd", "limited": "Limited", "company": "Company"}


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
    """ "dr. john smith" is "John Smith", "MARIA DE LA CRUZ" is "Maria de la Cruz", "Mr. Smith" stays with its title."""
    human = HumanName(" ".join(printed[:_MAX_NAME].split()))
    if printed.islower() or printed.isupper():
        human.capitalize(force=True)
    parts = [human.first, human.middle, human.last, human.suffix]
    if not (human.first and human.last) and human.title:
        parts.insert(0, human.title)
    return " ".join(part for part in parts if part) or printed


def company_value(printed: str) -> str:
    """ "acme roofing llc" is "Acme Roofing LLC"; what has capitals already is kept."""
    words = printed[:_MAX_NAME].split()
    if any(word[0].isupper() for word in words) and not (printed.isupper() and len(words) > 1):
        return " ".join(words)
    return " ".join(_company_word(word.lower()) for word in words)


def _company_word(word: str) -> str:
    bare = word.rstrip(".")
    if bare in _LEGAL_FORMS:
        return _LEGAL_FORMS[bare]
    return word.upper() if bare in LEGAL or bare in TOPICS else word[:1].upper() + word[1:]
