"""Writes README.md from results.json: `python -m benchmarks.page`. What was not measured does not stand there."""

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks.measure import RESULTS, Number

PAGE = Path(__file__).with_name("README.md")
HEAD = """\
# What was measured

Written by `python -m benchmarks.page` from [results.json](results.json). `make bench` measures everything and ends with 1 when a
number is over its limit; `python -m benchmarks.<name>` measures one, and its docstring says how. How well texts are understood
is measured apart: [texts/report-held.md](texts/report-held.md).
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--results", type=Path, default=RESULTS)
    options.add_argument("--page", type=Path, default=PAGE)
    told = options.parse_args()
    told.page.write_text(page(json.loads(told.results.read_text())))


def page(results: dict[str, dict[str, Any]]) -> str:
    return "\n".join([HEAD, *(section(name, result) for name, result in results.items())])


def section(name: str, result: dict[str, Any]) -> str:
    numbers = [Number(**each) for each in result["numbers"]]
    noted = any(number.note for number in numbers)
    columns = ("what", "measured", "limit", "ratio", *(["how"] if noted else []))
    machine = result["machine"]
    lines = [
        f"## {name}: {result['title']}",
        "",
        f"{result['date']}, {machine['cpu']}, {machine['cores']} cores, Linux {machine['kernel']}.",
        "",
        f"| {' | '.join(columns)} |",
        "|---|" + "---:|" * 3 + ("---|" if noted else ""),
        *(row(number, noted) for number in numbers),
    ]
    if name.startswith("lists"):
        lines += ["", f"![growth of the lists](lists/{name}.svg)"]
    return "\n".join(lines) + "\n"


def row(number: Number, noted: bool) -> str:
    """What is over its limit is bold."""
    what, measured, limit, ratio = number.cells()
    cells = (what, f"**{measured}**" if number.is_over else measured, limit, ratio, *([number.note] if noted else []))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    main()
