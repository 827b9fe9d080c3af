"""Keeps a stack's processes running: in order, restarted, stopped. No thread, no event loop, no busy wait."""

import os
import select
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType

from deploy.local.children import Child
from deploy.local.home import write_json
from deploy.local.ports import listens
from deploy.local.probe import Probe

FIRST_LOOK, LONGEST_LOOK = 0.02, 0.5
GRACE = 8.0
START_ATTEMPTS = 4


class Supervisor:
    """`run()` returns when everything has stopped: 0 after SIGTERM, 1 when the stack could not start."""

    def __init__(
        self,
        children: list[Child],
        run_directory: Path,
        *,
        last: tuple[str, ...] = (),
        on_ready: Callable[[], None] = lambda: None,
        keep_open: tuple[int, ...] = (),
    ) -> None:
        self.children = {child.name: child for child in children}
        self.run_directory = run_directory
        self.last = last
        """Who is stopped after all others: the stores that the others still write to."""
        self.on_ready = on_ready
        self.phase = "starting"
        self.failure = ""
        self.stopping = False
        self._probes: dict[str, Probe] = {}
        self._looks: dict[str, tuple[float, float]] = {}
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._parent_files = [self._wake_read, self._wake_write, *keep_open]
        self._said: object = None

    def run(self, prepare: Callable[[], None] = lambda: None) -> int:
        """`prepare` imports what the children share; it runs while those that start early come up."""
        self._listen_for_signals()
        self._write_pid("supervisor", os.getpid())
        for child in self.children.values():
            if child.early:
                self._start(child)
        self._tell()
        prepare()
        while not self.stopping and self.phase != "failed":
            self._look_at_the_starting()
            self._start_what_may()
            self._insist(self.children.values())
            self._notice_ready()
            self._tell()
            self._sleep(self._next_look())
            self._reap()
        self._stop_all()
        return 1 if self.phase == "failed" else 0

    def _listen_for_signals(self) -> None:
        def stop(_number: int, _frame: FrameType | None) -> None:
            self.stopping = True

        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)

    def _start_what_may(self) -> None:
        now = time.monotonic()
        for child in self.children.values():
            due = child.state == "waiting" or (child.state == "backoff" and now >= child.retry_at)
            needs = [self.children[name] for name in child.needs if name in self.children]
            if (
                due
                and all(need.satisfied for need in needs)
                and not any(c.state == "stopping" for c in self._tied(child))
            ):
                self._start(child)

    def _tied(self, child: Child) -> list[Child]:
        return [other for other in self.children.values() if child.name in other.restarts_with]

    def _start(self, child: Child) -> None:
        if child.failures:
            child.restarts += 1
        child.fork(self._parent_files)
        self._looks[child.name] = (time.monotonic(), FIRST_LOOK)
        if child.probe:
            self._probes[child.name] = Probe(child.port, child.probe)
        if not child.once:
            self._write_pid(child.name, child.pid)

    def _look_at_the_starting(self) -> None:
        now = time.monotonic()
        for child in self.children.values():
            if child.state != "starting" or child.once:
                continue
            due, pause = self._looks[child.name]
            if now >= due:
                self._looks[child.name] = (now + pause, min(pause * 1.1, LONGEST_LOOK))
                if self._is_ready(child):
                    child.turn("ready")

    def _is_ready(self, child: Child) -> bool:
        """Whether it says so, and it is our own child who speaks."""
        if child.ready is not None:
            return child.ready(child.pid)
        if not child.probe:
            return True
        return self._probes[child.name].poll() and listens(child.pid, child.port)

    def _notice_ready(self) -> None:
        if self.phase == "starting" and all(child.satisfied for child in self.children.values()):
            self.on_ready()
            self.phase = "ready"

    def _next_look(self) -> float | None:
        """Seconds until something is due; None: until a signal."""
        now = time.monotonic()
        due = [self._looks[c.name][0] - now for c in self.children.values() if c.state == "starting" and not c.once]
        due += [c.retry_at - now for c in self.children.values() if c.state == "backoff"]
        due += [c.stop_by - now for c in self.children.values() if c.state == "stopping"]
        return max(min(due), 0.0) if due else None

    def _sleep(self, seconds: float | None) -> None:
        select.select([self._wake_read], [], [], seconds)
        try:
            while os.read(self._wake_read, 4096):
                pass
        except BlockingIOError:
            return

    def _reap(self) -> None:
        for child in self.children.values():
            if child.alive and _has_ended(child.pid):
                child.end_group()
                self._ended(child, os.waitpid(child.pid, 0)[1])

    def _ended(self, child: Child, status: int) -> None:
        code = os.waitstatus_to_exitcode(status)
        self.pid_file(child.name).unlink(missing_ok=True)
        if self.stopping or self.phase == "failed" or (child.once and code == 0):
            child.pid = 0
            child.turn("done" if child.once and code == 0 else "stopped")
            return
        how = f"ended with code {code}" if code >= 0 else f"was killed by {signal.Signals(-code).name}"
        child.ended(how)
        self._ask_to_end(self._tied(child))
        print(f"{child.name} {how}; it starts again", flush=True)
        if self.phase == "starting" and child.failures >= START_ATTEMPTS and not child.was_ready:
            self.phase = "failed"
            self.failure = f"{child.name} {how}, {child.failures} times. Its last words are in {child.log}"

    def _stop_all(self) -> None:
        stores = [self.children[name] for name in self.last if name in self.children]
        self._stop([child for child in self.children.values() if child not in stores])
        self._stop(stores)
        if self.phase != "failed":
            self.phase = "stopped"
        self._tell()
        self.pid_file("supervisor").unlink(missing_ok=True)

    def _stop(self, children: list[Child]) -> None:
        """Ask, wait, then insist."""
        self._ask_to_end(children)
        self._await_end(children, GRACE)
        self._insist(children)
        self._await_end(children, GRACE)

    def _ask_to_end(self, children: list[Child]) -> None:
        for child in children:
            if child.alive:
                if child.state != "stopping":
                    child.stop_by = time.monotonic() + GRACE
                child.turn("stopping")
                os.kill(child.pid, child.stop_signal)

    def _insist(self, children: Iterable[Child]) -> None:
        """End those that were asked to long enough ago, and what they left."""
        for child in children:
            if child.alive and child.state == "stopping" and time.monotonic() >= child.stop_by:
                os.kill(child.pid, signal.SIGKILL)
                child.end_group()

    def _await_end(self, children: list[Child], seconds: float) -> None:
        until = time.monotonic() + seconds
        while any(child.alive for child in children) and time.monotonic() < until:
            self._tell()
            self._sleep(max(until - time.monotonic(), 0))
            self._reap()

    def pid_file(self, name: str) -> Path:
        return self.run_directory / f"{name}.pid"

    def _write_pid(self, name: str, pid: int) -> None:
        scratch = self.run_directory / f".{name}.pid"
        scratch.write_text(f"{pid}\n")
        scratch.replace(self.pid_file(name))

    def _tell(self) -> None:
        """Write down the state of all where the commands read it, when it has changed."""
        phase = "stopping" if self.stopping and self.phase in ("starting", "ready") else self.phase
        told = {
            "supervisor": os.getpid(),
            "phase": phase,
            "failure": self.failure,
            "processes": {
                child.name: {
                    "pid": child.pid,
                    "port": child.port,
                    "state": child.state,
                    "restarts": child.restarts,
                    "since": child.since,
                    "message": child.message,
                    "once": child.once,
                }
                for child in self.children.values()
            },
        }
        if told != self._said:
            self._said = told
            write_json(self.run_directory / "state.json", told)


def _has_ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
