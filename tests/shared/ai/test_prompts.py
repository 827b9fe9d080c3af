"""What a prompt file must hold, and when a span counts as said."""

from pathlib import Path

import pytest

from shared.ai.prompts import Prompt
from shared.ai.tasks import spans_exist
from tests.shared.ai.conftest import PROMPT


def test_a_prompt_is_read_with_its_front_matter(tmp_path: Path) -> None:
    path = tmp_path / "p.md"
    path.write_text(PROMPT)
    prompt = Prompt.read(path)
    assert (prompt.version, prompt.max_tokens, prompt.effort) == ("3", 600, "low")
    assert prompt.body == "Name the people in the note."


@pytest.mark.parametrize(
    "broken",
    [
        "Name the people.",
        PROMPT.replace("version: 3\n", ""),
        PROMPT.replace("600", "many"),
        PROMPT.replace("effort", "temperature"),
        PROMPT.replace("version: 3", "version 3"),
    ],
)
def test_a_broken_prompt_file_is_refused_by_name(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "broken_prompt.md"
    path.write_text(broken)
    with pytest.raises(ValueError, match=r"broken_prompt\.md"):
        Prompt.read(path)


@pytest.mark.parametrize("span", ["John Smith", "john  smith", "John\nSmith", "booth, he"])
def test_a_span_that_was_said_exists(span: str) -> None:
    assert spans_exist("Met John Smith at the booth, he liked it", [span])


@pytest.mark.parametrize("span", ["", " ", "Smith John", "Mary"])
def test_a_span_that_was_not_said_does_not_exist(span: str) -> None:
    assert not spans_exist("Met John Smith at the booth", ["John", span])
