"""Reads the labelled texts; tests/corpora/texts/README.md says what their fields and marks are."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).parents[2] / "tests" / "corpora" / "texts"
SPLITS = ("train", "dev", "held")
MARK = re.compile(r"⟦(\w+)\|([^|⟦⟧]+)(?:\|([^|⟦⟧]+))?⟧")
NOW, ZONE = "2026-11-18T14:05", "America/Chicago"


@dataclass(frozen=True)
class Mark:
    """What stands in `text[start:end]`, and the value it stands for."""

    kind: str
    start: int
    end: int
    text: str
    value: str


@dataclass(frozen=True)
class Example:
    """One labelled text. `labels` are the line's other fields, as they stand there."""

    id: str
    split: str
    text: str
    marks: tuple[Mark, ...]
    now: datetime
    zone: ZoneInfo
    labels: dict[str, Any]

    def values(self, kind: str) -> set[str]:
        return {mark.value for mark in self.marks if mark.kind == kind}


def read_corpus(kind: str, *splits: str, folder: Path = FOLDER) -> list[Example]:
    """All lines of `<kind>.jsonl` and `<kind>_*.jsonl` that are in one of `splits` (all, when none is given)."""
    wanted = splits or SPLITS
    files = [folder / f"{kind}.jsonl", *sorted(folder.glob(f"{kind}_*.jsonl"))]
    lines = (line for file in files if file.exists() for line in file.read_text().splitlines() if line.strip())
    return [example for example in map(_example, lines) if example.split in wanted]


def unmark(marked: str) -> tuple[str, tuple[Mark, ...]]:
    """The text as it was sent, and its marks."""
    text, marks, reached = "", [], 0
    for found in MARK.finditer(marked):
        text += marked[reached : found.start()]
        marks.append(Mark(found[1], len(text), len(text) + len(found[2]), found[2], found[3] or found[2]))
        text += found[2]
        reached = found.end()
    return text + marked[reached:], tuple(marks)


def bio(example: Example, kinds: tuple[str, ...], tokens: list[tuple[int, int]]) -> Iterator[str]:
    """One label a token: B- and I- of the marks of `kinds`, O elsewhere."""
    for start, end in tokens:
        mark = next((m for m in example.marks if m.kind in kinds and m.start < end and start < m.end), None)
        yield "O" if mark is None else f"{'B' if start <= mark.start else 'I'}-{mark.kind}"


def _example(line: str) -> Example:
    fields = json.loads(line)
    text, marks = unmark(fields.pop("marked", None) or fields.pop("text"))
    zone = ZoneInfo(fields.pop("zone", ZONE))
    now = datetime.fromisoformat(fields.pop("now", NOW)).replace(tzinfo=zone)
    return Example(fields.pop("id"), fields.pop("split"), text, marks, now, zone, fields)
