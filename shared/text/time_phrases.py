"""The words that name a time of day."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

from shared.text.calendar_words import DAY_NAMES
from shared.text.plain import overlaps


@dataclass(frozen=True, slots=True)
class TimePhrase:
    """A time of day; `alone`: it can stand without a day; `closing`: the end of business, so never tomorrow's."""

    start: int
    end: int
    at: time
    fuzzy: bool
    alone: bool
    closing: bool = False


_PARTS_OF_DAY = {
    "morning": time(9),
    "afternoon": time(14),
    "evening": time(18),
    "night": time(19),
    "lunch": time(12),
    "lunchtime": time(12),
}
_CLOSING = r"\b(?:eod|cob|end of (?:the )?(?:business )?day|close of business)\b"


def times_in(low: str) -> list[TimePhrase]:
    """Times of day of a lower-case text, in order."""
    found: list[TimePhrase] = []
    for one in _all_times(low):
        if not overlaps(one.start, one.end, [(other.start, other.end) for other in found]):
            found.append(one)
        if len(found) == 40:
            break
    return sorted(found, key=lambda one: one.start)


def _all_times(low: str) -> Iterator[TimePhrase]:
    for match in re.finditer(_CLOSING, low):
        yield TimePhrase(*match.span(), time(17), fuzzy=True, alone=True, closing=True)
    for match in re.finditer(r"(?P<at>\bat |@ ?)?\b(\d{1,2})(?::([0-5]\d))?(?: ?([ap])\.?m\b\.?|([ap])\b)", low):
        hour, half = int(match[2]), match[4] or match[5]
        # "3p" is a time after "at" or with minutes; otherwise it is a booth.
        if 1 <= hour <= 12 and (match[4] or match[3] or match["at"]):
            yield TimePhrase(*match.span(), _clock(hour, match[3], half), fuzzy=False, alone=True)
    for match in re.finditer(r"(?:\bat |@ ?)?\b([01]?\d|2[0-3]):([0-5]\d)\b(?![:\d])", low):
        yield TimePhrase(*match.span(), _clock(int(match[1]), match[2], ""), fuzzy=int(match[1]) < 13, alone=True)
    for match in re.finditer(r"\b(?:at |by )?(noon|midday|midnight)\b", low):
        at = time(23, 59) if match[1] == "midnight" else time(12)
        yield TimePhrase(*match.span(), at, fuzzy=False, alone=True)
    for match in re.finditer(r"\bat (\d{1,2})(?=$|[ ]*[,.;!?\n)]|[ ]+(?:on|today|tomorrow|tmrw|sharp)\b)", low):
        if 1 <= int(match[1]) <= 12:
            yield TimePhrase(*match.span(), _clock(int(match[1]), None, ""), fuzzy=True, alone=True)
    for match in re.finditer(r"\bat (\d{1,2})(?= (?:next |this )?" + DAY_NAMES + ")", low):
        if 1 <= int(match[1]) <= 12:
            yield TimePhrase(*match.span(), _clock(int(match[1]), None, ""), fuzzy=True, alone=True)
    for match in re.finditer(r"\b(?:in the )?(morning|afternoon|evening|night|lunchtime|lunch)\b", low):
        yield TimePhrase(*match.span(), _PARTS_OF_DAY[match[1]], fuzzy=True, alone=False)


def _clock(hour: int, minute: str | None, half: str) -> time:
    if half == "p" and hour < 12:
        hour += 12
    if half == "a" and hour == 12:
        hour = 0
    # Without am or pm a working day is meant: 3 is 15:00, 9 is 09:00.
    if not half and 1 <= hour <= 6:
        hour += 12
    return time(hour, int(minute or 0))
