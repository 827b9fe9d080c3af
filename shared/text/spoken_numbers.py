"""Telephone numbers that were dictated ("seven two zero five five five oh one four six") or typed digit by digit."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ONE_DIGIT = "zero one two three four five six seven eight nine"
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ONES = {word: str(value) for value, word in enumerate(_ONE_DIGIT.split())} | {"oh": "0", "o": "0"}
_TWO_DIGITS = {word: str(value) for value, word in enumerate(_TEENS.split(), 10)}
_TWO_DIGITS |= {word: str(10 * value) for value, word in enumerate(_TENS.split(), 2)}
_TIMES = {"double": 2, "triple": 3}
_WORDS = "|".join([*_ONES, *_TWO_DIGITS, *_TIMES, "hundred"])
_WORD = re.compile(rf"(?:{_WORDS}|\d{{1,4}})(?![\w])", re.I)
_RUN = re.compile(rf"(?<![\w$€£#.,/-])(?:(?:{_WORDS}|\d{{1,4}})(?!\w)(?:[\s,.–-]{{1,2}}|$|(?=\W))){{4,24}}", re.I)
_LENGTHS = (7, 10, 11)


@dataclass(frozen=True, slots=True)
class SpokenNumber:
    start: int
    end: int
    digits: str


def spoken_numbers(text: str) -> Iterator[SpokenNumber]:
    """Runs of words and digits that make a number of 10 digits, of 11 with the country's 1, or of 7 without an area."""
    for run in _RUN.finditer(text):
        words = list(_WORD.finditer(text, run.start(), run.end()))
        found = _longest(words)
        if found is not None:
            yield found


def _longest(words: list[re.Match[str]]) -> SpokenNumber | None:
    spoken = any(word[0].isalpha() for word in words)
    if not spoken and any(len(word[0]) > 1 for word in words):
        return None
    lowered = [word[0].lower() for word in words]
    for first in range(len(words)):
        digits = _digits(lowered[first:])
        if len(digits) < _LENGTHS[0]:
            break
        if len(digits) in _LENGTHS[0 if spoken else 1 :] and _is_dialled(digits):
            return SpokenNumber(words[first].start(), words[-1].end(), digits)
    return None


def _is_dialled(digits: str) -> bool:
    return digits[0] == "1" if len(digits) == 11 else digits[0] not in "01"


def _digits(words: list[str]) -> str:
    """ "nine seventy two" is 972, "eight hundred" 800, "double five" 55."""
    found, times, tens = "", 1, False
    for word in words:
        if word in _TIMES:
            times = _TIMES[word]
            continue
        if word == "hundred":
            found, tens = found + "00", False
            continue
        one = _ONES.get(word)
        if tens and one and one != "0":
            found, tens = found[:-1] + one, False
            continue
        found += (one or _TWO_DIGITS.get(word, word)) * times
        times, tens = 1, word in _TENS.split()
    return found
