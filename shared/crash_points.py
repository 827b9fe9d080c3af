"""Where a test may end this process: before and after each commit, acknowledgement and call of a provider.

Off unless FT_CRASH_DIRECTORY is set, which only tests do. Each place that is passed is noted there as `passed/<place>`;
whoever passes a place that has a file `kill/<place>` takes the file away and is killed, as by SIGKILL.
"""

import asyncio
import contextlib
import os
import signal
from pathlib import Path

_directory: Path | None = None
_process = ""
_noted: set[str] = set()


def watch(directory: str, process: str) -> None:
    """From now on; `process` is what this one is called."""
    global _directory, _process
    if directory:
        _directory, _process = Path(directory), process
        for folder in ("passed", "kill"):
            (_directory / folder).mkdir(parents=True, exist_ok=True)


def passing(point: str) -> None:
    """Costs nothing where nobody watches. A place is the process, the task that is at work, and the point."""
    if _directory is None:
        return
    place = f"{_process} {_task()} {point}"
    if place not in _noted:
        _noted.add(place)
        (_directory / "passed" / place).touch()
    with contextlib.suppress(FileNotFoundError):
        (_directory / "kill" / place).unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def _task() -> str:
    """Loops and jobs are named where they are started; a request is not."""
    task = asyncio.current_task()
    name = task.get_name() if task else ""
    return name if name and not name.startswith("Task-") else "request"
