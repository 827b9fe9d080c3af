"""The words that name a time of day; `lexicon/times.txt` has the patterns."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import time

from shared.text import lexicon
from shared.text.plain import overlaps

MAX_FOUND = 40
_LEXICON = lexicon.load("times")
_COUNTS = lexicon.words(_LEXICON["counts"])
_PART_TIMES = {name: time.fromisoformat(at) for name, at in (line.split(" = ") for line in _LEXICON["part_times"])}
_EVENINGS = frozenset(("afternoon", "evening", "night", "pm"))
_DINNER_BEFORE = re.compile(r"\b(?:dinner|supper|drinks|beers|cocktails)\b[^.,;!?\n]*$")
_DINNER_AFTER = re.compile(r"[^.,;!?\n]{0,14}\b(?:dinner|supper|drinks|beers|cocktails)\b")
_SHIFTS = {
    "half": 30,
    "media": 30,
    "cuarto": 15,
    "quarter past": 15,
    "quarter after": 15,
    "quarter to": -15,
    "quarter until": -15,
}


@dataclass(frozen=True, slots=True)
class TimePhrase:
    """A time of day. `alone`: it can stand without a day; `part` is "morning" or the like; `open_half`: neither am nor pm is
    said; `bare`: a number that only a day directly beside it makes an hour; `closing`: the end of business, never tomorrow's."""

    start: int
    end: int
    at: time
    fuzzy: bool
    alone: bool
    part: str = ""
    open_half: bool = False
    bare: bool = False
    closing: bool = False


def times_in(low: str) -> list[TimePhrase]:
    """Times of day of a spelled text, in order."""
    found: list[TimePhrase] = []
    spans: list[tuple[int, int]] = []
    for one in _all_times(low):
        if not overlaps(one.start, one.end, spans):
            found.append(one)
            spans.append((one.start, one.end))
        if len(found) == MAX_FOUND:
            break
    return sorted(found, key=lambda one: one.start)


def in_part(moment: TimePhrase, part: str) -> time:
    """ "7 tonight" is 19:00, "6 in the morning" 06:00."""
    hour = moment.at.hour
    if moment.open_half and part in ("morning", "am") and hour > 12:
        return moment.at.replace(hour=hour - 12)
    return moment.at.replace(hour=hour + 12) if moment.open_half and part in _EVENINGS and hour < 12 else moment.at


def _all_times(low: str) -> Iterator[TimePhrase]:
    has_digits = _DIGIT.search(low) is not None
    for pattern, meaning in _RULES if has_digits else _RULES_OF_WORDS:
        for match in pattern.finditer(low):
            found = meaning(match)
            if found is not None:
                yield found


def _closing(match: re.Match[str]) -> TimePhrase:
    return TimePhrase(*match.span(), time(17), fuzzy=True, alone=True, closing=True)


def _clock(match: re.Match[str], alone: bool = True, bare: bool = False) -> TimePhrase | None:
    """ "3p" is a time with minutes, after "at" or beside a day; otherwise it is a booth."""
    groups = match.groupdict()
    half, short = groups.get("half") or groups.get("half2"), groups.get("short")
    hour, minute = int(groups["hour"]), int(groups.get("minute") or 0)
    alone = alone and not (short and not groups.get("minute") and not groups.get("at"))
    said = half or short
    if groups.get("half2") and not groups.get("half"):
        half = said = _half_of_range(match, hour)
    if said:
        at = time(hour % 12 + (12 if said == "p" else 0), minute)
    else:
        written = match.group("hour")
        at = time(hour + (12 if 1 <= hour <= 6 and not written.startswith("0") else 0), minute)
        if 7 <= at.hour < 12 and _is_dinner(match):
            at = at.replace(hour=at.hour + 12)
    shift = groups.get("shift")
    if shift:
        at = _shifted(at, shift)
    open_half = not said and hour < 13
    return TimePhrase(*match.span(), at, fuzzy=open_half, alone=alone, open_half=open_half, bare=bare)


def _is_dinner(match: re.Match[str]) -> bool:
    low = match.string
    before = low[max(0, match.start() - 40) : match.start()]
    return _DINNER_BEFORE.search(before) is not None or _DINNER_AFTER.match(low, match.end()) is not None


def _half_of_range(match: re.Match[str], hour: int) -> str:
    """ "2-4pm" begins at 14:00, "11-1pm" at 11:00, "9-5pm" at 09:00."""
    half = match["half2"]
    last = int(re.findall(r"\d+", match[0])[-1 if ":" not in match[0].rsplit("-")[-1] else -2])
    other = "a" if half == "p" else "p"
    return other if hour % 12 > last % 12 else half


def _shifted(at: time, shift: str) -> time:
    """ "Half 2" is 14:30; before the hour, the hour before."""
    minutes = _SHIFTS.get(shift.removesuffix(" past") if shift.startswith("half") else shift)
    if minutes is None:
        count, side = shift.split()
        minutes = int(count) * (-1 if side == "to" else 1)
    total = (at.hour * 60 + at.minute + minutes) % (24 * 60)
    return time(total // 60, total % 60)


def _named(match: re.Match[str]) -> TimePhrase:
    return TimePhrase(*match.span(), _PART_TIMES[match["name"]], fuzzy=False, alone=True)


def _first_thing(match: re.Match[str]) -> TimePhrase:
    return TimePhrase(*match.span(), _PART_TIMES["morning"], fuzzy=True, alone=True, part="morning")


def _beside(match: re.Match[str]) -> TimePhrase | None:
    return _clock(match, alone=False)


def _bare(match: re.Match[str]) -> TimePhrase | None:
    found = _clock(match, alone=False, bare=True)
    if found is None or (match["before"] or "").strip() in _COUNTS:
        return None
    return TimePhrase(match.start("hour"), match.end(), found.at, fuzzy=True, alone=False, open_half=True, bare=True)


def _part(match: re.Match[str]) -> TimePhrase:
    name = match.groupdict().get("name") or "morning"
    return TimePhrase(*match.span(), _PART_TIMES[name], fuzzy=True, alone=False, part=name)


_MEANINGS: dict[str, Callable[[re.Match[str]], TimePhrase | None]] = {
    "closing": _closing,
    "clock": _clock,
    "named": _named,
    "first_thing": _first_thing,
    "beside_clock": _beside,
    "part": _part,
    "bare": _bare,
}
_RULES = [
    (lexicon.any_of((line,), _LEXICON["macro"]), meaning)
    for name, meaning in _MEANINGS.items()
    for line in _LEXICON[name]
]
_RULES_OF_WORDS = [(pattern, meaning) for pattern, meaning in _RULES if "<hour>" not in pattern.pattern]
_DIGIT = re.compile(r"\d")
