"""What a run leaves behind: the answer, and an account of how it came about."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Generic
from uuid import UUID

from shared.ai.tasks import OutputT


@dataclass(frozen=True)
class RunRecord:
    """What `ai.run_completed` tells of a run; it holds no text. `outcome` is ok or fallback.

    `provider` is who answered, `model` who was asked (or nothing). A model not on the price list is `unpriced`.
    """

    run_id: UUID
    task: str
    agent: str
    service: str
    subject_id: UUID | None
    prompt_version: str
    provider: str
    model: str
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    price_version: str
    cost: Decimal
    latency_ms: int
    outcome: str
    fallback_reason: str | None


@dataclass(frozen=True)
class Outcome(Generic[OutputT]):
    output: OutputT
    run: RunRecord
