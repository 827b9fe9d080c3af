"""A worker is suspended for longer than its group waits for it, and then goes on as if nothing had been."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from deploy import topology
from deploy.local.daytime import daytime_zone
from deploy.local.home import ROOT, Home
from deploy.local.ports import HOST, Ports, free_port
from deploy.local.stack import LocalPlace
from tests.stack import Stack, running_stack, until

# The embedded broker evicts nobody: only Apache Kafka can show it.
pytestmark = [pytest.mark.fault, pytest.mark.apache]

WORKER = "actions-worker"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    if not (shutil.which("java") and shutil.which("mvn")):
        pytest.skip("Apache Kafka needs Java 17 and Maven, which this machine has not")
    with running_stack(tmp_path_factory.mktemp("stack"), FT_KAFKA="apache") as stack:
        yield stack


class Beside(LocalPlace):
    """The place of a running stack, for another process next to its own ones."""

    def port(self, process: str) -> int:
        return free_port() if process == WORKER else self.ports.known[process]


def bootstrap_of(stack: Stack) -> str:
    return f"{HOST}:{Ports(Home(stack.home).run / 'ports.json').known['kafka']}"


@pytest.fixture
def second_worker(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One more `actions-worker`, as another machine would run it."""
    monkeypatch.setenv("FT_PORT", str(free_port()))
    monkeypatch.setenv("FT_PUBLIC_URL", stack.demo["gateway"])
    monkeypatch.setenv("FT_KAFKA_BOOTSTRAP", bootstrap_of(stack))
    process = next(each for each in topology.processes("standin") if each.name == WORKER)
    environment = os.environ | topology.environment(process, Beside(Home(stack.home))) | {"FT_KAFKA_MEMBER": "second"}
    command = [sys.executable, "-m", process.module]
    with (stack.home / "logs" / "second.log").open("wb") as log:
        worker = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    yield
    worker.terminate()
    worker.wait(10)


@pytest.fixture
async def admin(stack: Stack) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_of(stack))
    await admin.start()
    yield admin
    await admin.close()


async def until_members(admin: AIOKafkaAdminClient, count: int, seconds: float) -> None:
    """Until the group of actions has agreed on so many members."""
    async with asyncio.timeout(seconds):
        while True:
            [answer] = await admin.describe_consumer_groups(["actions"])
            _, _, state, _, _, members, *_ = answer.groups[0]
            if state == "Stable" and len(members) == count:
                return
            await asyncio.sleep(0.2)


def invite(stack: Stack) -> list[str]:
    people = [f"+1817555{last:04d}" for last in range(100, 109)]
    for phone in people:
        body = {"full_name": "Pat Example", "phone": phone, "time_zone": daytime_zone()}
        assert stack.api.post("/api/v1/contractors", json=body).status_code == 201
    return people


def text_all(stack: Stack, said: dict[str, int], number: int) -> None:
    for phone in said:
        sent = stack.text(phone, f"Met Robin Reed {number}, wants a quote")
        said[phone] += int(sent["webhook_status"] == 200)


def answers(stack: Stack, people: list[str]) -> dict[str, int]:
    """As Twilio counts them."""
    return {phone: len(stack.outbound(phone)) for phone in people}


async def test_a_worker_stalled_past_its_session_is_replaced_and_what_it_did_late_has_no_second_effect(
    stack: Stack, second_worker: None, admin: AIOKafkaAdminClient
) -> None:
    people = invite(stack)
    await until_members(admin, 2, 20)
    stalled = stack.pid(WORKER)
    said = dict.fromkeys(people, 0)
    for number in range(2):
        text_all(stack, said, number)
    os.kill(stalled, signal.SIGSTOP)
    try:
        await until_members(admin, 1, 20)
        text_all(stack, said, 2)
        await asyncio.sleep(1)  # The other one has the stalled one's share in its hands by now.
    finally:
        os.kill(stalled, signal.SIGCONT)
    await until_members(admin, 2, 20)
    until(lambda: sum(answers(stack, people).values()) >= sum(said.values()), 30, "a reply to each text")
    await asyncio.sleep(1)
    assert answers(stack, people) == said == dict.fromkeys(people, 3)
    log = Home(stack.home).log(WORKER).read_text()
    assert "CommitFailedError" in log or "not recognized" in log, "its late word to the group was not refused"
