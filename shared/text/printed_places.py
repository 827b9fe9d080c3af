"""Places that show by their form: "booth 412", "hall B", "main stage", "1420 Linden Ave", "Route 9", "the Hyatt"."""

import re
from collections.abc import Iterator

from shared.text import lexicon
from shared.text.plain import Place, lowered, overlaps

_LEXICON = lexicon.load("places")


def _one_of(section: str) -> str:
    return "|".join(word.replace("_", " ") for line in _LEXICON[section] for word in re.split(r"(?<!\\) ", line))


_BEGINS_CODE = r"(?:(?<=\s)|(?=#)|(?=\d))(?:#\s?)?"
_ENDS_CODE = r"(?![\w'’])(?!-\w|\.\d|:\d|\s(?:stalls|spots|cars|spaces|units|doors|people|ppl|seats)\b)"
_CODE = rf"{_BEGINS_CODE}(?:[a-z]{{1,2}}-?\d{{1,4}}[a-z]?|\d{{1,4}}-?[a-z]?|[b-hj-z]|a(?=\W*$|[.,;:!?)\n])){_ENDS_CODE}"
_SPOT = re.compile(
    rf"(?<![\w#-])(?:(?:outdoor|indoor|parking|north|south|east|west|expo)\s)?(?:{_one_of('numbered')})\s?{_CODE}"
    rf"(?:,?\s(?:row|seat|table|bay)\s{_CODE}){{0,2}}|(?<!\w)row\s{_CODE}\s(?:seat|table)\s{_CODE}"
)
_ROAD = re.compile(rf"(?<![\w-])(?:(?:{_one_of('addressed')})\s|i-|us-)\d{{1,4}}[a-z]?(?![\w-])")
_HOUSE = r"\d{1,5}[a-z]?\s(?:(?:[nsew]|north|south|east|west|nw|ne|sw|se)\.?\s)?"
_NAME = r"[a-z0-9][\w'’.]{0,24}\s"
_STREET = rf"(?:{_one_of('street')})\b"
_ADDRESS = re.compile(
    rf"(?<![\w$€£#.,/-]){_HOUSE}(?:{_NAME}){{1,3}}?(?:{_STREET}|(?:{_one_of('street_or_word')})\b)(?!\s?\d)(?![\w'’])"
)
_ROADSIDE = re.compile(rf"(?<![\w'’])(?:(?:north|south|east|west|n|s|e|w)\.?\s)?{_NAME}{_STREET}(?![\w'’])")
_NAMED = re.compile(rf"(?<![\w'’])(?:{'|'.join(_LEXICON['named'])})(?![\w'’])")
_ROOM = re.compile(r"(?<=\bthe )(?:[A-Z][\w'’]+ ){1,2}(?:Room|Ballroom|Pavilion|Terrace|Theater|Auditorium|Lounge)\b")
_SAINT = re.compile(r"\.? [A-Z]")
_ALONG = re.compile(r"\b(?:on|off|at|along|widen|of)\s$")
_HOTEL = re.compile(rf"(?<=\b(?:at|to|by|in|of) the )(?:{_one_of('hotel')})(?![\w'’])")
_NO_ROOM = frozenset(lexicon.words(_LEXICON["no_name_of_a_room"]))
_FIRST_WORD = re.compile(r"[\w'’.]+")
_NUMBER = re.compile(r"\d{1,5}")
_UNITS = re.compile(
    r"\d+[a-z]?\s(?:x\d|days?|weeks?|wks?|hours?|hrs?|min|months?|men|guys|trucks|sq|sf|ft|feet|units|am|pm|to|on|in|at|of)\b"
)


def printed_places(text: str) -> Iterator[Place]:
    """In no order, none over another."""
    low, found = lowered(text), list[Place]()
    for span in _candidates(text, low):
        if not overlaps(*span, found):
            found.append(span)
            yield span


def _candidates(text: str, low: str) -> Iterator[Place]:
    for pattern in (_SPOT, _ROAD):
        yield from (match.span() for match in pattern.finditer(low))
    yield from (match.span() for match in _ROOM.finditer(text))
    for match in _NAMED.finditer(low):
        if _first_word(match[0]) not in _NO_ROOM:
            yield match.span()
    yield from (match.span() for match in _HOTEL.finditer(low))
    for match in _ADDRESS.finditer(low):
        if not _UNITS.match(match[0]):
            yield match.span()
    for match in _ROADSIDE.finditer(low):
        if _names_a_street(text, low, match):
            yield match.span()


def _names_a_street(text: str, low: str, match: re.Match[str]) -> bool:
    """ "Alder St" does, "the street" and "down the road" do not; in lower case it must follow "on", "off", "at" or "along"."""
    if _first_word(match[0]) in _NO_ROOM:
        return False
    if match[0].endswith(" st") and _SAINT.match(text, match.end()):
        return False
    return text[match.start()].isupper() or _ALONG.search(low, max(0, match.start() - 8), match.start()) is not None


def _first_word(words: str) -> str:
    found = _FIRST_WORD.match(words)
    return found[0] if found else ""
