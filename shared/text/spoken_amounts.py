"""Amounts in words: "thirty five", "twelve hundred", "a hundred and fifty", "two and a half", "half a million"."""

from decimal import Decimal

_ONES = "zero one two three four five six seven eight nine"
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {word: value for value, word in enumerate(f"{_ONES} {_TEENS}".split())}
_SMALL |= {word: 10 * value for value, word in enumerate(_TENS.split(), 2)} | {"couple": 2, "few": 3}
_LARGE = {"hundred": 100, "thousand": 1_000, "million": 1_000_000}
_FILLING = ("a", "an", "and", "of")
_WORD = "|".join([*_SMALL, *_LARGE, "an?", "half"])
AMOUNT_IN_WORDS = rf"(?:{_WORD})(?:[ -](?:and |of )?(?:{_WORD})){{0,7}}"
"""In lower case."""


def amount_in_words(words: str) -> Decimal | None:
    """None where the words are no one number ("one two")."""
    total, current, last = Decimal(0), Decimal(0), ""
    for word in [one for one in words.replace("-", " ").split() if one not in _FILLING]:
        if not _goes_on(last, word):
            return None
        if word in ("thousand", "million"):
            total, current = total + (current or 1) * _LARGE[word], Decimal(0)
        elif word == "hundred":
            current = (current or Decimal(1)) * 100
        else:
            current += Decimal("0.5") if word == "half" else _SMALL[word]
        last = word
    return total + current if last else Decimal(1)


def _goes_on(last: str, word: str) -> bool:
    """ "thirty five", "hundred five", "two and a half"."""
    return (
        not last
        or last in _LARGE
        or word in _LARGE
        or word == "half"
        or (last in _TENS.split() and word in _ONES.split()[1:])
    )
