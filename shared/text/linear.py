"""A linear classifier over hashed n-grams of a short text: what `make train` learns, and how it is asked."""

import json
import math
import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from shared.text.plain import lowered

BUCKETS = 1 << 15
MAX_WORDS = 80
_WORD = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_SAME = re.compile(r"(.)\1{2,}")


def ngrams(text: str, context: Iterable[str] = ()) -> dict[int, float]:
    """Buckets and their weights: words, pairs, parts of words, how it begins and ends; `context` is known besides the text."""
    words = [_norm(word) for word in _WORD.findall(lowered(text).replace("'", "").replace("’", ""))][:MAX_WORDS]
    found: dict[int, float] = {}
    groups = (
        [f"w {word}" for word in words],
        [f"p {one} {two}" for one, two in zip(["<", *words], [*words, ">"], strict=True)],
        [f"c {part}" for word in words for part in _parts(word)],
        [f"{n} {word}" for n, word in enumerate(words[:3])] + [f"-{n} {word}" for n, word in enumerate(words[-2:])],
        [f"n {min(len(words) // 3, 8)}", *(f"k {each}" for each in context)],
    )
    for group in groups:
        for feature in group:
            bucket = crc32(feature.encode()) % BUCKETS
            found[bucket] = found.get(bucket, 0.0) + 1 / math.sqrt(len(group))
    return found


def _norm(word: str) -> str:
    return "#" if word.isdigit() else _SAME.sub(r"\1\1", word)


def _parts(word: str) -> Iterator[str]:
    framed = f"^{word}$"
    for size in (3, 4, 5):
        for start in range(len(framed) - size + 1):
            yield framed[start : start + size]


@dataclass(frozen=True)
class Linear:
    """`weights` by bucket, then label; `temperature` makes its probabilities as sure as they are right."""

    labels: tuple[str, ...]
    bias: tuple[float, ...]
    weights: "array[int]"
    scale: float
    temperature: float = 1.0

    @classmethod
    def load(cls, path: Path) -> "Linear":
        head, _, body = path.read_bytes().partition(b"\n")
        told = json.loads(head)
        weights = array("b", body)
        return cls(tuple(told["labels"]), tuple(told["bias"]), weights, told["scale"], told["temperature"])

    def save(self, path: Path) -> None:
        told = {"labels": self.labels, "bias": self.bias, "scale": self.scale, "temperature": self.temperature}
        path.write_bytes(json.dumps(told).encode() + b"\n" + self.weights.tobytes())

    def scores(self, features: dict[int, float]) -> list[float]:
        """One a label, before they are made probabilities."""
        size, weights = len(self.labels), self.weights
        totals = [0.0] * size
        for bucket, weight in features.items():
            row = weights[bucket * size : bucket * size + size]
            totals = [total + weight * each for total, each in zip(totals, row, strict=True)]
        return [bias + self.scale * total for bias, total in zip(self.bias, totals, strict=True)]

    def probabilities(self, features: dict[int, float]) -> dict[str, float]:
        scores = [score / self.temperature for score in self.scores(features)]
        top = max(scores)
        odds = [math.exp(score - top) for score in scores]
        return {label: odd / sum(odds) for label, odd in zip(self.labels, odds, strict=True)}
