"""A task as a service would register it, and the real SDK against the stand-in."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import BaseModel, ConfigDict

from shared.ai.prompts import Prompt
from shared.ai.runner import Ai
from shared.ai.tasks import Task, grounded, spans_exist
from tests.standins.anthropic import KEY, AnthropicStandin, anthropic_standin

ACCOUNT = UUID("0198f3a2-7c1e-7a10-8f3e-000000000001")
PROMPT = """---
name: read_note
version: 3
agent: concierge
model: claude-haiku-5-5
max_tokens: 600
effort: low
---
Name the people in the note.
"""


class Note(BaseModel):
    body: str


class People(BaseModel):
    model_config = ConfigDict(extra="forbid")

    names: list[str]
    by: str = "model"


def offline(note: Note) -> People:
    return People(names=[word for word in note.body.split() if word.istitle()], by="offline")


@pytest.fixture
def task(tmp_path: Path) -> Task[Note, People]:
    path = tmp_path / "read_note.md"
    path.write_text(PROMPT)
    return Task(
        name="read_note",
        prompt=Prompt.read(path),
        input=Note,
        output=People,
        offline=offline,
        settle=grounded(lambda note, people: spans_exist(note.body, people.names)),
    )


@pytest.fixture
async def standin() -> AsyncIterator[AnthropicStandin]:
    async with anthropic_standin() as server:
        server.reply = lambda body: {"names": ["John Smith"], "by": "model"}
        yield server


@pytest.fixture
async def new_ai(standin: AnthropicStandin) -> AsyncIterator[Callable[..., Ai]]:
    made: list[Ai] = []

    def make(**options: object) -> Ai:
        made.append(Ai.open("actions", **{"api_key": KEY, "base_url": standin.url, "timeout": 20.0, **options}))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for ai in made:
        await ai.close()
