"""Draws people, companies and towns that nobody has: of all languages, of all shapes, the same for the same seed."""

import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from benchmarks.texts.gazetteers import printed_names, town_names
from shared.text import lexicon

SHAPES = Path(__file__).with_name("name_shapes.txt")
_SLOT = re.compile(r"\{(\w)\}")
_WEIGHT = re.compile(r"(\d+) (.+)")
_LARGE = ("24", "36", "100", "360", "365", "911", "2000")
_NUMBERS = ("1", "2", "3", "4", "5", "7", "10", "21", "24", "36", "100", "360", "365", "911")


class Draws:
    """`ordinary`: nouns and adjectives, of which some surnames and many companies are made."""

    def __init__(self, seed: int, ordinary: Sequence[str]) -> None:
        self.random = random.Random(seed)
        told = lexicon.load("names")
        self._short = [word for word in ordinary if len(word) < 6]
        self._given, self._family = printed_names()
        self._usual = [word.capitalize() for word in sorted(lexicon.words(told["given"]))]
        self._double = [word.capitalize() for word in sorted(lexicon.words(told["given_ambiguous"]))]
        self._towns, self._cities, self._ordinary = town_names(), town_names(large=True), ordinary
        self._brands = [brand.title() if len(brand) > 3 else brand.upper() for brand in lexicon.load("brands")["brand"]]
        self._slots: dict[str, Callable[[], str]] = {
            "w": self._company_word, "t": lambda: self._of("trade"), "l": self.family, "f": self.given, "p": self.town,
            "x": self._ordinary_word, "c": self._two_in_one, "m": self._made_up, "a": self._capitals, "i": self._capital,
            "b": lambda: self.random.choice(self._brands), "d": lambda: self.random.choice(_NUMBERS),
            "e": lambda: self.random.choice(_LARGE), "k": lambda: self.given() if self.chance(0.5) else self._ordinary_word(),
            "h": lambda: self._of("hotels"), "u": lambda: self._of("airports"), "j": lambda: self._of("house_numbers"),
            "q": lambda: self._of("compass"), "o": lambda: self._of("road_names"), "r": lambda: self._of("roads"),
            "g": lambda: self._of("ordinals"), "z": self._compound,
        }  # fmt: skip

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def person(self) -> str:
        return self._filled("person")

    def company(self) -> str:
        return self._filled("house" if self.chance(0.22) else "shop")

    def venue(self) -> str:
        return self._filled("venue")

    def street(self) -> str:
        return self._filled("street")

    def thing(self) -> str:
        return self.random.choice(self._ordinary)

    def public_body(self) -> str:
        return self._filled("public")

    def town(self) -> str:
        return self.random.choice(self._cities if self.chance(0.5) else self._towns)

    def given(self) -> str:
        draw = self.random.random()
        return self._typed(
            self.random.choice(self._usual if draw < 0.42 else self._double if draw < 0.54 else self._given)
        )

    def family(self) -> str:
        draw = self.random.random()
        if draw < 0.05:
            return self._typed(f"{self.random.choice(self._family)}-{self.random.choice(self._family)}")
        return self._ordinary_word() if draw < 0.14 else self._typed(self.random.choice(self._family))

    def _typed(self, name: str) -> str:
        """Without its accents, as often as people leave them out."""
        if name.isascii() or self.chance(0.5):
            return name
        bare = unicodedata.normalize("NFKD", name)
        return "".join(char for char in bare if not unicodedata.combining(char))

    def _filled(self, section: str) -> str:
        return _SLOT.sub(lambda slot: self._slots[slot[1]](), self._of(section))

    def _of(self, section: str) -> str:
        return self.random.choice(_entries(section))

    def _company_word(self) -> str:
        return self._of("first") if self.chance(0.7) else self._ordinary_word()

    def _ordinary_word(self) -> str:
        return self.random.choice(self._ordinary).capitalize()

    def _two_in_one(self) -> str:
        first, draw = self._of("camel"), self.random.random()
        if draw < 0.35:
            return first + self._of("tail")
        second = self._of("camel") if self.chance(0.7) else self._ordinary_word()
        return first + (second if draw < 0.7 else second.lower())

    def _compound(self) -> str:
        """ "Ridgetop", "Stonegate"."""
        first = self._of("first") if self.chance(0.5) else self.random.choice(self._short).capitalize()
        return first + self.random.choice(self._short)

    def _made_up(self) -> str:
        return "".join(self._of("syllable") for _ in range(self.random.choice((2, 2, 3)))).capitalize()

    def _capitals(self) -> str:
        if self.chance(0.3):
            return f"{self._capital()}&{self._capital()}"
        return "".join(self._capital() for _ in range(self.random.choice((2, 3, 3, 4))))

    def _capital(self) -> str:
        return self.random.choice("ABCDEFGHIJKLMNOPRSTVW")


@cache
def _entries(section: str) -> tuple[str, ...]:
    """Each as often as its weight says; sections of words alone are split."""
    lines = lexicon.sections_of(SHAPES.read_text())[section]
    if not any("{" in line for line in lines):
        return tuple(word for line in lines for word in line.split())
    found: list[str] = []
    for line in lines:
        weighed = _WEIGHT.fullmatch(line)
        found += [weighed[2]] * int(weighed[1]) if weighed else [line]
    return tuple(found)
