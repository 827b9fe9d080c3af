"""One child of the supervisor: what it runs, how it is forked, and what is known of it."""

import contextlib
import ctypes
import gc
import importlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from deploy.local.become import die_with_parent, step_down
from deploy.local.embedded import Server

PR_SET_NAME = 15
HANDLED = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGHUP)
PROVEN_SECONDS = 2.0
LONGEST_BACKOFF = 15.0


@dataclass
class Child:
    """A process to keep running, or, with `once`, to run until it succeeds."""

    name: str
    body: Callable[[], int]
    """What the forked process does; what it returns is its exit code."""
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    early: bool = False
    """It needs nothing that the supervisor imports, and starts before."""
    once: bool = False
    port: int = 0
    probe: str = ""
    """The path that answers 200 when it is ready; without one, `ready` is asked."""
    ready: Callable[[int], bool] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    restarts_with: tuple[str, ...] = ()
    """Whose end ends it too, before that one starts again: it relies on what that one may have forgotten."""

    state: str = "waiting"
    """waiting, starting, ready, done, backoff, stopping, stopped"""
    pid: int = 0
    restarts: int = 0
    was_ready: bool = False
    proven: bool = False
    """Whether it was ready since it last started."""
    failures: int = 0
    """How often it ended since it last ran for a while; decides the backoff."""
    since: float = 0.0
    """When it came to its state, as people tell time."""
    started_at: float = 0.0
    retry_at: float = 0.0
    stop_by: float = 0.0
    """When it is ended if it has not ended as it was asked; like `started_at`, by the monotonic clock."""
    message: str = ""

    @property
    def alive(self) -> bool:
        return self.pid != 0

    @property
    def satisfied(self) -> bool:
        """Whether what needs it may start. A server that was ready once may come and go: its clients wait for it."""
        return self.state == "done" if self.once else self.was_ready

    def fork(self, parent_files: list[int]) -> None:
        """Start it: everything the parent has imported is there at once, and shared in memory."""
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        signal.pthread_sigmask(
            signal.SIG_BLOCK, HANDLED
        )  # One that came now would be the parent's handler's, in the child.
        pid = os.fork()
        if pid == 0:
            self._live(parent, parent_files)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
        self.pid = pid
        self.proven = False
        self.started_at = time.monotonic()
        self.turn("starting")

    def turn(self, state: str, message: str = "") -> None:
        self.state, self.message, self.since = state, message, time.time()
        if state == "ready":
            self.was_ready = self.proven = True

    def _live(self, parent: int, parent_files: list[int]) -> NoReturn:
        code = 1
        try:
            die_with_parent(parent)
            _clear_signals()
            for file in parent_files:
                os.close(file)
            os.setsid()
            _redirect(self.log)
            _name(self.name)
            os.environ.clear()
            os.environ.update(self.environment)
            code = self.body()
        except SystemExit as end:
            code = _exit_code(end)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def ended(self, message: str) -> None:
        """Note that the process is gone, and when it may come back: at once the first time."""
        now = time.monotonic()
        if self.proven and now - self.started_at > PROVEN_SECONDS:
            self.failures = 0
        self.pid = 0
        self.failures += 1
        self.turn("backoff", message)
        self.retry_at = now + (0.0 if self.failures == 1 else min(0.25 * 2 ** (self.failures - 1), LONGEST_BACKOFF))

    def end_group(self) -> None:
        """End what the process may have left in its session; called while its id cannot belong to another yet."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


def run_module(module: str) -> Callable[[], int]:
    """The body of one of our own processes: `run()` of its module."""

    def body() -> int:
        gc.enable()
        importlib.import_module(module).run()
        return 0

    return body


def run_server(server: Server) -> Callable[[], int]:
    """The body of PostgreSQL or the broker: prepare its files, then become it."""

    def body() -> int:
        server.prepare()
        parent = os.getppid()
        if server.user:
            step_down(server.user)
        die_with_parent(parent, server.death_signal)
        program = server.program()
        os.execv(program[0], program)  # noqa: S606

    return body


def _clear_signals() -> None:
    signal.set_wakeup_fd(-1)
    for number in HANDLED:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)


def _redirect(log: Path) -> None:
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)


def _name(name: str) -> None:
    """What `ps` and `top` show."""
    ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode()[:15], 0, 0, 0)


def _exit_code(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    print(end.code, file=sys.stderr)
    return 1
