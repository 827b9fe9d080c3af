"""The pieces of a text that the name model labels: words, numbers, marks, and one piece for each number or address."""

import re
from dataclasses import dataclass

from shared.text import lexicon
from shared.text.reachable import Reachable
from shared.text.word_kinds import UNKNOWN, Kind, fold_word, word_kinds

MAX_PIECES = 400
PHONE, EMAIL, LINK, INITIAL = "<phone>", "<email>", "<link>", "I."
SHORT = ".short"
_PIECE = re.compile(
    r"(?P<email>(?<![\w.-])[\w.-]{1,40}(?: dot [\w-]+){0,2} at [\w-]+(?: dot [\w-]+){1,3}\b)"
    r"|(?P<link>\b(?:https?://|www\.)\S*[\w/]"
    r"|(?<![\w.-])[\w-]{1,40}(?:\.[\w-]{1,40}){0,4}\.(?:example|com|org|net|io)\b(?:/\S*)?)"
    r"|(?P<initial>\b[^\W\d_]\.(?= ?[^\W\d_]))"
    r"|['’][sS]\b|[^\W\d_]+(?:(?:['’](?![sS]\b)|[&-])(?=[^\W\d_])[^\W\d_]+)*|\d+|[^\w\s]"
)
_LEXICON = lexicon.load("names")
_SECTIONS = ("link", "particle", "company_noun", "day_or_month", "trade", "house", "legal", "title")
_ROLES = {fold_word(word): section for section in _SECTIONS for word in lexicon.words(_LEXICON[section])}
_SHORTENED = lexicon.words(_LEXICON["shortened"])


@dataclass(slots=True)
class Piece:
    """`low` is what is looked up, `form` how its letters are written, `role` its section of the lexicon.

    `breaks`: a new line begins with it.
    """

    start: int
    end: int
    text: str
    low: str
    form: str
    role: str
    kind: Kind
    breaks: bool

    @property
    def is_word(self) -> bool:
        return self.form[0] in "xX"


def pieces_of(text: str, reach: Reachable) -> list[Piece]:
    """At most 400, in order."""
    masked = [(one.start, one.end, PHONE) for one in reach.phones]
    masked += [(one.start, one.end, EMAIL) for one in reach.emails] + [
        (one.start, one.end, LINK) for one in reach.links
    ]
    pieces: list[Piece] = []
    reached = 0
    for start, end, what in [*sorted(masked), (len(text), len(text), "")]:
        for match in _PIECE.finditer(text, reached, max(start, reached)):
            pieces.append(_piece(text, match, pieces))
            if len(pieces) == MAX_PIECES:
                return pieces
        if what and reached <= start and end <= len(text):
            pieces.append(Piece(start, end, text[start:end], what, what, "", UNKNOWN, _breaks(text, start, pieces)))
        reached = max(reached, end)
    return pieces[:MAX_PIECES]


def case_of(pieces: list[Piece]) -> str:
    """How the writer uses capitals: U all, L none, S only where a sentence begins, M as in print."""
    forms = [(piece.form, begins_sentence(pieces, at)) for at, piece in enumerate(pieces) if piece.is_word]
    upper = sum(form == "XX" for form, _ in forms)
    if upper > 2 and upper > 0.6 * len(forms):
        return "U"
    capitals = [begins for form, begins in forms if form in ("Xx", "XxX")]
    if not capitals:
        return "L"
    return "S" if all(capitals) else "M"


def begins_sentence(pieces: list[Piece], at: int) -> bool:
    return at == 0 or pieces[at].breaks or pieces[at - 1].text in ".!?•*:-–—"


def _piece(text: str, match: re.Match[str], before: list[Piece]) -> Piece:
    start, end, word = match.start(), match.end(), match[0]
    breaks = _breaks(text, start, before)
    if match.lastgroup:
        sign = {"email": EMAIL, "link": LINK, "initial": INITIAL}[match.lastgroup]
        return Piece(start, end, word, sign, sign, "", UNKNOWN, breaks)
    if word[0].isdigit():
        return Piece(start, end, word, "#" * min(len(word), 5), "9", "", UNKNOWN, breaks)
    if not word[0].isalpha():
        shortens = word == "." and bool(before) and before[-1].end == start and _is_short(before[-1])
        return Piece(start, end, word, SHORT if shortens else "'s" if len(word) > 1 else word, ".", "", UNKNOWN, breaks)
    low = fold_word(word.lower())
    return Piece(start, end, word, low, _form(word), _ROLES.get(low, ""), _kind(low), breaks)


def _is_short(piece: Piece) -> bool:
    return piece.role in ("legal", "title") or piece.low in _SHORTENED


def _kind(low: str) -> Kind:
    """Of a hyphened name, the most any of its parts is; of "i've", what "i" is."""
    kinds = word_kinds()
    whole = kinds.of_word(low)
    if whole != UNKNOWN:
        return whole
    if "'" in low:
        joined = kinds.of_word(low.replace("'", ""))
        return joined if joined != UNKNOWN else kinds.of_word(low.partition("'")[0])
    if "-" not in low:
        return whole
    return Kind(*map(max, zip(*(kinds.of_word(part) for part in low.split("-") if part), strict=True)))


def _form(word: str) -> str:
    """xx lower, X one capital, XX capitals, Xx capitalised, XxX mixed."""
    if word.islower():
        return "xx"
    if len(word) == 1:
        return "X"
    if word.isupper():
        return "XX"
    return "Xx" if word[0].isupper() and word[1:].islower() else "XxX"


def _breaks(text: str, start: int, before: list[Piece]) -> bool:
    return bool(before) and "\n" in text[before[-1].end : start]
