"""The disk of PostgreSQL and of the files fills up: what comes is refused, what was taken is kept, and then it goes on."""

import base64
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from deploy.local.daytime import daytime_zone
from deploy.local.embedded import POSTGRES_PORT, PostgresServer
from services.messaging.media.jobs import TO_FETCH
from tests.faults.small_disk import SmallDisk, why_not, within
from tests.stack import Stack, running_stack, until

pytestmark = pytest.mark.fault

MEGABYTES = 400
LEASE_SECONDS = TO_FETCH.lease_seconds
STRANGERS = (f"+1469555{last:04d}" for last in count(100))
PIXEL = base64.b64encode(
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    + b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
).decode()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("stack")
    (home / "postgres").mkdir()
    if reason := why_not(home / "postgres"):
        pytest.skip(reason)
    return home


@pytest.fixture(scope="module")
def stack(home: Path) -> Iterator[Stack]:
    disk = home / "postgres"
    options = {"FT_OBJECTS_URL": f"file://{disk}/objects", "FT_LISTING_SECONDS": "2"}
    with running_stack(home, within=within(disk, MEGABYTES), **options) as stack:
        yield stack


@pytest.fixture
def disk(stack: Stack, home: Path) -> Iterator[SmallDisk]:
    disk = SmallDisk(stack.pid("supervisor"), home / "postgres")
    yield disk
    disk.free()


def invite(stack: Stack, phone: str) -> httpx.Response:
    body = {"full_name": "Pat Example", "phone": phone, "time_zone": daytime_zone()}
    return stack.api.post("/api/v1/contractors", json=body)


def refusal(stack: Stack) -> httpx.Response | None:
    answer = invite(stack, next(STRANGERS))
    return answer if answer.status_code != 201 else None


class Talk:
    """What four people texted, in long words that soon want another page of a table."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.said: dict[str, list[str]] = {next(STRANGERS): [] for _ in range(4)}
        self.statuses: list[int | None] = []

    def begin(self) -> None:
        assert {invite(self.stack, phone).status_code for phone in self.said} == {201}
        time.sleep(1)

    def go_on(self) -> None:
        number = len(self.statuses)
        phone = list(self.said)[number % len(self.said)]
        words = f"Met Robin Reed {number}, wants a quote. " + f"{number} windows, " * 80
        sent = self.stack.text(phone, words, media=[{"content_type": "image/png", "base64": PIXEL}])
        self.said[phone].append(words)
        self.statuses.append(sent["webhook_status"])

    def wait_for_answers(self) -> None:
        until(self.is_answered, 60, "a reply to each text")
        time.sleep(1)

    def is_answered(self) -> bool:
        return all(len(self.stack.outbound(phone)) >= len(said) for phone, said in self.said.items())

    def check_that_each_was_kept_and_answered_once(self) -> None:
        for phone, said in self.said.items():
            kept = inbound_of(self.stack, phone)
            assert sorted(message["body"] for message in kept) == sorted(said)
            assert len(self.stack.outbound(phone)) == len(said)
        until(self.is_each_file_kept, LEASE_SECONDS + 20, "each text's file")

    def is_each_file_kept(self) -> bool:
        """A file whose failure could not be written down either is taken up again when its lease ends."""
        files = [file for phone in self.said for message in inbound_of(self.stack, phone) for file in message["media"]]
        assert len(files) == sum(map(len, self.said.values()))
        return all(file.get("object_key") and file.get("sha256") for file in files)


def inbound_of(stack: Stack, phone: str) -> list[dict[str, Any]]:
    contractor = stack.items("/api/v1/contractors", phone=phone)[0]
    return stack.items("/api/v1/messages", contractor_id=contractor["id"], direction="inbound")


def test_a_full_disk_refuses_loses_nothing_and_goes_on_when_there_is_room(stack: Stack, disk: SmallDisk) -> None:
    talk = Talk(stack)
    talk.begin()
    for _ in range(12):
        talk.go_on()
    disk.fill()
    while talk.statuses.count(503) < 4:
        talk.go_on()
        assert {*talk.statuses} <= {200, 503}
        assert len(talk.statuses) < 100, "nothing was refused"
    refused = until(lambda: refusal(stack), 10, "a refusal")
    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (503, "unavailable", "2")
    assert stack.api.get("/api/v1/contractors").status_code == 200
    time.sleep(1)
    disk.free()
    until(lambda: invite(stack, next(STRANGERS)).status_code == 201, 20, "a new contractor")
    talk.wait_for_answers()
    talk.check_that_each_was_kept_and_answered_once()


async def test_postgresql_that_cannot_even_write_its_log_comes_back_with_all_that_was_taken(
    stack: Stack, disk: SmallDisk, home: Path
) -> None:
    talk = Talk(stack)
    talk.begin()
    socket = disk.seen(PostgresServer(home / "postgres").socket_directory)
    connection = await asyncpg.connect(host=str(socket), port=POSTGRES_PORT, user="postgres")
    for _ in range(4):
        talk.go_on()
    disk.fill()
    with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
        await fill_the_log(connection)
    connection.terminate()
    talk.go_on()
    assert {*talk.statuses} <= {200, 503}
    disk.free()
    talk.wait_for_answers()
    talk.check_that_each_was_kept_and_answered_once()


async def fill_the_log(connection: asyncpg.Connection) -> None:
    """PostgreSQL ends when it needs the next file of its log and there is no room for it."""
    for _ in range(40):
        await connection.execute("SELECT pg_logical_emit_message(false, 'test', repeat('-', 1000))")
        await connection.execute("SELECT pg_switch_wal()")
