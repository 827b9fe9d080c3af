"""What a service asks of a model, and how an answer shows where it came from."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from shared.ai.prompts import Prompt

_LATIN, _NOT_BEFORE, _NOT_BEHIND = re.compile("[a-zß-ÿ]"), "(?<![a-zß-ÿ])", "(?![a-zß-ÿ])"

InputT = TypeVar("InputT", bound=BaseModel)
OutputT = TypeVar("OutputT", bound=BaseModel)


@dataclass(frozen=True)
class Task(Generic[InputT, OutputT]):
    """`offline` answers when no model does, and never fails for an input that validates.

    `settle` holds an answer against the input: what it makes of it, or None where the answer cites what is not there. Give it
    wherever the output has spans.
    """

    name: str
    prompt: Prompt
    input: type[InputT]
    output: type[OutputT]
    offline: Callable[[InputT], OutputT]
    settle: Callable[[InputT, OutputT], OutputT | None] | None = None
    timeout: float | None = None


@dataclass(frozen=True)
class Override:
    """The active version chosen at run time, in place of the prompt file's own."""

    model: str | None = None
    prompt: Prompt | None = None


def grounded(is_grounded: Callable[[InputT, OutputT], bool]) -> Callable[[InputT, OutputT], OutputT | None]:
    """Settles by a plain yes or no."""
    return lambda given, output: output if is_grounded(given, output) else None


def spans_exist(text: str, spans: Iterable[str]) -> bool:
    """Whether every span is a quotation of whole words from `text`; capitals and the kind of white space do not matter."""
    held = _plain(text)
    return all(plain and _is_quoted(held, plain) for plain in map(_plain, spans))


def _is_quoted(held: str, plain: str) -> bool:
    before, behind = (_NOT_BEFORE if _LATIN.match(plain) else ""), (_NOT_BEHIND if _LATIN.match(plain[-1]) else "")
    return re.search(before + re.escape(plain) + behind, held) is not None


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
