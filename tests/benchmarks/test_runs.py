"""Each benchmark runs, at a small size, and says what it measured."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.stack import ROOT

SMALL = {
    "relay": ("--rows", "2000", "--broker", "embedded"),
    "consumer": ("--events", "500", "--broker", "embedded"),
    "checkins": ("--people", "200"),
    "queues": ("--jobs", "200", "--rounds", "1"),
    "lists": ("--rows", "2000", "--service", "followups"),
}


def run(name: str, folder: Path, *words: str) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    """As `make bench` runs it."""
    results = folder / "results.json"
    command = [sys.executable, "-m", f"benchmarks.{name}", "--results", str(results), *words]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=200)
    assert results.exists(), done.stdout + done.stderr
    return done, next(iter(json.loads(results.read_text()).values()))


@pytest.mark.parametrize("name", SMALL)
def test_a_benchmark_measures_and_its_exit_says_whether_all_is_within(name: str, tmp_path: Path) -> None:
    more = ("--pictures", str(tmp_path)) if name == "lists" else ()
    done, result = run(name, tmp_path, *SMALL[name], *more)
    over = [each["what"] for each in result["numbers"] if _is_over(each)]
    assert result["numbers"]
    assert all(each["measured"] > 0 for each in result["numbers"])
    assert done.returncode == (1 if over else 0), done.stderr
    assert all(what in done.stderr for what in over)


def _is_over(number: dict[str, Any]) -> bool:
    if number["limit"] is None:
        return False
    return bool(number["measured"] < number["limit"] if number["at_least"] else number["measured"] > number["limit"])
