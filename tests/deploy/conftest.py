"""A local stack in a folder of the test's own, driven by its command line; nothing of it may be left afterwards."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest

from deploy.local import leftovers
from deploy.local.home import ROOT, Home

Answer = TypeVar("Answer")


@dataclass
class Stack:
    """`make` for one FT_HOME, on a stack without services."""

    path: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Home:
        return Home(self.path)

    def start(self, *command: str, **variables: str) -> "subprocess.Popen[str]":
        dropped = {"FT_PORT", "FT_HOME"}
        environment = {name: value for name, value in os.environ.items() if name not in dropped}
        return subprocess.Popen(
            [sys.executable, "-m", "tests.deploy.small_stack", *command],
            cwd=ROOT,
            env=environment | {"FT_HOME": str(self.path)} | self.variables | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def make(self, *command: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Run to the end; a supervisor that held the pipes would let this time out."""
        process = self.start(*command, **variables)
        with process:
            out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def up(self, **variables: str) -> "subprocess.CompletedProcess[str]":
        done = self.make("up", **variables)
        assert done.returncode == 0, done.stderr
        return done

    def pid(self, process: str) -> int:
        try:
            return int((self.home.run / f"{process}.pid").read_text())
        except FileNotFoundError:
            return 0

    def pids(self) -> dict[str, int]:
        return {file.stem: int(file.read_text()) for file in self.home.run.glob("*.pid")}

    @property
    def state(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads((self.home.run / "state.json").read_text())
        return told

    def of(self, process: str) -> dict[str, Any]:
        """What the supervisor says of one process."""
        told: dict[str, Any] = self.state["processes"][process]
        return told

    @property
    def demo(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.home.demo.read_text())
        return told

    def left(self) -> list[int]:
        return leftovers.marked(self.home)


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    stack = Stack(tmp_path / "home")
    yield stack
    end(stack)


def end(stack: Stack) -> None:
    stack.make("down")
    left = stack.left()
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert not left


def eventually(ask: Callable[[], Answer], seconds: float = 10) -> Answer:
    """The first true answer; fails when there is none in time."""
    until = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.02)
    return answer
