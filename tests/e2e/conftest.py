"""One stack for each broker, shared by the tests of this folder."""

import shutil
from collections.abc import Iterator

import pytest

from tests.stack import Stack, running_stack


@pytest.fixture(scope="module", params=["embedded", pytest.param("apache", marks=pytest.mark.apache)])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    if request.param == "apache" and not (shutil.which("java") and shutil.which("mvn")):
        pytest.skip("Apache Kafka needs Java 17 and Maven, which this machine has not")
    with running_stack(tmp_path_factory.mktemp("stack"), FT_KAFKA=request.param) as stack:
        yield stack
