"""The embedded broker of `make up` forgets what it acknowledged last; all other faults are shown on Apache Kafka."""

import itertools
import os
import signal
import time
from collections.abc import Iterator

import pytest

from deploy.local.daytime import daytime_zone
from tests.stack import Stack, running_stack, until

pytestmark = pytest.mark.fault

numbers = itertools.count(100)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("stack")) as stack:
        yield stack


def invite(stack: Stack) -> str:
    phone = f"+1682555{next(numbers):04d}"
    body = {"full_name": "Pat Example", "phone": phone, "time_zone": daytime_zone()}
    assert stack.api.post("/api/v1/contractors", json=body).status_code == 201
    return phone


def text_and_count(stack: Stack, phone: str, number: int) -> int:
    """1 when the webhook was answered with success: then the text is ours to keep."""
    sent = stack.text(phone, f"Met Robin Reed {number}, wants a quote")
    return int(sent.get("webhook_status") == 200)


def test_every_text_that_was_taken_is_answered_once_though_the_embedded_broker_is_killed(stack: Stack) -> None:
    people = [invite(stack) for _ in range(6)]
    time.sleep(2)
    taken = dict.fromkeys(people, 0)
    for number in range(24):
        phone = people[number % 6]
        if number == 8:
            os.kill(stack.pid("kafka"), signal.SIGKILL)
        taken[phone] += text_and_count(stack, phone, number)
        time.sleep(0.2)
    assert sum(taken.values()) >= 12
    until(lambda: all(len(stack.outbound(phone)) >= taken[phone] for phone in people), 90, "a reply to each text")
    time.sleep(2)
    assert {phone: len(stack.outbound(phone)) for phone in people} == taken
    until(lambda: stack.api.get("/readyz").status_code == 200, 30, "readiness")
