"""Trains the model of what a turn wants: replies, phrases by intent, notes, priorities, wishes about texting."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zlib import crc32
from zoneinfo import ZoneInfo

from benchmarks.texts.corpus import FOLDER, NOW, ZONE, Example, read_corpus
from benchmarks.texts.train import fit
from shared.text import lexicon
from shared.text.turn_features import Around, turn_features
from shared.text.turn_model import WEIGHTS
from shared.text.turn_seen import ANSWERS, Asked, Seen, see

TARGET = Path(__file__).parents[2] / "shared" / "text" / "lexicon" / WEIGHTS
PHRASES = FOLDER / "phrases"
TURN_WEIGHT, MISTYPED_WEIGHT, WORDIER_WEIGHT, WORDIER = 3.0, 0.5, 0.7, 3
ASIDES = lexicon.sections_of((FOLDER / "asides.txt").read_text())
KNOWN: dict[str, int] = {**dict.fromkeys(ANSWERS, 6), "find": 3, "correct": 5, "why": 3, "note": 2}
"""Of ten texts of an intent, how many have words of an open promise."""
WORD = re.compile(r"[a-z]{4,}")
SENTENCE = re.compile(r"(?<=[^\W\d]{3})[.!?,;\n] | - ")


@dataclass(frozen=True)
class Row:
    """`group`: rows of one text are never on both sides of a trial; `is_turn`: whether it was written as an answer to us."""

    features: dict[int, float]
    intent: str
    group: str
    weight: float = 1.0
    is_turn: bool = False


def train() -> None:
    rows = list(all_rows())
    model = fit(
        [row.features for row in rows],
        [row.intent for row in rows],
        weights=[row.weight for row in rows],
        groups=[row.group for row in rows],
        judged=[row.is_turn for row in rows],
    )
    model.save(TARGET)


def all_rows() -> Iterator[Row]:
    for example in read_corpus("turns", "train"):
        yield from turn_rows(example)
    for file in sorted(PHRASES.glob("*.txt")):
        for line in filter(None, map(str.strip, file.read_text().splitlines())):
            phrase = line.replace("\\n", "\n")
            yield from phrase_rows(phrase, file.stem, phrase)
            if (slipped := mistyped(phrase)) != phrase:
                yield from phrase_rows(slipped, file.stem, phrase, MISTYPED_WEIGHT)
            if file.stem != "priorities":
                for at in range(1 if file.stem == "note" else WORDIER):
                    yield from drawn_rows(wordier(phrase, at), file.stem, (None, "check_in"), phrase, WORDIER_WEIGHT)
    for example in read_corpus("notes", "train"):
        yield from drawn_rows(example.text, "note", (None, "check_in", "priorities"))
        if (first := SENTENCE.split(example.text)[0]) != example.text and len(first.split()) > 3:
            yield from drawn_rows(first, "note", (None, "check_in"))
    for example in read_corpus("priorities", "train"):
        yield from drawn_rows(example.text, "priorities", ("priorities",))
    for example in read_corpus("consent", "train"):
        if example.labels["wish"]:
            yield from drawn_rows(example.text, example.labels["wish"], (example.labels["question"],))


def turn_rows(example: Example) -> Iterator[Row]:
    """One that says several things is not one of any intent."""
    if len({part["intent"] for part in example.labels["parts"]}) > 1:
        return
    told = example.labels["question"]
    asked = Asked(told["kind"], items=tuple(told.get("asks", ()))) if told else None
    seen = see(example.text, dict(enumerate(example.labels["items"], 1)), asked, example.now, example.zone)
    yield Row(seen.features(0, len(seen.text), False), example.labels["intent"], example.text, TURN_WEIGHT, True)


def mistyped(phrase: str) -> str:
    """With two letters of a word the wrong way round, or one left out, as the phrase itself draws."""
    words = list(WORD.finditer(phrase))
    if not words:
        return phrase
    word = words[_draw(f"word {phrase}", len(words))]
    at = word.start() + 1 + _draw(f"at {phrase}", len(word[0]) - 2)
    swapped = phrase[at + 1] + phrase[at] if _draw(f"how {phrase}", 3) else phrase[at + 1]
    return phrase[:at] + swapped + phrase[at + 2 :]


def wordier(phrase: str, at: int) -> str:
    """As part of a longer text: with something before it, behind it, or both, and written as a sentence as often as not."""
    before, after = ASIDES["before"], ASIDES["after"]
    first, last = (list_[_draw(f"{name} {at} {phrase}", len(list_))] for name, list_ in (("b", before), ("a", after)))
    mark = (". ", ", ", " - ", "... ", " ", "! ")[_draw(f"mark {at} {phrase}", 6)]
    shape = _draw(f"shape {at} {phrase}", 3)
    said = phrase if mark in (", ", " - ", " ") else phrase[:1].upper() + phrase[1:]
    told = f"{first}{mark}{said}" if shape < 2 else phrase
    told = f"{told.rstrip('.')}{mark}{last}" if shape > 0 else told
    return told if _draw(f"case {at} {phrase}", 2) else told.lower()


def phrase_rows(phrase: str, intent: str, group: str, weight: float = 1.0) -> Iterator[Row]:
    kinds: tuple[str | None, ...] = ("priorities",) if intent == "priorities" else (None, "check_in")
    yield from drawn_rows(phrase, intent, kinds if weight == 1 else kinds[-1:], group, weight)


def drawn_rows(
    text: str, intent: str, kinds: tuple[str | None, ...], group: str | None = None, weight: float = 1.0
) -> Iterator[Row]:
    """What is not known of a phrase is drawn by the text itself: answers mostly name a promise, notes mostly somebody new."""
    seen = _bare(text)
    known = _draw(text, 10) < KNOWN.get(intent, 1)
    for kind in kinds:
        asks = 1 + (_draw(f"asks {text}", 3) == 0) if kind == "check_in" else 0
        around = Around(kind, asks, known, bool(seen.names) and not known)
        yield Row(turn_features(text, seen.marks, around), intent, group or text, weight)


def _bare(text: str) -> Seen:
    zone = ZoneInfo(ZONE)
    return see(text, {}, None, datetime.fromisoformat(NOW).replace(tzinfo=zone), zone)


def _draw(text: str, size: int) -> int:
    return crc32(text.encode()) % size


if __name__ == "__main__":
    train()
