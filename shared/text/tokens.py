"""Words of a text with their places, and what the lexicon knows of each."""

import re
from dataclasses import dataclass
from unicodedata import combining, normalize

from shared.text import lexicon

_LEXICON = lexicon.load("names")
GIVEN = lexicon.words(_LEXICON["given"])
AMBIGUOUS = lexicon.words(_LEXICON["given_ambiguous"])
TITLES = lexicon.words(_LEXICON["title"])
PARTICLES = lexicon.words(_LEXICON["particle"])
LEGAL = lexicon.words(_LEXICON["legal"])
TRADES = lexicon.words(_LEXICON["trade"])
PLACES = lexicon.words(_LEXICON["place"])
TOPICS = lexicon.words(_LEXICON["topic"])
CALENDAR = lexicon.words(_LEXICON["day_or_month"])
COMMON = lexicon.words(_LEXICON["common"]) - GIVEN
COMPANY_NOUNS = lexicon.words(_LEXICON["company_noun"])
LINKS = lexicon.words(_LEXICON["link"])
CUES = {
    **dict.fromkeys(_LEXICON["cue_origin"], "origin"),
    **dict.fromkeys(_LEXICON["cue_any"], "any"),
    **dict.fromkeys(_LEXICON["cue_company"], "company"),
    **dict.fromkeys(_LEXICON["cue_person"], "person"),
}
_LONGEST_CUE = max(len(cue.split()) for cue in CUES)
_SKIPPED_BEFORE_NAME = frozenset(("the", "a", "an", "my", "our", "his", "her", "new", "mr", "mrs", "ms", "dr"))
_WORD = re.compile(r"[^\W_]+(?:['’&-][^\W_]+)*")
_JOINS = re.compile(r"\.? |-| ?& ?")
MAX_WORDS = 500


@dataclass(frozen=True, slots=True)
class Token:
    """A word; `gap` is what stands between it and the word before; a possessive 's is left out."""

    start: int
    end: int
    text: str
    low: str
    capital: bool
    gap: str
    possessive: bool

    @property
    def is_given(self) -> bool:
        return self.low in GIVEN or self.low in AMBIGUOUS

    @property
    def is_word_of_its_own(self) -> bool:
        """Known to be something else than a name."""
        return (
            self.low in COMMON
            or self.low in TOPICS
            or self.low in CALENDAR
            or self.low in LINKS
            or not self.low[0].isalpha()
        )


def tokenise(text: str, masked: list[tuple[int, int]]) -> list[Token]:
    """The words outside the masked spans; what is masked parts the words around it."""
    tokens: list[Token] = []
    behind = 0
    spans = iter(sorted(masked))
    span = next(spans, None)
    for match in _WORD.finditer(text):
        while span is not None and span[1] <= match.start():
            span = next(spans, None)
        if span is not None and span[0] < match.end():
            continue
        tokens.append(_token(match, text[behind : match.start()]))
        behind = tokens[-1].end
        if len(tokens) == MAX_WORDS:
            break
    return tokens


def joins(before: Token, token: Token) -> bool:
    """Whether two words can belong to one name: a space between, or a dot after an initial or a title."""
    if before.possessive or len(token.gap) > 3 or not _JOINS.fullmatch(token.gap):
        return False
    if token.gap.startswith("."):
        return len(before.text) == 1 or before.low in TITLES | LEGAL
    return "&" not in token.gap or not (before.is_given and token.is_given)


def cue_before(tokens: list[Token], index: int) -> str:
    """What the words before `index` announce: person, company, any, origin, or nothing."""
    end = index
    while end and tokens[end].gap in (" ", ". ") and tokens[end - 1].low in _SKIPPED_BEFORE_NAME:
        end -= 1
    words: list[str] = []
    best = ""
    for back in range(end - 1, max(end - 1 - _LONGEST_CUE, -1), -1):
        if tokens[back + 1].gap not in (" ", ": ", " - ", "  ", "/ ") if back + 1 < len(tokens) else False:
            break
        words.insert(0, tokens[back].low)
        best = CUES.get(" ".join(words), best)
    return best


def _token(match: re.Match[str], gap: str) -> Token:
    start, end, text = match.start(), match.end(), match[0]
    possessive = text[-2:] in ("'s", "’s", "'S", "’S") and len(text) > 2
    if possessive:
        end, text = end - 2, text[:-2]
    return Token(start, end, text, _folded(text), any(char.isupper() for char in text), gap, possessive)


def _folded(word: str) -> str:
    """ "José" is looked up as "jose"."""
    low = word.lower().replace("’", "'")
    return low if low.isascii() else "".join(char for char in normalize("NFKD", low) if not combining(char)) or low
