"""What is known of a word, looked up in a file of fingerprints that `make train` builds."""

import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

SPEECH = ("", "noun", "nouns", "proper", "verb", "verbs", "past", "ing", "adjective", "adverb", "preposition", "determiner",
          "pronoun", "possessive", "question", "conjunction", "number", "interjection", "modal")  # fmt: skip
_FILE = "words.bin"
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss", "ð": "d", "þ": "th", "’": "'"}
)


class Kind(NamedTuple):
    """`given` and `family` 0 to 3: how much of a name; `common` 0 to 7: how often written; `speech` an index of SPEECH."""

    given: int = 0
    family: int = 0
    common: int = 0
    speech: int = 0
    place: int = 0
    brand: int = 0


_BITS = (2, 2, 3, 5, 2, 1)
UNKNOWN = Kind()


def fold_word(low: str) -> str:
    """ "josé" is looked up as "jose", "søren" as "soren"; `low` is in lower case."""
    if low.isascii():
        return low
    plain = unicodedata.normalize("NFKD", low.translate(_LETTERS))
    return "".join(char for char in plain if not unicodedata.combining(char)) or low


class WordKinds:
    """Sorted 32-bit fingerprints of words, and a code beside each: a word in 50,000 is taken for another, which costs little."""

    def __init__(self, prints: "array[int]", codes: "array[int]") -> None:
        self._prints, self._codes = prints, codes

    @classmethod
    def of(cls, table: Mapping[str, tuple[int, ...]]) -> "WordKinds":
        by_print = {crc32(word.encode()): _packed(kind) for word, kind in sorted(table.items())}
        ordered = sorted(by_print.items())
        return cls(array("I", (one for one, _ in ordered)), array("H", (code for _, code in ordered)))

    @classmethod
    def load(cls) -> "WordKinds":
        raw = files("shared.text.lexicon").joinpath(_FILE).read_bytes()
        count = len(raw) // 6
        return cls(array("I", raw[: 4 * count]), array("H", raw[4 * count :]))

    def save(self) -> None:
        Path(str(files("shared.text.lexicon").joinpath(_FILE))).write_bytes(
            self._prints.tobytes() + self._codes.tobytes()
        )

    def of_word(self, folded: str) -> Kind:
        wanted = crc32(folded.encode())
        at = bisect_left(self._prints, wanted)
        if at == len(self._prints) or self._prints[at] != wanted:
            return UNKNOWN
        return _unpacked(self._codes[at])


@cache
def word_kinds() -> WordKinds:
    """Read on first use."""
    return WordKinds.load()


def _packed(kind: tuple[int, ...]) -> int:
    code = 0
    for value, bits in zip(kind, _BITS, strict=True):
        code = code << bits | value
    return code


@cache
def _unpacked(code: int) -> Kind:
    values = []
    for bits in reversed(_BITS):
        values.append(code & ((1 << bits) - 1))
        code >>= bits
    return Kind(*reversed(values))
