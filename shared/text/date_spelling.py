"""Brings the words of dates to one spelling: typos, short forms, other languages, numbers in words."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import combinations, pairwise

from shared.text import lexicon
from shared.text.calendar_words import WEEKDAY
from shared.text.number_words import NUMBER_WORDS, number_in_digits
from shared.text.plain import Place

_LEXICON = lexicon.load("dates")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*")
_LONGEST_TYPO, _SHORTEST_TYPO = 13, 5


@dataclass(frozen=True, slots=True)
class Spelled:
    """`low` in plain words, and for each of its characters where in the original it begins and ends."""

    low: str
    starts: list[int]
    ends: list[int]

    def place(self, start: int, end: int) -> Place:
        while self.low[start] == " " and start < end - 1:
            start += 1
        while self.low[end - 1] == " " and start < end - 1:
            end -= 1
        return self.starts[start], self.ends[end - 1]


def spelled(low: str) -> Spelled:
    """The lower-case text with what `_pieces` finds put in place."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    reached = 0
    for start, end, plain in [*_pieces(low), (len(low), len(low), "")]:
        parts += low[reached:start].replace("’", "'"), plain
        starts += [*range(reached, start), *([start] * len(plain))]
        ends += [*range(reached + 1, start + 1), *([end] * len(plain))]
        reached = end
    return Spelled("".join(parts), starts, ends)


def _pieces(low: str) -> list[tuple[int, int, str]]:
    """What to read in place of low[start:end]."""
    matches = list(_WORD.finditer(low))
    words = [_folded(match[0]) for match in matches]
    joined = [False] + [low[a.end() : b.start()] in (" ", "-") for a, b in pairwise(matches)]
    pieces: list[tuple[int, int, str]] = []
    index = 0
    while index < len(words):
        count, plain = _phrase(words, joined, index)
        if plain is None and words[index] in NUMBER_WORDS:
            count, plain = _number(words, joined, index)
        if plain is None:
            plain = _short_day(words, index, low[matches[index].end() : matches[index].end() + 20])
        if plain is None:
            plain = _month(words, index) or _near(words[index])
        if plain is not None:
            start, end = matches[index].start(), matches[index + count - 1].end()
            # The dot of "thurs. 3pm" ends no sentence.
            end += plain in WEEKDAY and end - start < len(plain) and low[end : end + 2] == ". "
            pieces.append((start, end, plain))
        index += count
    return pieces


def _phrase(words: list[str], joined: list[bool], index: int) -> tuple[int, str | None]:
    for phrase, plain in _PHRASES.get(words[index], ()):
        count = len(phrase)
        if tuple(words[index : index + count]) == phrase and all(joined[index + 1 : index + count]):
            return count, plain
    return 1, None


def _number(words: list[str], joined: list[bool], index: int) -> tuple[int, str | None]:
    end = index + 1
    while end < len(words) and joined[end] and words[end] in NUMBER_WORDS:
        end += 1
    run, before = words[index:end], words[index - 1] if index else ""
    return len(run), number_in_digits(run, before, words[end] if end < len(words) else "")


def _short_day(words: list[str], index: int, behind: str) -> str | None:
    """ "sat" is Saturday where a day can stand: "sat 10am", "by sat", at the end; not in "sat down", "I sat"."""
    day, before = _SHORT_DAYS.get(words[index]), words[index - 1] if index else ""
    if day is None or before in _NOT_BEFORE_DAY:
        return None
    return day if before in _BEFORE_DAY or _BEHIND_DAY.match(behind) else None


def _month(words: list[str], index: int) -> str | None:
    """ "5 mai", "15 de mayo"."""
    month, before = _MONTHS.get(words[index]), index - 1
    if month is not None and before > 0 and words[before] in ("de", "of"):
        before -= 1
    return month if month is not None and before >= 0 and words[before].isdigit() else None


def _near(word: str) -> str | None:
    """The name that a mistyped long word stands for."""
    if not _SHORTEST_TYPO <= len(word) <= _LONGEST_TYPO or word in _NEVER or word in _NAMES or word[0] not in _INITIALS:
        return None
    if word[-1] == "s" and word[:-1] in _NAMES:
        return None
    name = next((_NEAR[less] for less in (word, *_less(word, 1)) if less in _NEAR), None)
    return name if name is not None and name[0] == word[0] else None


def _less(word: str, count: int) -> list[str]:
    """The word with letters left out: two words that share such a rest are an edit or two apart."""
    kept = combinations(range(len(word)), len(word) - count)
    return ["".join(word[index] for index in indices) for indices in kept]


def _folded(word: str) -> str:
    word = word.replace("’", "'")
    if word.isascii():
        return word
    return "".join(char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char))


def _table(section: str) -> dict[str, str]:
    return dict(line.split(" = ", 1) for line in _LEXICON[section])


def _phrases() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """By first word, the longest first."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for written, plain in _table("reads_as").items():
        words = tuple(written.split())
        found.setdefault(words[0], []).append((words, plain))
    return {first: sorted(phrases, key=lambda one: -len(one[0])) for first, phrases in found.items()}


def _near_names() -> dict[str, str]:
    near: dict[str, str] = {}
    for section, most in (("near_by_two", 2), ("near_by_one", 1)):
        for name in lexicon.words(_LEXICON[section]):
            near |= {rest: name for count in range(1, most + 1) for rest in _less(name, count)}
            near[name] = name
    return near


_PHRASES = _phrases()
_MONTHS = _table("month_after_day")
_SHORT_DAYS = _table("short_day")
_BEFORE_DAY = lexicon.words(_LEXICON["short_day_cue"])
_NOT_BEFORE_DAY = lexicon.words(_LEXICON["short_day_not_after"])
_BEHIND_DAY = lexicon.any_of(_LEXICON["short_day_then"])
_NAMES = lexicon.words((*_LEXICON["near_by_two"], *_LEXICON["near_by_one"]))
_NEVER = lexicon.words(_LEXICON["not_near"])
_NEAR = _near_names()
_INITIALS = frozenset(name[0] for name in _NAMES)
