"""Makes more examples of names out of marked texts and of frames: other names in them, and other ways to write."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.texts.name_draws import Draws
from shared.text.printed_places import printed_places

FRAMES = Path(__file__).with_name("name_frames.txt")
Span = tuple[str, int, int]
"""`name`, `company` or `place`, start and end."""
_SLOT = re.compile(r"\{(n|f|nn|l|c|g|p|v|s|x|X|ph|em)\}")
_KINDS = {
    "n": "name",
    "f": "name",
    "nn": "name",
    "l": "name",
    "c": "company",
    "g": "company",
    "p": "place",
    "v": "place",
    "s": "place",
}
_PHONES = ("214-555-0123", "(303) 555-0142", "6025550117", "+1 720 555 0188")
_TITLED = ("mr", "mrs", "ms", "dr", "prof", " the")


@dataclass(frozen=True)
class Marked:
    """A text and where its people and companies stand; `forgotten`: words that shall be as if unknown."""

    text: str
    spans: tuple[Span, ...]
    forgotten: frozenset[str] = frozenset()


def frames() -> list[str]:
    lines = FRAMES.read_text().splitlines()
    return [line.replace("\\n", "\n") for line in lines if line.strip() and not line.startswith("#")]


def filled(frame: str, draws: Draws) -> Marked:
    """The frame with its slots drawn."""
    parts = [
        (slot.start(), slot.end(), _KINDS.get(slot[1], ""), _drawn(slot[1], draws)) for slot in _SLOT.finditer(frame)
    ]
    return _written(frame, parts, draws)


def swapped(text: str, spans: Iterable[Span], draws: Draws) -> Marked:
    """The text with other people, companies and towns, most of them."""
    shouting = sum(char.isupper() for char in text) > 0.6 * sum(char.isalpha() for char in text)
    parts = []
    for kind, start, end in spans:
        old = text[start:end]
        new = old if draws.chance(0.12) else _other(kind, old, text[max(0, start - 6) : start].lower(), draws)
        if new != old:
            new = new.lower() if old.islower() else new.upper() if shouting else new
        parts.append((start, end, kind, new))
    return _written(text, parts, draws)


def rewritten(text: str, spans: Sequence[Span], draws: Draws) -> Marked:
    """The same text as somebody in a hurry writes it."""
    draw = draws.random.random()
    if draw < 0.4:
        written = text
    elif draw < 0.72:
        written = _each(text, str.lower)
    elif draw < 0.82:
        written = _each(text, str.upper)
    elif draw < 0.86:
        written = re.sub(r"(?<![\w'’@.])[a-z]", lambda found: found[0].upper(), text)
    elif draw < 0.94:
        written = re.sub(r"(^|[.!?\n]\s*)([a-z])", lambda found: found[1] + found[2].upper(), _each(text, str.lower))
    else:
        written = "".join(_each(part, str.lower) if inside else part for part, inside in _parts(text, spans))
    if draws.chance(0.15):
        written = _misspelled(written, spans, draws)
    if draws.chance(0.12):
        return _without(written, spans, ",.!?;:" if draws.chance(0.5) else ",")
    return Marked(written, tuple(spans))


def _written(text: str, parts: Iterable[tuple[int, int, str, str]], draws: Draws) -> Marked:
    built, reached = "", 0
    spans: list[Span] = []
    forgotten: set[str] = set()
    for start, end, kind, new in parts:
        built += text[reached:start]
        if kind:
            spans.append((kind, len(built), len(built) + len(new)))
            if draws.chance(0.06 if kind == "place" else 0.22):
                forgotten |= {word.lower() for word in re.split(r"[^\w'’-]+", new)}
        built += new
        reached = end
    marked = rewritten(built + text[reached:], _with_printed_places(built + text[reached:], spans), draws)
    return Marked(marked.text, marked.spans, frozenset(forgotten))


def _with_printed_places(text: str, spans: Sequence[Span]) -> list[Span]:
    """What shows by its form is marked wherever it stands, as it is in the corpus."""
    found = [("place", *place) for place in printed_places(text)]
    free = [one for one in found if not any(start < one[2] and one[1] < end for _, start, end in spans)]
    return sorted([*spans, *free], key=lambda span: span[1])


def _drawn(slot: str, draws: Draws) -> str:
    match slot:
        case "n":
            return draws.person()
        case "f":
            return draws.given()
        case "nn":
            return f"{draws.given()} {draws.family()}"
        case "l":
            return draws.family()
        case "c":
            return draws.company()
        case "p":
            return draws.town()
        case "g":
            return draws.public_body()
        case "x":
            return draws.thing()
        case "X":
            return draws.thing().capitalize()
        case "v":
            return draws.venue()
        case "s":
            return draws.street()
        case "ph":
            return draws.random.choice(_PHONES)
        case _:
            return f"{draws.given().lower()}@example.com" if draws.chance(0.5) else "office@shop.example"


def _other(kind: str, old: str, before: str, draws: Draws) -> str:
    if kind == "company":
        return draws.company()
    if kind == "place":
        return draws.town() if old.isalpha() else old
    if before.rstrip(". ").endswith(_TITLED):
        return draws.family()
    return draws.given() if " " not in old and draws.chance(0.7) else draws.person()


def _misspelled(text: str, spans: Sequence[Span], draws: Draws) -> str:
    """A word or two outside the names with letters lost, doubled or in the wrong order; no longer than before."""
    words = [
        word
        for word in re.finditer(r"(?<![\w@./])[a-z]{4,}(?![\w@./])", text)
        if not any(start < word.end() and word.start() < end for _, start, end in spans)
    ]
    for word in draws.random.sample(words, min(len(words), 2)):
        at = draws.random.randrange(word.start() + 1, word.end() - 1)
        pair = draws.random.choice((text[at + 1] + text[at], text[at] * 2, "aeiou"[at % 5] + text[at + 1]))
        text = text[:at] + pair + text[at + 2 :]
    return text


def _without(text: str, spans: Sequence[Span], marks: str) -> Marked:
    """Marks behind words gone, outside of names."""
    kept, places = "", []
    for at, char in enumerate(text):
        places.append(len(kept))
        inside = any(start <= at < end for _, start, end in spans)
        if inside or char not in marks or text[at + 1 : at + 2] not in (" ", "\n", ""):
            kept += char
    places.append(len(kept))
    return Marked(kept, tuple((kind, places[start], places[end]) for kind, start, end in spans))


def _each(text: str, change: Callable[[str], str]) -> str:
    return "".join(change(char) if len(change(char)) == 1 else char for char in text)


def _parts(text: str, spans: Iterable[Span]) -> Iterator[tuple[str, bool]]:
    reached = 0
    for _, start, end in sorted(spans, key=lambda span: span[1]):
        yield text[reached:start], False
        yield text[start:end], True
        reached = end
    yield text[reached:], False
