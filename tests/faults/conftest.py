"""One house for all statements: PostgreSQL 18, Apache Kafka 4 where there is Java, and people who have said nothing yet."""

import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import pytest

from deploy.local.daytime import daytime_zone
from tests.faults.books import Auditor
from tests.faults.chaos import SETTINGS
from tests.faults.house import House, running_house
from tests.faults.servers import has_apache_kafka
from tests.stack import until

PEOPLE = 99
NOTE = "Met Robin Reed, wants a quote"
QUOTES = [f"Met Robin Reed, wants quote {number}" for number in range(8)]
LONG_SECONDS = float(os.environ.get("LONG_FAULTS", "5"))
"""How long an outage is."""


@dataclass
class Person:
    """`said` counts what they texted and what we took."""

    house: House
    id: str
    phone: str
    said: list[str] = field(default_factory=list)

    def text(self, body: str) -> bool:
        """Whether the webhook took it."""
        sent = self.house.stack.text(self.phone, body)
        self.said.append(sent["sid"])
        return bool(sent["webhook_status"] == 200)

    def text_each(self, bodies: list[str]) -> None:
        """One after the other; each is taken."""
        for body in bodies:
            assert self.text(body)

    def heard(self) -> list[str]:
        """What Twilio accepted for them, as its ledger says."""
        return [item["body"] for item in self.house.stack.outbound(self.phone)]

    def until_heard(self, count: int, seconds: float = 40) -> list[str]:
        """Exactly so much, and after a moment no more."""
        until(lambda: len(self.heard()) >= count, seconds, f"message {count} to {self.phone}")
        time.sleep(0.5)
        assert len(self.heard()) == count, self.heard()
        return self.heard()

    def check_in(self, words: str, at: str) -> str:
        body = {"contractor_id": self.id, "scheduled_time": at, "message_template": words}
        answer = self.house.stack.api.post("/api/v1/followup-schedules", json={**body, "ai_should_personalize": False})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


@pytest.fixture(scope="session")
def whole_house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    if not has_apache_kafka():
        terminal: Any = request.config.pluginmanager.get_plugin("terminalreporter")
        terminal.write_line(
            "No Java 17 and Maven here: the faults are shown on the embedded broker, not on Apache Kafka."
        )
    with running_house(tmp_path_factory.mktemp("house"), **SETTINGS) as house:
        yield house


@pytest.fixture(scope="session")
def everybody(whole_house: House) -> list[Person]:
    made = []
    for number in range(PEOPLE):
        phone = f"+1682555{100 + number:04d}"
        body = {"full_name": "Pat Example", "phone": phone, "time_zone": daytime_zone()}
        answer = whole_house.stack.api.post("/api/v1/contractors", json=body)
        assert answer.status_code == 201, answer.text
        made.append(Person(whole_house, answer.json()["id"], phone))
    time.sleep(2)
    return made


@pytest.fixture
def house(whole_house: House) -> Iterator[House]:
    """Whole again when the test begins, and when it ends."""
    whole_house.until_ready()
    yield whole_house
    for wire in whole_house.wires.values():
        wire.turn("open")
    for place in (whole_house.crash / "kill").iterdir():
        place.unlink(missing_ok=True)
    whole_house.stack.twilio.delete("/standin/faults")
    whole_house.until_ready()


@pytest.fixture
def person(house: House, everybody: list[Person]) -> Person:
    return everybody.pop()


@pytest.fixture
def people(house: House, everybody: list[Person]) -> Callable[[int], list[Person]]:
    return lambda count: [everybody.pop() for _ in range(count)]


@pytest.fixture
async def auditor(house: House) -> AsyncIterator[Auditor]:
    async with Auditor(house) as auditor:
        yield auditor


@asynccontextmanager
async def database(house: House, service: str) -> AsyncIterator[asyncpg.Connection]:
    """As PostgreSQL's superuser, past the wire."""
    url = house.database_url.replace("/postgres?", f"/{service}?")
    connection = await asyncpg.connect(url, statement_cache_size=0)
    try:
        yield connection
    finally:
        await connection.close()
