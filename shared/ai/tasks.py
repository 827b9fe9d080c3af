"""What a service asks of a model, and how an answer shows where it came from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from shared.ai.prompts import Prompt

InputT = TypeVar("InputT", bound=BaseModel)
OutputT = TypeVar("OutputT", bound=BaseModel)


@dataclass(frozen=True)
class Task(Generic[InputT, OutputT]):
    """`offline` answers when no model does, and never fails for an input that validates.

    `grounded` says whether what an answer cites is in the input: give it wherever the output has spans.
    """

    name: str
    prompt: Prompt
    input: type[InputT]
    output: type[OutputT]
    offline: Callable[[InputT], OutputT]
    grounded: Callable[[InputT, OutputT], bool] | None = None
    timeout: float | None = None


@dataclass(frozen=True)
class Override:
    """The active version chosen at run time, in place of the prompt file's own."""

    model: str | None = None
    prompt: Prompt | None = None


def spans_exist(text: str, spans: Iterable[str]) -> bool:
    """Whether every span is a quotation from `text`; capitals and the kind of white space do not matter."""
    held = _plain(text)
    return all(plain and plain in held for plain in map(_plain, spans))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
