"""Evaluates how texts are understood: `python -m benchmarks.texts [--split dev] [--mistakes 10]`."""

import argparse
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from benchmarks.texts.corpus import read_corpus
from benchmarks.texts.readers import read_offline
from benchmarks.texts.scores import (
    Scores,
    score_consent,
    score_dates,
    score_notes,
    score_priorities,
    score_turns,
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--split", choices=("train", "dev", "held"), default="dev")
    options.add_argument("--mistakes", type=int, default=0, help="how many to show of each kind of text")
    options.add_argument("--only", default="")
    arguments = options.parse_args()
    console, split = Console(width=160), arguments.split
    results: dict[str, Callable[[], Scores]] = {
        "notes": lambda: score_notes(read_corpus("notes", split), read_offline),
        "turns": lambda: score_turns(read_corpus("turns", split), read_offline),
        "priorities": lambda: score_priorities(read_corpus("priorities", split), read_offline),
        "consent": lambda: score_consent(read_corpus("consent", split)),
        "dates": lambda: score_dates(read_corpus("dates", split)),
    }
    for name, score in results.items():
        if arguments.only in ("", name):
            _print(console, f"{name}, {split}", score(), arguments.mistakes)


def _print(console: Console, title: str, scores: Scores, mistakes: int) -> None:
    table = Table(title=title, title_justify="left")
    for column in ("", "precision", "recall", "F1", "right", "wrong", "missed"):
        table.add_column(column, justify="left" if not column else "right")
    for name, count in scores.counts.items():
        table.add_row(name, *(f"{x:.3f}" for x in (count.precision, count.recall, count.f1)),
                      *map(str, (count.right, count.wrong, count.missed)))  # fmt: skip
    console.print(table)
    if scores.sure:
        console.print(f"calibration error {scores.calibration_error:.3f}\n")
    for each in scores.mistakes[:mistakes]:
        console.print(
            f"[bold]{each.id}[/] {each.what}: found {each.found}; told {each.told}\n   {each.text}", markup=True
        )


if __name__ == "__main__":
    main()
