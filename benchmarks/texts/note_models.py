"""Trains the models of a note's type and of whether it wants to be followed up: labelled notes, and kinds of notes."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.texts.corpus import FOLDER, NOW, ZONE, Example, read_corpus
from benchmarks.texts.train import fit
from shared.text.note_judgement import features_of
from shared.text.note_model import FOLLOW_UP, NO, TYPES, YES
from shared.text.notes import Near, see_note

LEXICON = Path(__file__).parents[2] / "shared" / "text" / "lexicon"
KINDS = FOLDER / "kinds"
STRENGTH = 8.0

Row = tuple[dict[int, float], str, bool]


def train() -> None:
    """How sure they may be is measured on the labelled notes: kinds of notes are easier than what people text."""
    notes, easy = list(labelled()), list(kinds())
    features = [row[0] for row in notes + easy]
    judged = [True] * len(notes) + [False] * len(easy)
    types, wanted = [row[1] for row in notes + easy], [YES if row[2] else NO for row in notes + easy]
    fit(features, types, STRENGTH, judged=judged).save(LEXICON / TYPES)
    fit(features, wanted, STRENGTH, judged=judged).save(LEXICON / FOLLOW_UP)


def labelled() -> Iterator[Row]:
    for example in read_corpus("notes", "train"):
        seen = see_note(example.text, example.now, example.zone, near_of(example))
        yield features_of(seen), example.labels["type"], example.labels["follow_up"]


def near_of(example: Example) -> Near:
    near = example.labels.get("near", {})
    told = {name: near.get(name) or () for name in ("session", "speakers", "sponsors", "partners")}
    sessions, speakers, sponsors, partners = (
        (each,) if isinstance(each, str) else tuple(each) for each in told.values()
    )
    return Near((), partners, sessions, speakers, sponsors)


def kinds() -> Iterator[Row]:
    """`kinds/<type>.txt`: a note a line, with a plus before one that wants to be followed up."""
    zone = ZoneInfo(ZONE)
    now = datetime.fromisoformat(NOW).replace(tzinfo=zone)
    for file in sorted(KINDS.glob("*.txt")):
        for line in filter(None, file.read_text().splitlines()):
            wanted, text = line.startswith("+ "), line.removeprefix("+ ").replace("\\n", "\n")
            yield features_of(see_note(text, now, zone, Near())), file.stem, wanted


if __name__ == "__main__":
    train()
