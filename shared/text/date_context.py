"""What around a phrase says that it names no day to come: opening hours, the past, how long something takes, sizes."""

import re
from collections.abc import Iterable

from shared.text import lexicon
from shared.text.plain import Place

_LEXICON = lexicon.load("dates")
_MACROS = _LEXICON["macro"]
_NONE = [lexicon.any_of((line,), _MACROS) for line in (*_LEXICON["opening_hours"], *_LEXICON["not_days"])]
_PAST, _PAST_TODAY = (
    re.compile(rf"\b(?:{verbs})\b(?! (?:to|for|by)\b)(?P<between>[^.;!?\n,]*)$")
    for verbs in (_LEXICON["past_before"][0], f"{_LEXICON['past_before'][0]}|{_LEXICON['past_today'][0]}")
)
_FUTURE = re.compile(
    rf"(?<![\w']){lexicon.any_of(tuple(map(re.escape, ' '.join(_LEXICON['future_between']).split()))).pattern}\b"
)
_COMING = re.compile(r"(?:\b(?:will|gonna|going to)|'ll) (?:[\w']+ ){0,6}$")
_PAST_AFTER = lexicon.any_of(_LEXICON["past_after"], _MACROS)
_PERFORMS = lexicon.any_of(_LEXICON["performs"], _MACROS)
_MEASURE = lexicon.any_of(_LEXICON["measure_after"], _MACROS)
_DATE_BEFORE = lexicon.any_of(tuple(f"(?:{line})" for line in _LEXICON["date_before"]), _MACROS)
_TIMED_AFTER = lexicon.any_of(_LEXICON["timed_after"], _MACROS)
_NUMBER_BEFORE = lexicon.any_of(_LEXICON["number_before"])
_TIME_BEHIND = lexicon.any_of(_LEXICON["time_behind"])
_CLAUSE = 80
_PARTS = re.compile(r"[.;!?\n,]| (?:and|but|so|then|or) ")


def no_days_in(low: str, recurring: Iterable[Place]) -> list[Place]:
    """Places of the text where nothing is a day or a time to come, with the time behind them: "mondays at 9"."""
    places = [*recurring, *(match.span() for pattern in _NONE for match in pattern.finditer(low))]
    behind = ((start, end, _TIME_BEHIND.match(low, end)) for start, end in places)
    return [(start, end if time is None else time.end()) for start, end, time in behind]


def is_past(low: str, start: int, end: int, *, today: bool) -> bool:
    """ "met on monday", "shipped today", "so today I met"; what is wanted, promised or due after the verb is not past."""
    clause = _PARTS.split(low[max(0, start - _CLAUSE) : start])[-1]
    said = (_PAST_TODAY if today else _PAST).search(clause)
    if said is not None and not _FUTURE.search(said["between"]) and not _COMING.search(clause[: said.start()]):
        return True
    return _PAST_AFTER.match(low, end) is not None


def is_duration(low: str, start: int) -> bool:
    """ "they wrap a transit in a day"."""
    return _PERFORMS.search(low[max(0, start - 60) : start]) is not None


def is_measure(low: str, start: int, end: int) -> bool:
    """ "1/2 inch", "booth 12/3"."""
    return _MEASURE.match(low, end) is not None or _NUMBER_BEFORE.search(low[max(0, start - 20) : start]) is not None


def is_surely_a_date(low: str, start: int, end: int) -> bool:
    """ "by 3/4", "3/4 at noon"."""
    return _DATE_BEFORE.search(low[max(0, start - 20) : start]) is not None or _TIMED_AFTER.match(low, end) is not None
