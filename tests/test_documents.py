"""The committed documents are those of this code."""

import re
from pathlib import Path

import pytest

from deploy.documents import DOCS, documents


@pytest.fixture(scope="module")
def generated() -> dict[str, str]:
    return documents()


@pytest.mark.parametrize("name", ["openapi.json", "asyncapi.json", "events.md"])
def test_the_committed_document_is_current(generated: dict[str, str], name: str) -> None:
    assert (DOCS / name).read_text() == generated[name], "run `make openapi` and look at the difference"


def test_what_the_page_on_reliability_promises_is_shown_by_a_test_or_owed_in_words() -> None:
    rows = [line for line in (DOCS / "reliability.md").read_text().splitlines() if line.startswith("| ")][1:]
    shown = [re.fullmatch(r"`(test_\w+)` in `(tests/[\w/]+\.py)`", row.split(" | ")[2].rstrip(" |")) for row in rows]
    owed = [row for row, test in zip(rows, shown, strict=True) if test is None]
    assert len(rows) > 25
    assert all(row.endswith("| owed: no test yet |") for row in owed), owed
    missing = [test[0] for test in shown if test and not _has_test(Path(test[2]), test[1])]
    assert missing == []


def _has_test(path: Path, name: str) -> bool:
    file = DOCS.parent / path
    return file.exists() and f"def {name}(" in file.read_text()
