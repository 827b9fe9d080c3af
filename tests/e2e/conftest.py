"""One stack for each broker, shared by the tests of this folder."""

import shutil
import time
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.local.daytime import daytime_zone
from tests.stack import Stack, running_stack, until


@pytest.fixture(scope="module", params=["embedded", pytest.param("apache", marks=pytest.mark.apache)])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    if request.param == "apache" and not (shutil.which("java") and shutil.which("mvn")):
        pytest.skip("Apache Kafka needs Java 17 and Maven, which this machine has not")
    with running_stack(tmp_path_factory.mktemp("stack"), FT_KAFKA=request.param) as stack:
        until(
            lambda: _is_at_the_event(stack, stack.demo["contractors"][0]), what="the services' knowledge of the event"
        )
        yield stack


@pytest.fixture(scope="module")
def people(stack: Stack) -> list[dict[str, Any]]:
    """Attendees of the running event in whose zone it is day, who have said nothing yet."""
    *made, last = [_invite(stack, f"+1512555{100 + n:04d}") for n in range(21)]
    until(lambda: _is_at_the_event(stack, last), what="the services' knowledge of the last attendee")
    time.sleep(1)  # nothing tells from outside when those of the other partitions are known
    return made


@pytest.fixture
def contractor(people: list[dict[str, Any]]) -> dict[str, Any]:
    return people.pop()


def _invite(stack: Stack, phone: str) -> dict[str, Any]:
    body = {"full_name": "Pat Example", "phone": phone, "time_zone": daytime_zone()}
    answer = stack.api.post("/api/v1/contractors", json=body)
    assert answer.status_code == 201, answer.text
    attendee = {"event_id": stack.demo["event_id"], "contractor_id": answer.json()["id"], "full_name": "Pat Example"}
    assert stack.api.post("/api/v1/attendees", json=attendee).status_code == 201
    return dict(answer.json())


def _is_at_the_event(stack: Stack, contractor: dict[str, Any]) -> bool:
    """Whether those who act on texts know the event, and that this contractor attends it."""
    stack.ask(contractor["phone"], "The keynote begins on time")
    notes = stack.items("/api/v1/notes", contractor_id=contractor["id"])
    return bool(notes and notes[0]["event_id"] == stack.demo["event_id"])
