"""Numbers in words, as dictation writes them: "two thirty" is 2:30, "twenty first" is 21st."""

from collections.abc import Sequence

from shared.text import lexicon

_NUMBERS, _ORDINALS = (
    {word: int(value) for value, word in (line.split(" = ") for line in lexicon.load("dates")[section])}
    for section in ("numbers", "ordinals")
)
_TENS = frozenset(word for word, value in _NUMBERS.items() if value >= 20)
NUMBER_WORDS = frozenset((*_NUMBERS, *_ORDINALS, "oh"))
_LARGE = frozenset(("hundred", "thousand", "grand", "million", "k"))
_HOUR_BEFORE = frozenset(
    ("at", "by", "until", "til", "till", "before", "b4", "after", "around", "half", "past", "to", "from")
)
_HOUR_AFTER = frozenset(("pm", "am", "o'clock", "oclock", "ish", "p", "a"))


def number_in_digits(words: Sequence[str], before: str, after: str) -> str | None:
    """Words that stand together, in digits; None where they are no single number, day or hour ("five five five oh one")."""
    if after in _LARGE or (words == ["one"] and before not in _HOUR_BEFORE and after not in _HOUR_AFTER):
        return None
    read = _parts(words)
    if read is None or (len(words) > 1 and (before.isdigit() or after.isdigit())):
        return None
    day = [f"{value}{_suffix(value)}" for value, nth in read if nth]
    if day:
        clock = _clock([value for value, _ in read[1:]])
        return f"{day[0]} {clock}".strip() if read[0][1] and len(day) == 1 and clock is not None else None
    values = [value for value, _ in read]
    return _clock(values)


def _clock(values: list[int]) -> str | None:
    match values:
        case []:
            return ""
        case [value]:
            return str(value)
        case [20, year] if 20 <= year < 60:
            return str(2000 + year)
        case [hour, minute] if 1 <= hour <= 12 and minute >= 10 and minute % 5 == 0:
            return f"{hour}:{minute}"
        case [hour, 0, minute] if 1 <= hour <= 12 and 1 <= minute <= 9:
            return f"{hour}:0{minute}"
    return None


def _parts(words: Sequence[str]) -> list[tuple[int, bool]] | None:
    """Values, and whether each is an ordinal; "twenty" and "two" make one."""
    parts: list[tuple[int, bool]] = []
    tens = False
    for word in words:
        value, nth = (_ORDINALS[word], True) if word in _ORDINALS else (_NUMBERS.get(word, 0), False)
        if tens and 0 < value < 10:
            parts[-1] = (parts[-1][0] + value, nth)
        else:
            parts.append((value, nth))
        tens = word in _TENS
    return parts if len(parts) <= 3 and words[0] != "oh" else None


def _suffix(day: int) -> str:
    return "th" if 10 < day % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
