"""A benchmark's numbers: shown in one table, kept in results.json with date and machine, and judged."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).with_name("results.json")


@dataclass(frozen=True)
class Number:
    """`what` says the sizes too. `limit` is the most that is allowed, or the least where `at_least`; None: for information."""

    what: str
    measured: float
    unit: str
    limit: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def is_over(self) -> bool:
        if self.limit is None:
            return False
        return not (self.measured >= self.limit if self.at_least else self.measured <= self.limit)

    def cells(self) -> tuple[str, str, str, str]:
        """What, measured, limit, ratio, as they are read."""
        measured = f"{amount(self.measured)} {self.unit}".strip()
        if self.limit is None:
            return self.what, measured, "", ""
        limit = f"{'≥' if self.at_least else '≤'} {amount(self.limit)} {self.unit}".strip()
        return self.what, measured, limit, f"{self.measured / self.limit:.2f}" if self.limit else ""


def amount(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value % 1 == 0 else f"{value:.3g}"


def options(described: str | None) -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(description=described, formatter_class=argparse.RawDescriptionHelpFormatter)
    found.add_argument("--results", type=Path, default=RESULTS, help="where the numbers are kept")
    return found


def finish(name: str, title: str, numbers: Sequence[Number], results: Path) -> None:
    """Show and keep the numbers; end the process with 1 when one is over its limit."""
    show(title, numbers)
    keep(name, title, numbers, results)
    over = [number.what for number in numbers if number.is_over]
    if over:
        sys.exit(f"Over the limit: {'; '.join(over)}")


def show(title: str, numbers: Sequence[Number]) -> None:
    table = Table(title=title, title_justify="left")
    noted = any(number.note for number in numbers)
    for column in ("what", "measured", "limit", "ratio", *(["how"] if noted else [])):
        table.add_column(column, justify="left" if column in ("what", "how") else "right", overflow="fold")
    for number in numbers:
        cells = (*number.cells(), number.note) if noted else number.cells()
        table.add_row(*cells, style="red" if number.is_over else None)
    Console(width=180 if noted else 120).print(table)


def keep(name: str, title: str, numbers: Sequence[Number], results: Path) -> None:
    """Beside what other benchmarks measured, in place of what this one measured before."""
    kept = json.loads(results.read_text()) if results.exists() else {}
    kept[name] = {
        "title": title,
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": machine(),
        "numbers": [asdict(number) for number in numbers],
    }
    results.write_text(json.dumps(dict(sorted(kept.items())), indent=1, ensure_ascii=False) + "\n")


def machine() -> dict[str, str | int]:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
    return {"cpu": model, "cores": len(os.sched_getaffinity(0)), "kernel": platform.release()}
