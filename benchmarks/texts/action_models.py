"""Trains the model of a promise's type: labelled priorities, promises of labelled notes, and `actions/<type>.txt`."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.texts.corpus import FOLDER, read_corpus
from benchmarks.texts.train import fit
from shared.text.action_types import WEIGHTS, action_features
from shared.text.names import find_names

TARGET = Path(__file__).parents[2] / "shared" / "text" / "lexicon" / WEIGHTS


def train() -> None:
    words, labels = zip(*promises(), strict=True)
    fit([features_of(each) for each in words], labels).save(TARGET)


def features_of(words: str) -> dict[int, float]:
    return action_features(words, [(one.start, one.end, one.kind) for one in find_names(words)])


def promises() -> Iterator[tuple[str, str]]:
    for example in read_corpus("priorities", "train"):
        yield from ((each["words"], each["action_type"]) for each in example.labels["priorities"])
    for example in read_corpus("notes", "train"):
        yield from ((each["words"], each["action_type"]) for each in example.labels["promises"])
    for file in sorted((FOLDER / "actions").glob("*.txt")):
        yield from ((line, file.stem) for line in filter(None, file.read_text().splitlines()))


if __name__ == "__main__":
    train()
