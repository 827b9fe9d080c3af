"""Builds shared/text/lexicon/words.bin, what is known of words: name, surname, how ordinary, part of speech, place, brand."""

import importlib
import math
import pkgutil
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import faker.providers.person
import names
import symspellpy
import textblob
from phonenumbers.geodata import GEOCODE_DATA
from phonenumbers.geodata.locale import LOCALE_DATA
from phonenumbers.tzdata import TIMEZONE_DATA

from shared.text import lexicon
from shared.text.word_kinds import SPEECH, WordKinds, fold_word, word_kinds

_LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ'’-]{2,}")
_COUNTS = "frequency_dictionary_en_82_765.txt"
_ENGLISH_AND_NEAR = ("1", "44", "353", "52")  # calling codes
_TOWN = re.compile(r"[A-Z][A-Za-zÀ-ÿ'. -]{2,30}")
_LARGE = 12
_LANDS = ("England", "Scotland", "Wales", "Ireland", "USA", "Washington")
_GIVEN_LISTS = (
    "first_names",
    "first_names_male",
    "first_names_female",
    "first_names_nonbinary",
    "first_romanized_names",
)
_FAMILY_LISTS = ("last_names", "last_names_male", "last_names_female", "last_romanized_names")
_TAGS = {"NN": "noun", "NNS": "nouns", "NNP": "proper", "NNPS": "proper", "VB": "verb", "VBP": "verb", "VBD": "past",
         "VBN": "past", "VBG": "ing", "VBZ": "verbs", "JJ": "adjective", "JJR": "adjective", "JJS": "adjective", "RB": "adverb",
         "RBR": "adverb", "IN": "preposition", "TO": "preposition", "RP": "adverb", "DT": "determiner", "PDT": "determiner",
         "PRP": "pronoun", "PRP$": "possessive", "WP": "question", "WRB": "question", "WDT": "question", "CC": "conjunction",
         "CD": "number", "UH": "interjection", "MD": "modal", "EX": "pronoun"}  # fmt: skip


def build() -> None:
    """The same packages give the same file."""
    WordKinds.of(_table()).save()
    word_kinds.cache_clear()


def _table() -> dict[str, tuple[int, int, int, int, int, int]]:
    given, family, common = given_levels(), family_levels(), _commonness()
    speech, places = _speech(), _places()
    brands = {fold_word(brand.lower()) for brand in lexicon.load("brands")["brand"]}
    everyday = {fold_word(word) for word in lexicon.words(lexicon.load("names")["everyday"])}
    common |= {word: max(common.get(word, 0), 6) for word in everyday}
    given = {word: level for word, level in given.items() if word not in everyday}
    words = {*given, *family, *common, *places, *brands}
    return {
        word: (
            given.get(word, 0),
            family.get(word, 0),
            common.get(word, 0),
            SPEECH.index(speech.get(word, "")),
            places.get(word, 0),
            int(word in brands),
        )
        for word in sorted(words)
    }


def given_levels() -> dict[str, int]:
    """3: a name one meets every week, 2: of some language, 1: rare."""
    levels: dict[str, int] = dict.fromkeys(_faker(_GIVEN_LISTS), 2)
    for file in ("dist.female.first", "dist.male.first"):
        for word, share, rank in _census(file):
            levels[word] = max(levels.get(word, 0), 3 if share >= 0.005 and rank <= 900 else 1)
    told = lexicon.load("names")
    return (
        levels
        | dict.fromkeys(lexicon.words(told["given"]), 3)
        | dict.fromkeys(lexicon.words(told["given_ambiguous"]), 3)
    )


def family_levels() -> dict[str, int]:
    levels = dict.fromkeys(_faker(_FAMILY_LISTS), 2)
    for word, _, rank in _census("dist.all.last"):
        levels[word] = max(levels.get(word, 0), 3 if rank <= 1500 else 2 if rank <= 15_000 else 1)
    return levels


def printed_names() -> tuple[list[str], list[str]]:
    """Given and family names as they are printed, of all languages in Latin letters."""
    return sorted(set(_printed(_GIVEN_LISTS))), sorted(set(_printed(_FAMILY_LISTS)))


def town_names(large: bool = False) -> list[str]:
    return sorted(town for town, prefixes in _towns().items() if prefixes >= _LARGE or not large)


def ordinary_words() -> list[str]:
    """Nouns and adjectives that are written now and then: what surnames and companies are made of as well."""
    lines = _text(symspellpy, _COUNTS).splitlines()[200:9_000]
    kinds, wanted = word_kinds(), (SPEECH.index("noun"), SPEECH.index("adjective"))
    words = (line.split()[0] for line in lines)
    return [word for word in words if len(word) > 2 and kinds.of_word(word).speech in wanted]


def _faker(lists: Iterable[str]) -> set[str]:
    return {fold_word(part.lower()) for name in _printed(lists) for part in re.split(r"[ ]", name) if len(part) > 1}


def _printed(lists: Iterable[str]) -> Iterator[str]:
    for module in sorted(pkgutil.iter_modules(faker.providers.person.__path__), key=lambda one: one.name):
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for name in lists:
            listed = getattr(provider, name, None)
            if isinstance(listed, dict | tuple | list | set | frozenset):
                yield from (
                    word for word in listed if isinstance(word, str) and all(map(_LATIN.fullmatch, word.split()))
                )


def _census(file: str) -> Iterator[tuple[str, float, int]]:
    for line in _text(names, file).splitlines():
        word, share, _, rank = line.split()
        yield word.lower(), float(share), int(rank)


def _commonness() -> dict[str, int]:
    """1 to 7 by how often a word is written."""
    counts = (line.split() for line in _text(symspellpy, _COUNTS).splitlines())
    return {word: min(7, max(1, round((math.log10(int(count)) - 3.5) / 0.95))) for word, count in counts}


def _speech() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _text(textblob, "en/en-lexicon.txt").splitlines():
        word, _, tags = line.partition(" ")
        kind = _TAGS.get(tags.split(" ")[0])
        if kind and word and not line.startswith(";;;"):
            if word.islower():
                found[word] = kind
            elif kind == "proper":
                found.setdefault(fold_word(word.lower()), kind)
    return found


def _places() -> dict[str, int]:
    """2: states, countries, large cities; 1: towns. Words parted by spaces stay together."""
    towns, areas = _towns(), {area for prefix, area in _areas() if len(prefix) == 4 and "," not in area}
    large = [town for town, prefixes in towns.items() if prefixes >= _LARGE]
    zones = sorted({zone for zones in TIMEZONE_DATA.values() for zone in zones if "/" in zone})
    capitals = [zone.rpartition("/")[2].replace("_", " ") for zone in zones]
    levels = dict.fromkeys(towns, 1) | dict.fromkeys([*large, *capitals, *_lands(), *areas], 2)
    return {fold_word(name.lower()): level for name, level in levels.items()}


@cache
def _towns() -> dict[str, int]:
    """Towns with telephone prefixes of their own, and how many these are: a town's size."""
    found: dict[str, int] = {}
    for prefix, area in _areas():
        if not (prefix[0] == "1" and len(prefix) == 4):
            for town in area.split("/"):
                name = town.split(", ")[0].strip()
                if _TOWN.fullmatch(name):
                    found[name] = found.get(name, 0) + 1
    return found


def _areas() -> Iterator[tuple[str, str]]:
    for prefix, named in GEOCODE_DATA.items():
        if prefix.startswith(_ENGLISH_AND_NEAR) and "en" in named:
            yield prefix, named["en"]


def _lands() -> list[str]:
    told = (
        named[named["en"].removeprefix("*")] if named["en"][0] == "*" else named["en"] for named in LOCALE_DATA.values()
    )
    return [*_LANDS, *told]


def _text(package: ModuleType, file: str) -> str:
    return (Path(str(package.__file__)).parent / file).read_text(encoding="utf-8-sig")
