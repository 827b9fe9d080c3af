"""Finds and ends what a killed supervisor may have left: every process that was started for this FT_HOME."""

import contextlib
import os
import signal
import time
from pathlib import Path

from deploy.local.home import Home

MARK = "FT_SUPERVISED"
PATIENCE, LAST_PATIENCE = 10.0, 5.0


def marked(home: Home) -> list[int]:
    """The ids of this stack's processes, known by their environment: a pid file may name another program by now."""
    wanted = {f"FT_HOME={home.path}".encode(), f"{MARK}=1".encode()}
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                if wanted <= set((entry / "environ").read_bytes().split(b"\0")):
                    found.append(int(entry.name))
    return found


def end(home: Home) -> int:
    """Ask them to end, then make them; returns how many there were."""
    there = marked(home)
    _signal(there, signal.SIGTERM)
    if not _gone(home, PATIENCE):
        _signal(marked(home), signal.SIGKILL)
        _gone(home, LAST_PATIENCE)
    return len(there)


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _gone(home: Home, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while marked(home):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
