"""Evaluates how texts are understood: `make evaluate WHAT=texts`, or `python -m benchmarks.texts --help`."""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rich.console import Console

from benchmarks.texts.corpus import read_corpus
from benchmarks.texts.providers import Reader, readers
from benchmarks.texts.report import markdown, reliability, show
from benchmarks.texts.scores import (
    Scores,
    score_consent,
    score_dates,
    score_notes,
    score_priorities,
    score_turns,
)

FOLDER = Path(__file__).parent
READ: dict[str, Callable[..., Scores]] = {"notes": score_notes, "turns": score_turns, "priorities": score_priorities}
RULED: dict[str, Callable[..., Scores]] = {"consent": score_consent, "dates": score_dates}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--split", choices=("train", "dev", "held"), default="dev")
    options.add_argument("--mistakes", type=int, default=0, help="how many to show of each kind of text")
    options.add_argument("--only", choices=(*READ, *RULED), help="one kind of text")
    options.add_argument(
        "--prompt", type=Path, action="append", default=[], help="another version of the prompt, to compare"
    )
    options.add_argument("--write", action="store_true", help="the report and the picture, beside this file")
    told = options.parse_args()
    if told.split == "held" and told.mistakes:
        options.error("the held-back texts are measured, and not looked at: leave --mistakes out")
    console = Console(width=160)
    with readers(told.prompt) as by_name:
        results = {kind: evaluate(kind, told.split, by_name) for kind in (*READ, *RULED) if told.only in (None, kind)}
    for kind, by_reader in results.items():
        show(console, f"{kind}, {told.split}", by_reader, told.mistakes)
    if told.write:
        write(told.split, results)


def evaluate(kind: str, split: str, by_name: dict[str, Reader]) -> dict[str, Scores]:
    """By reader; what no model reads, once."""
    examples = read_corpus(kind, split)
    if kind in RULED:
        return {"rules": RULED[kind](examples)}
    return {name: partial(READ[kind], examples)(reader) for name, reader in by_name.items()}


def write(split: str, results: dict[str, dict[str, Scores]]) -> None:
    first = {kind: next(iter(by_reader.values())) for kind, by_reader in results.items()}
    (FOLDER / f"reliability-{split}.svg").write_text(reliability(first))
    parts = [markdown(kind, by_reader) for kind, by_reader in results.items()]
    head = f"# How texts are understood: the `{split}` texts\n\n![reliability](reliability-{split}.svg)\n"
    (FOLDER / f"report-{split}.md").write_text("\n".join([head, *parts]))


if __name__ == "__main__":
    main()
