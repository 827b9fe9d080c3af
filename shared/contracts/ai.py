"""What every service that runs a model publishes, on its own topic."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from shared.contracts.base import Message


class AiRunCompleted(Message, type="ai.run_completed.v1", of="*", key="run_id"):
    """One run of a task, without any text. `outcome` ok | fallback; `fallback_reason` says why offline answered."""

    run_id: UUID
    task: str
    service: str
    agent: str
    subject_id: UUID | None = None
    prompt_version: str
    provider: str
    model: str
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    price_version: str
    cost: Decimal = Decimal(0)
    latency_ms: int
    outcome: str
    fallback_reason: str | None = None
    completed_at: datetime


class AiExampleCollected(Message, type="ai.example_collected.v1", of="*", key="example_id"):
    """What a person corrected: training data."""

    example_id: UUID
    run_id: UUID | None = None
    task: str
    service: str
    subject_id: UUID
    correction: dict[str, Any]
    origin: str
    consent: bool
