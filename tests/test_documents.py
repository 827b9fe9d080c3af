"""The committed documents are those of this code."""

import pytest

from deploy.documents import DOCS, documents


@pytest.fixture(scope="module")
def generated() -> dict[str, str]:
    return documents()


@pytest.mark.parametrize("name", ["openapi.json", "asyncapi.json", "events.md"])
def test_the_committed_document_is_current(generated: dict[str, str], name: str) -> None:
    assert (DOCS / name).read_text() == generated[name], "run `make openapi` and look at the difference"
