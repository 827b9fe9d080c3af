"""Who reads the corpus: the offline reader, and a model for each version of the prompt that is to be compared."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.texts.corpus import Example
from benchmarks.texts.readers import Part, Read, input_of, read_of, read_offline, wish_of
from services.actions.concierge.tasks import READ_TURN
from shared.ai.prompts import Prompt
from shared.ai.runner import Ai
from shared.ai.tasks import Override
from shared.ids import uuid7

Reader = Callable[[Example], Read]


@contextmanager
def readers(prompts: list[Path]) -> Iterator[dict[str, Reader]]:
    """By name. A model reads where FT_ANTHROPIC_API_KEY is set: with the prompt in use, and with each of `prompts`."""
    found: dict[str, Reader] = {"offline": read_offline}
    key = os.environ.get("FT_ANTHROPIC_API_KEY", "")
    if not key:
        yield found
        return
    with asyncio.Runner() as runner:
        ai = Ai.open("actions", api_key=key, base_url=os.environ.get("FT_ANTHROPIC_BASE_URL", ""))
        for prompt in [READ_TURN.prompt, *map(Prompt.read, prompts)]:
            found[f"{prompt.model}, prompt {prompt.version}"] = _by_model(runner, ai, prompt)
        yield found
        runner.run(ai.close())


def _by_model(runner: asyncio.Runner, ai: Ai, prompt: Prompt) -> Reader:
    """As the concierge does: consent first, then the model; where it fails, the offline reader, which counts as its own."""

    def read(example: Example) -> Read:
        wish = wish_of(example)
        if wish is not None:
            return Read(wish, 1.0, [Part(wish)])
        asked = ai.run(READ_TURN, input_of(example), account_id=uuid7(), override=Override(prompt=prompt))
        return read_of(runner.run(asked).output)

    return read
