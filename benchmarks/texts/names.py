"""Trains the model of people, companies and places, `shared/text/lexicon/names.crf`: `python -m benchmarks.texts.names`."""

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pycrfsuite
from sklearn.linear_model import LogisticRegression

from benchmarks.texts import corpus
from benchmarks.texts.corpus import Example, read_corpus
from benchmarks.texts.gazetteers import build, ordinary_words
from benchmarks.texts.name_draws import Draws
from benchmarks.texts.name_variety import Marked, Span, filled, frames, rewritten, swapped
from shared.text.name_features import features_of
from shared.text.name_model import NameModel, log_odds
from shared.text.name_words import Piece, pieces_of
from shared.text.reachable import find_reachable
from shared.text.word_kinds import UNKNOWN

MODEL = Path(__file__).parents[2] / "shared" / "text" / "lexicon" / "names.crf"
PHRASES = corpus.FOLDER / "phrases"
UNMARKED = ("w1-", "w2-")
"""The texts of turns_more.jsonl, in which neither companies nor towns are marked."""
KINDS = ("name", "company", "place")
SEED = 7
FOLDS = 3
JOINTS = (". ", ". ", "\n", ", ", " and ", " - ", "; ", " ", " then ", "\n\n", "! ")
# Companies are not marked in turns; these stand there.
TURNS_COMPANIES = re.compile(
    "Acme|Voss Masonry|Tran Electric|Kuhn|Bruno Farms|Halvorsen Metals|Yes Roofing|Redpoint Solar|Dell Supply"
)


def train() -> None:
    """The words, then the model, then how sure it may be; ten minutes at most, bit for bit the same each time."""
    build()
    examples = [example for kind in ("notes", "turns", "priorities") for example in read_corpus(kind, "train")]
    examples = [example for example in examples if not example.id.startswith(UNMARKED)]
    scale, shift = sureness(examples)
    MODEL.write_bytes(NameModel.packed(fit(examples), scale, shift))


def fit(
    examples: Iterable[Example], swaps: int = 12, fills: int = 9, pairs: int = 4, c1: float = 0.5, c2: float = 0.1
) -> bytes:
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params({"c1": c1, "c2": c2, "max_iterations": 130, "feature.possible_transitions": True})
    for marked in varied(examples, swaps, fills, pairs):
        pieces = forgetting(pieces_in(marked.text), marked.forgotten)
        if pieces:
            trainer.append(features_of(pieces), labels_of(pieces, marked.spans))
    with tempfile.NamedTemporaryFile() as file:
        trainer.train(file.name)
        return Path(file.name).read_bytes()


def sureness(examples: Sequence[Example]) -> tuple[float, float]:
    """What marginals of unseen texts are to be scaled and shifted by (as log-odds) to be as sure as they are right."""
    odds: list[list[float]] = []
    right: list[bool] = []
    for fold in range(FOLDS):
        rest = [example for at, example in enumerate(examples) if at % FOLDS != fold]
        model = NameModel(NameModel.packed(fit(rest, swaps=3, fills=4, pairs=1), 1.0, 0.0))
        for example in examples[fold::FOLDS]:
            pieces = pieces_in(example.text)
            told = {(start, end) for _, start, end in spans_of(example)}
            for one in model.spans(pieces):
                odds.append([log_odds(one.confidence)])
                right.append((pieces[one.first].start, pieces[one.last].end) in told)
    line = LogisticRegression(C=100.0).fit(odds, right)
    return round(float(line.coef_[0][0]), 3), round(float(line.intercept_[0]), 3)


def pieces_in(text: str) -> list[Piece]:
    return pieces_of(text, find_reachable(text))


def forgetting(pieces: list[Piece], words: frozenset[str]) -> list[Piece]:
    """As if these were in no list of names: the model must also do with what stands around them."""
    for piece in pieces:
        if piece.text.lower() in words:
            piece.kind = UNKNOWN._replace(common=piece.kind.common, speech=piece.kind.speech)
    return pieces


def labels_of(pieces: list[Piece], spans: Iterable[Span]) -> list[str]:
    labels, begun = [], set()
    for piece in pieces:
        span = next((one for one in spans if one[1] < piece.end and piece.start < one[2]), None)
        labels.append("O" if span is None else f"{'I' if span in begun else 'B'}-{span[0]}")
        begun.add(span)
    return labels


def varied(examples: Iterable[Example], swaps: int, fills: int, pairs: int) -> Iterator[Marked]:
    draws = Draws(SEED, ordinary_words())
    for example in examples:
        spans = spans_of(example)
        yield from [Marked(example.text, spans)] * 2
        yield rewritten(example.text, spans, draws)
        for _ in range(swaps if spans else 3):
            yield swapped(example.text, spans, draws)
    for phrase in plain_phrases():
        yield Marked(phrase, ())
    told = frames()
    for frame in told:
        for _ in range(fills if "{" in frame else 3):
            yield filled(frame, draws)
        for _ in range(pairs):
            yield filled(frame + draws.random.choice(JOINTS) + draws.random.choice(told), draws)


def spans_of(example: Example) -> tuple[Span, ...]:
    spans = [(mark.kind, mark.start, mark.end) for mark in example.marks if mark.kind in KINDS]
    if "intent" in example.labels:
        found = [("company", *match.span()) for match in TURNS_COMPANIES.finditer(example.text)]
        spans += [one for one in found if not any(start < one[2] and one[1] < end for _, start, end in spans)]
    return tuple(sorted(spans, key=lambda span: span[1]))


def plain_phrases() -> list[str]:
    """Phrases of answers and commands in which no word looks like a name."""
    files = [file for file in sorted(PHRASES.glob("*.txt")) if file.stem not in ("note", "find", "correct")]
    return [line for file in files for line in file.read_text().splitlines() if line.strip() and _is_plain(line)]


def _is_plain(phrase: str) -> bool:
    words = [piece for piece in pieces_in(phrase) if piece.form[0] in "xX"]
    return phrase[1:].islower() and not any(
        (piece.kind.given and piece.kind.common < 5)
        or (piece.kind.family > 1 and piece.kind.common < 4)
        or piece.kind.brand
        or piece.role in ("trade", "house", "title")
        for piece in words
    )


if __name__ == "__main__":
    train()
