"""The clauses of a turn, and the few of them that say something by their form alone."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from shared.text import lexicon
from shared.text.plain import Place, overlaps

MAX_CLAUSES, LONGEST_UNDO = 12, 7

_LEXICON = lexicon.load("turns")
YES, NO, EVERY, REST, EXCEPT, UNDO, ALSO, SAYS_CLOSED, STATUS, SOON = (
    re.compile(rf"(?<!\w)(?:{lexicon.any_of(_LEXICON[title]).pattern})(?!\w)")
    for title in ("yes", "no", "every", "rest", "except", "undo", "also", "says_closed", "status", "soon")
)
_NOT_OVER, _NOT_DROPPED = (
    re.compile(rf"(?<!\w)(?:{lexicon.any_of(_LEXICON[title], _LEXICON['not_over_macros']).pattern})(?!\w)")
    for title in ("not_over", "not_dropped")
)
_PLAIN: tuple[Literal["done", "not_done", "cancel", "defer"], ...] = ("done", "not_done", "cancel", "defer")
_SO_MANY_WORDS = {intent: lexicon.any_of(_LEXICON[intent]) for intent in _PLAIN}
_DAY_GLUE = lexicon.words(_LEXICON["day_glue"])
_PARTING = re.compile(
    r"(?P<strong>(?<!\bmr)(?<!\bmrs)(?<!\bdr)(?<!\bms)(?<!\bno)(?<!\d)[.](?!\w)|[!?;\n]+|(?<=[a-z]{4})\.(?=[a-z]{3}))"
    r"|(?P<number>(?<=\d)\.(?=\s+[a-z]))"
    r"|(?P<weak>,| [-–—]{1,3} | (?:and|but|also|though|however|then|plus|y|pero|btw|oh|while|whereas) (?=\w)| & (?=\D))"
)
_ORDINAL = r"(?:the )?(?:first|second|third|fourth|last) (?:one|1)\b"
_NUMBER_AHEAD = re.compile(
    rf"(?<=[^\W\d]) (?=(?:#|no\.? ?|number )?\d{{1,2}}\b[.):]?\s*(?:is |was |- )?[a-z]|{_ORDINAL})"
)
_ANSWERED = r"(?:yes|yep|yup|no|nope|done|not yet)"
_PAIR = re.compile(rf"(?<=\w )(?P<one>{_ANSWERED}) (?=(?!{_ANSWERED})(?:[\w']+ ){{1,2}}{_ANSWERED}\b)")
_LEADING_NUMBER = re.compile(rf"^\W*(?:(?:#|no\.? ?|number )?\d{{1,2}}\b|{_ORDINAL})")
_OWN_NUMBER = re.compile(r"(?:#|no\.? ?|number )?\d{1,2}(?!\w|[:.]\d)[.):]?\s*(?:is |are |was |- |= )?(?=[a-z])")
_EDGES = " \t\r\n,.;:-–—()\"'*"
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


@dataclass(frozen=True, slots=True)
class Clause:
    """`apart`: a sentence ends before it, or it begins with "also"."""

    start: int
    end: int
    low: str
    apart: bool


def clauses_of(low: str, taken: Sequence[Place] = ()) -> list[Clause]:
    """Up to 12 clauses of a lower-case text, in order; the last holds what is left. None parts a place that is `taken`."""
    found: list[Clause] = []
    led = False
    for start, end, apart in _spans(low, taken):
        clause = _trimmed(low, start, end, apart or led)
        if clause is None:
            continue
        led = ALSO.fullmatch(clause.low) is not None
        if led:
            continue
        if len(found) == MAX_CLAUSES:
            last = found.pop()
            clause = Clause(last.start, clause.end, low[last.start : clause.end], last.apart)
        found.append(clause)
    return found


def _spans(low: str, taken: Sequence[Place]) -> Iterator[tuple[int, int, bool]]:
    numbered = _LEADING_NUMBER.match(low) is not None
    start, apart = 0, True
    for match in _PARTING.finditer(low):
        if overlaps(*match.span(), taken) or (numbered and match["number"]):
            continue
        yield from _numbered(low, start, match.start(), apart, numbered, taken)
        said_nothing = not low[start : match.start()].strip(_EDGES)
        start = match.end()
        apart = match["weak"] is None or "also" in match[0] or "btw" in match[0] or (apart and said_nothing)
    yield from _numbered(low, start, len(low), apart, numbered, taken)


def _numbered(
    low: str, start: int, end: int, apart: bool, numbered: bool, taken: Sequence[Place]
) -> Iterator[tuple[int, int, bool]]:
    """ "1 done 2 not yet": a text that begins with a number begins a clause at each; "Dana yes Luis no" has two."""
    for match in _NUMBER_AHEAD.finditer(low, start, end) if numbered else _PAIR.finditer(low, start, end):
        if not overlaps(match.start(), match.end() + 1, taken):
            yield start, match.end(), apart
            start, apart = match.end(), False
    yield start, end, apart


def _trimmed(low: str, start: int, end: int, apart: bool) -> Clause | None:
    while start < end and low[start] in _EDGES:
        start += 1
    while end > start and low[end - 1] in _EDGES:
        end -= 1
    if start == end:
        return None
    return Clause(start, end, low[start:end], apart or ALSO.match(low[start:end]) is not None)


def says_closed(low: str) -> bool:
    return SAYS_CLOSED.search(low) is not None


def may_go_on(intent: str, low: str) -> bool:
    """Whether words of an end may tell of none: "if he calls it's done", "is it done?", "don't drop Ann"."""
    pattern = {"done": _NOT_OVER, "cancel": _NOT_DROPPED}.get(intent)
    return pattern is not None and (pattern.search(low) is not None or low.rstrip(" )!\"'").endswith("?"))


def is_yes(words: str) -> bool:
    return YES.fullmatch(words.strip(" .,!?:-")) is not None


def is_no(words: str) -> bool:
    return NO.fullmatch(words.strip(" .,!?:-")) is not None


def in_so_many_words(words: str) -> Literal["done", "not_done", "cancel", "defer"] | None:
    """done, not_done, cancel or defer, where a part says that and no more."""
    bare = words.strip(" .,!?:-")
    return next((intent for intent, pattern in _SO_MANY_WORDS.items() if pattern.fullmatch(bare)), None)


def asks_whether_done(words: str) -> bool:
    return STATUS.match(words) is not None


def will_be_done(words: str) -> bool:
    return SOON.fullmatch(words) is not None


def is_undo(words: str) -> bool:
    return words.count(" ") < LONGEST_UNDO and UNDO.fullmatch(words.strip(" .,!?:-")) is not None


def without_number(words: str) -> int:
    """Where a clause begins behind its number: "#1: done" says done."""
    number = _OWN_NUMBER.match(words)
    return number.end() if number else 0


def is_all_but(words: str) -> bool:
    """ "everything but", when what is excepted is gone."""
    return EXCEPT.search(words) is not None and not EVERY.sub("", EXCEPT.sub("", words)).strip(" .,!")


def is_only_day(low: str, places: Sequence[Place], names: Collection[str]) -> bool:
    """Whether nothing is said but a day (at one of `places`) and whom or what it is for."""
    left, reached = "", 0
    for start, end in sorted(places):
        left, reached = left + low[reached:start] + " ", max(reached, end)
    left += low[reached:]
    return bool(places) and all(word in _DAY_GLUE or word in names or word.isdigit() for word in _WORD.findall(left))
