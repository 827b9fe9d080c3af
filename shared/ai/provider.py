"""The port behind which a model answers."""

from dataclasses import dataclass
from typing import Protocol

from pydantic import BaseModel


@dataclass(frozen=True)
class Tokens:
    """The four buckets that are paid differently. `input` holds neither of the cache's."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0


@dataclass(frozen=True)
class Question:
    model: str
    max_tokens: int
    effort: str | None
    system: str
    user: str
    answer: type[BaseModel]
    timeout: float


@dataclass(frozen=True)
class Completion:
    text: str
    tokens: Tokens


class ProviderFault(Exception):
    """No usable answer, though tokens may have been paid. After an outage the next question would fare no better."""

    OUTAGES = frozenset({"timeout", "connection", "overloaded", "rate_limited", "unavailable", "not_authorised"})

    def __init__(self, reason: str, tokens: Tokens | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.tokens = tokens or Tokens()

    @property
    def outage(self) -> bool:
        return self.reason in self.OUTAGES


class Provider(Protocol):
    name: str

    async def complete(self, question: Question) -> Completion:
        """Raises ProviderFault, and nothing else that the other end can cause."""

    async def close(self) -> None: ...
