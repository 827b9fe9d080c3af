"""Which of the things asked about a clause names: by number, or by words of its label."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared.text.dates import FoundDate
from shared.text.reply_clauses import Intent
from shared.text.tokens import CALENDAR, COMMON, LEGAL

_NUMBER = re.compile(
    r"(?<![\w/:.$-])#?(\d{1,2})(?![\w/-]|:\d|\.\d| ?(?:am|pm|days?|weeks?|hours?|hrs?|minutes?|mins?|months?|%))"
)
_POSITION = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}
_ORDINAL = re.compile(r"\bthe (first|second|third|fourth|last)(?: one| thing)?\b(?! (?:week|month|time|day))")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_WEAK = frozenset(("follow", "demo", "call", "email", "prepare", "send", "with", "the", "tools", "tool", "introduce"))

_OBJECTS = frozenset(("demo", "tool", "tools", "introduction", "intro", "quote"))


@dataclass(frozen=True, slots=True)
class ReplyOption:
    """Something a reply may choose or be about. `label`: "Follow up with John Smith" or "Not yet"; `answer`: what choosing
    it says, where it is an answer rather than a promise."""

    number: int
    label: str
    answer: Intent | None = None


def numbers_in(low: str, options: Sequence[ReplyOption], dates: list[FoundDate], offset: int) -> tuple[int, ...]:
    """Option numbers written as digits or as "the second one"; digits of dates are none."""
    known = {option.number for option in options}
    taken = [(one.start - offset, one.end - offset) for one in dates]
    found = [
        int(match[1])
        for match in _NUMBER.finditer(low)
        if int(match[1]) in known and not any(start <= match.start(1) < end for start, end in taken)
    ]
    places = [_POSITION[match[1]] for match in _ORDINAL.finditer(low)]
    subjects = [option.number for option in options if option.answer is None]
    found += [subjects[place] for place in places if -1 <= place < len(subjects) and subjects]
    return tuple(dict.fromkeys(found))


def options_named(low: str, options: Sequence[ReplyOption]) -> tuple[int, ...]:
    """Options whose label shares its telling words (names first) with the clause."""
    words = {_bare(word) for word in _WORD.findall(low)}
    found = [option.number for option in options if option.answer is None and words & _telling(option.label, options)]
    return tuple(found)


def without_subjects(low: str, options: Sequence[ReplyOption]) -> str:
    """The clause without numbers and the words that name options: "AI tools done" says "done"."""
    named = {word for option in options if option.answer is None for word in _WORD.findall(option.label.lower())}
    kept = [
        word
        for word in low.split()
        if _bare(word.strip(".,:;()#")) not in named and not word.strip(".,:;()#").isdigit()
    ]
    return " ".join(kept)


def _telling(label: str, options: Sequence[ReplyOption]) -> set[str]:
    """Words of a label that no other label has and that are no everyday words."""
    others = {
        _bare(word) for option in options if option.label != label for word in _WORD.findall(option.label.lower())
    }
    words = {_bare(word) for word in _WORD.findall(label.lower())}
    strong = {
        word for word in words - others - _WEAK if word not in COMMON and word not in CALENDAR and word not in LEGAL
    }
    return {word for word in strong if len(word) > 1} | ((words & _OBJECTS) - others)


def _bare(word: str) -> str:
    return word.removesuffix("'s")
