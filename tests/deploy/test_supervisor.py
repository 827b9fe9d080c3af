"""The supervisor over real processes: order, restarts, ends, and nothing left behind."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from deploy.local.children import Child
from deploy.local.supervisor import GRACE, Supervisor
from tests.deploy.conftest import Stack, end, eventually

SERVERS = ("postgres", "kafka", "twilio")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_up_starts_everything_and_returns_although_its_output_is_a_pipe(stack: Stack) -> None:
    done = stack.up()
    assert "Followthrough is running" in done.stdout
    assert set(stack.pids()) == {"supervisor", *SERVERS}
    assert all(alive(pid) for pid in stack.pids().values())
    assert stack.demo["gateway"].startswith("http://127.0.0.1:")


@pytest.mark.e2e
def test_two_ups_at_once_start_one_stack(stack: Stack) -> None:
    first, second = stack.start("up"), stack.start("up")
    with first, second:
        assert [each.communicate(timeout=60) and each.returncode for each in (first, second)] == [0, 0]
    supervisors = [pid for pid in stack.left() if "small_stack" in Path(f"/proc/{pid}/cmdline").read_text()]
    assert stack.pid("supervisor") in supervisors
    assert len(supervisors) == 2  # The supervisor, and the stand-in it forked.


def test_down_leaves_nothing(stack: Stack) -> None:
    stack.up()
    assert stack.make("down").stdout == "Stopped.\n"
    assert stack.left() == []
    assert stack.pids() == {}
    assert stack.make("down").stdout == "Nothing was running.\n"


@pytest.mark.fault
@pytest.mark.parametrize("name", SERVERS)
def test_a_killed_process_is_back_within_seconds(stack: Stack, name: str) -> None:
    stack.up()
    before, began = stack.pid(name), time.monotonic()
    os.kill(before, signal.SIGKILL)
    eventually(lambda: stack.of(name)["state"] == "ready" and stack.of(name)["restarts"] >= 1)
    assert time.monotonic() - began < 15
    assert stack.pid(name) not in (0, before)
    others = {other: pid for other, pid in stack.pids().items() if other != name}
    assert all(alive(pid) for pid in others.values())


@pytest.mark.fault
def test_a_process_that_keeps_ending_is_restarted_less_and_less_often(stack: Stack) -> None:
    stack.up()
    ends = []
    for _ in range(4):
        before = eventually(lambda: stack.pid("twilio"))
        os.kill(before, signal.SIGKILL)
        killed = time.monotonic()
        eventually(lambda before=before: stack.pid("twilio") not in (0, before))  # type: ignore[misc]
        ends.append(time.monotonic() - killed)
    assert ends[0] < ends[2] < ends[3]
    assert ends[2] > 0.5


@pytest.mark.fault
def test_a_killed_supervisor_takes_everything_with_it(stack: Stack) -> None:
    stack.up()
    pids = stack.pids()
    os.kill(pids["supervisor"], signal.SIGKILL)
    eventually(lambda: not any(alive(pid) for pid in pids.values()))
    stack.up()
    assert set(stack.pids()) == {"supervisor", *SERVERS}


@pytest.mark.fault
@pytest.mark.parametrize("seconds", [0.05, 0.1, 0.2, 0.3, 0.6, 0.9])
def test_ctrl_c_while_it_starts_leaves_nothing(stack: Stack, seconds: float) -> None:
    starting = stack.start("up")
    with starting:
        time.sleep(seconds)
        while starting.poll() is None:  # The interpreter may forget the first one, while it starts itself.
            starting.send_signal(signal.SIGINT)
            time.sleep(0.3)
        starting.communicate(timeout=30)
    if starting.returncode == 0:  # It was ready before it could be interrupted, and runs.
        stack.make("down")
    assert stack.left() == []
    stack.up()


def test_down_while_it_starts_leaves_nothing(stack: Stack) -> None:
    with stack.start("up") as starting:
        eventually(stack.left)
        stack.make("down")
        starting.communicate(timeout=30)
        assert starting.returncode != 0
    assert stack.left() == []


@pytest.mark.fault
def test_a_process_that_does_not_end_when_asked_is_made_to_with_its_children(stack: Stack) -> None:
    stack.up(TEST_PROCESS="tests.deploy.stubborn")
    assert len([pid for pid in stack.left() if "sleep" in Path(f"/proc/{pid}/cmdline").read_text()]) == 1
    stack.make("down")
    assert stack.left() == []


@pytest.mark.fault
def test_a_worker_that_does_not_end_with_the_broker_holds_it_up_for_a_while_only(stack: Stack) -> None:
    stack.up(TEST_WORKER="tests.deploy.stubborn")
    broker, worker = stack.pid("kafka"), stack.pid("extra-worker")
    os.kill(broker, signal.SIGKILL)
    eventually(lambda: stack.of("kafka")["state"] == "ready" and stack.pid("kafka") not in (0, broker), GRACE + 5)
    eventually(lambda: stack.of("extra-worker")["state"] == "ready" and stack.pid("extra-worker") not in (0, worker))


def test_a_worker_that_is_asked_to_end_after_running_long_starts_again_at_once_every_time(tmp_path: Path) -> None:
    worker = Child("messaging-worker", lambda: 0, tmp_path / "log", restarts_with=("kafka",))
    for _ in range(5):
        worker.fork([])
        worker.turn("ready")
        worker.started_at -= 3600
        worker.turn("stopping")
        os.waitpid(worker.pid, 0)
        worker.ended("was asked to")
        assert worker.retry_at <= time.monotonic()


def test_a_worker_that_ends_before_it_is_ready_waits_longer_each_time(tmp_path: Path) -> None:
    worker = Child("messaging-worker", lambda: 0, tmp_path / "log")
    waits = []
    for _ in range(4):
        worker.fork([])
        worker.started_at -= 3600
        os.waitpid(worker.pid, 0)
        worker.ended("ended with code 0")
        waits.append(worker.retry_at - time.monotonic())
    assert waits == sorted(waits)
    assert waits[0] <= 0 < 1 < waits[-1]


def test_what_waits_for_the_last_to_become_ready_is_started(tmp_path: Path) -> None:
    def run() -> None:
        looks = iter((False, False, True))
        late = Child("late", sleep, tmp_path / "log", ready=lambda _pid: next(looks))
        waiting = Child("waiting", sleep, tmp_path / "log", needs=("late",))
        supervisor = Supervisor([late, waiting], tmp_path, on_ready=lambda: os.kill(os.getpid(), signal.SIGTERM))
        supervisor.run()

    def sleep() -> int:
        time.sleep(60)
        return 0

    running = multiprocessing.get_context("fork").Process(target=run)
    running.start()
    running.join(10)
    assert running.exitcode == 0
    running.close()


@pytest.mark.e2e
def test_two_stacks_run_side_by_side(stack: Stack, tmp_path: Path) -> None:
    other = Stack(tmp_path / "other")
    stack.up()
    other.up()
    try:
        assert not set(stack.pids().values()) & set(other.pids().values())
        assert stack.demo["twilio_api"] != other.demo["twilio_api"]
        assert stack.demo["twilio_auth_token"] != other.demo["twilio_auth_token"]
        other.make("down")
        assert all(alive(pid) for pid in stack.pids().values())
    finally:
        end(other)


@pytest.mark.e2e
def test_a_supervisor_with_nothing_to_do_takes_no_time(stack: Stack) -> None:
    stack.up()

    def ticks() -> int:
        fields = Path(f"/proc/{stack.pid('supervisor')}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    time.sleep(0.5)
    before = ticks()
    time.sleep(2)
    assert ticks() - before <= 1
