"""What `make up`, `down`, `fresh`, `ps` and `logs` do."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from types import FrameType
from typing import Any

from deploy.local import leftovers, lock
from deploy.local.home import ROOT, Home, read_json
from deploy.local.sharing import TIGHT_MALLOC

LONGEST_START = 240.0  # Apache Kafka's jars may have to come over a slow line first.
LOOK = 0.03
BIG_LOG = 5_000_000
LAST_WORDS = 15
BACKGROUND = "deploy.local.background"
INTERRUPTING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(Exception):
    """Ctrl-C, or a polite kill."""


def up(home: Home) -> int:
    from deploy.local import screen

    home.make()
    running = state(home)
    if running and running["phase"] == "ready":
        print("Followthrough is running already; nothing was changed.\n")
        screen.show(home)
        return 0
    try:
        _raise_on_signals()
        _start(home)
        code = _outcome(home)
        _ignore_signals()  # From here on it is running, and stays.
    except Interrupted:
        print("\nStopped before it was ready.", file=sys.stderr)
        _end(home)
        return 130
    return code


def _raise_on_signals() -> None:
    def interrupt(_number: int, _frame: FrameType | None) -> None:
        _ignore_signals()  # Once is enough: cleaning up must not be interrupted in turn.
        raise Interrupted

    for number in INTERRUPTING:
        signal.signal(number, interrupt)


def _ignore_signals() -> None:
    for number in INTERRUPTING:
        signal.signal(number, signal.SIG_IGN)


def _start(home: Home) -> None:
    """Put a supervisor into the background and wait until all is ready or it gives up."""
    process = None
    until = time.monotonic() + LONGEST_START
    try:
        while time.monotonic() < until:
            now = state(home)
            if (now and now["phase"] in ("ready", "failed")) or (process and process.poll() is not None):
                return
            if now is None and process is None and lock.take(home.run / "up.lock"):  # Of two at once, one starts it.
                signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTING)
                process = _spawn(home)
                signal.pthread_sigmask(signal.SIG_UNBLOCK, INTERRUPTING)
            _progress(now)
            time.sleep(LOOK)
    except Interrupted:
        if process:  # It may be too young to be found by its lock, or by its environment.
            process.terminate()
            process.wait()
        raise


def _spawn(home: Home) -> "subprocess.Popen[bytes]":
    if leftovers.end(home):
        print("An earlier stack had lost its supervisor; what it left was ended.", file=sys.stderr)
    (home.run / "state.json").unlink(missing_ok=True)
    for log in home.logs.glob("*.log"):
        if log.stat().st_size > BIG_LOG:
            log.replace(log.with_suffix(".log.1"))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"FT_HOME": str(home.path), leftovers.MARK: "1", "PYTHONPATH": str(ROOT)} | TIGHT_MALLOC
    with home.log("supervisor").open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", BACKGROUND],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _progress(now: dict[str, Any] | None) -> None:
    if sys.stderr.isatty():
        processes = (now or {}).get("processes", {})
        waiting = [name for name, each in processes.items() if each["state"] not in ("ready", "done")]
        line = f"Starting: {', '.join(waiting)}" if waiting else "Starting"
        print(f"\r\033[K{line[:100]}", end="", file=sys.stderr, flush=True)


def _outcome(home: Home) -> int:
    from deploy.local import screen

    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    told = read_json(home.run / "state.json") or {}
    if told.get("phase") == "ready" and state(home):
        screen.show(home)
        return 0
    _explain(home, told)
    _end(home)
    return 1


def _explain(home: Home, told: dict[str, Any]) -> None:
    """Why it did not start, with the last words of who failed."""
    processes = told.get("processes", {})
    failed = [name for name, each in processes.items() if each["message"]]
    late = [name for name, each in processes.items() if each["state"] == "starting"] if state(home) else []
    log = home.log((failed or late or ["supervisor"])[0])
    reason = f"{', '.join(late)} did not become ready." if late else f"See {log}"
    print(f"Followthrough did not start. {told.get('failure') or reason}", file=sys.stderr)
    if (failed or late or not told.get("failure")) and log.exists():
        print("".join(last_lines(log, LAST_WORDS)), file=sys.stderr)


def state(home: Home) -> dict[str, Any] | None:
    """What the supervisor last wrote down; None when there is no supervisor."""
    pid = lock.holder(home.run / "supervisor.lock")
    told: dict[str, Any] | None = read_json(home.run / "state.json") if pid else None
    if pid and (told is None or told["supervisor"] != pid):
        return {"supervisor": pid, "phase": "starting", "processes": {}}
    return told


def down(home: Home) -> int:
    print("Stopped." if _end(home) else "Nothing was running.")
    return 0


def fresh(home: Home) -> int:
    """Everything the stack knew is thrown away; then it starts as the first time."""
    _end(home)
    if home.path.exists():
        if not home.is_ours:
            print(
                f"{home.path} held more than a stack's state: nothing was removed. Look at FT_HOME.",
                file=sys.stderr,
            )
            return 2
        shutil.rmtree(home.path.resolve())
    return up(home)


def _end(home: Home) -> bool:
    """Let the supervisor stop its children in order; then make sure that nothing is left."""
    pid = lock.holder(home.run / "supervisor.lock")
    if pid:
        os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + 30
        while lock.holder(home.run / "supervisor.lock") == pid and time.monotonic() < until:
            time.sleep(LOOK)
    left = leftovers.end(home)
    for file in home.run.glob("*.pid"):
        file.unlink(missing_ok=True)
    return bool(pid or left)


def last_lines(log: Path, count: int) -> list[str]:
    with log.open(errors="replace") as lines:
        return list(deque(lines, count))


def ps(home: Home) -> int:
    from deploy.local import screen

    now = state(home)
    if now is None:
        print("Nothing is running: make up")
        return 1
    screen.show_processes(now)
    return 0


def logs(home: Home, process: str, *, follow: bool) -> int:
    """The last lines of every process whose name begins with `process`, and, with `follow`, what comes."""
    files = sorted(file for file in home.logs.glob("*.log") if file.name.startswith(process))
    if not files:
        print(f"No log begins with {process!r} in {home.logs}: make ps names the processes.", file=sys.stderr)
        return 1
    command = ["tail", "-n", "50" if process else "10", *(["-F"] if follow else []), *map(str, files)]
    return subprocess.run(command).returncode
