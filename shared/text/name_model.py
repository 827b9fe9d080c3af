"""Asks the trained model which pieces of a text name people, companies and places, and how sure it is."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import Literal

import pycrfsuite

from shared.text.name_features import features_of
from shared.text.name_words import SHORT, Piece

Kind = Literal["person", "company", "place"]
_KINDS: dict[str, Kind] = {"name": "person", "company": "company", "place": "place"}


@dataclass(frozen=True, slots=True)
class NameSpan:
    """Pieces `first` to `last` name a person, a company or a place."""

    kind: Kind
    first: int
    last: int
    confidence: float


class NameModel:
    """A conditional random field; its tagger keeps the text between two calls, so one thread asks at a time."""

    def __init__(self, packed: bytes) -> None:
        head, _, self._field = packed.partition(b"\n")
        self._scale, self._shift = json.loads(head)
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open_inmemory(self._field)
        self._one_at_a_time = Lock()

    @staticmethod
    def packed(field: bytes, scale: float, shift: float) -> bytes:
        """`scale` and `shift` of log-odds make the field's marginals as sure as they are right."""
        return json.dumps([scale, shift]).encode() + b"\n" + field

    def spans(self, pieces: list[Piece]) -> Iterator[NameSpan]:
        """In order, trimmed to what a card would say."""
        if not pieces:
            return
        features = features_of(pieces)
        with self._one_at_a_time:
            self._tagger.set(features)
            labels = self._tagger.tag()
            sure = [self._tagger.marginal(label, at) if label != "O" else 0.0 for at, label in enumerate(labels)]
        for label, first, last in _runs(labels, pieces):
            first, last = _trimmed(pieces, first, last)
            if first <= last and any(piece.is_word for piece in pieces[first : last + 1]):
                yield NameSpan(_KINDS[label], first, last, self._sureness(min(sure[first : last + 1])))

    def _sureness(self, marginal: float) -> float:
        return round(1 / (1 + math.exp(-self._scale * log_odds(marginal) - self._shift)), 4)


def log_odds(share: float) -> float:
    bounded = min(max(share, 0.0001), 0.9999)
    return math.log(bounded / (1 - bounded))


@cache
def name_model() -> NameModel:
    """Read on first use."""
    return NameModel(files("shared.text.lexicon").joinpath("names.crf").read_bytes())


def _runs(labels: list[str], pieces: list[Piece]) -> Iterator[tuple[str, int, int]]:
    """Label, first and last piece; no name goes on in the next line or past the end of a sentence."""
    first = -1
    for at, label in enumerate([*labels, "O"]):
        ends = label == "O" or _ends_before(pieces, at)
        if first >= 0 and (ends or label != f"I-{labels[first][2:]}"):
            yield labels[first][2:], first, at - 1
            first = -1
        if first < 0 and (label[0] == "B" or (label != "O" and (pieces[at].breaks or not ends))):
            first = at


def _ends_before(pieces: list[Piece], at: int) -> bool:
    before = pieces[at - 1]
    return (
        pieces[at].breaks or before.low in (".", "!", "?") or (before.low == SHORT and pieces[at - 2].role == "legal")
    )


def _trimmed(pieces: list[Piece], first: int, last: int) -> tuple[int, int]:
    """Without a title before the name, or marks at its ends."""
    while first <= last and (
        (pieces[first].form == "." or pieces[first].text == "-") or (first < last and pieces[first].role == "title")
    ):
        first += 1
    while first <= last and pieces[last].form == "." and pieces[last].low != "'s":
        last -= 1
    return first, last
