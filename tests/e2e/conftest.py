"""One stack for each broker, shared by the tests of this folder."""

import shutil
from collections.abc import Iterator

import pytest

from tests.stack import Stack, running_stack, until


@pytest.fixture(scope="module", params=["embedded", pytest.param("apache", marks=pytest.mark.apache)])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    if request.param == "apache" and not (shutil.which("java") and shutil.which("mvn")):
        pytest.skip("Apache Kafka needs Java 17 and Maven, which this machine has not")
    with running_stack(tmp_path_factory.mktemp("stack"), FT_KAFKA=request.param) as stack:
        until(lambda: _knows_the_event(stack), what="the services' knowledge of the event")
        yield stack


def _knows_the_event(stack: Stack) -> bool:
    """Whether the events of the seed have reached those who act on texts."""
    speaker = stack.demo["contractors"][0]
    stack.ask(speaker["phone"], "The keynote begins on time")
    note = stack.items("/api/v1/notes", contractor_id=speaker["id"])[0]
    return bool(note["event_id"] == stack.demo["event_id"])
