"""Turns as they are shown over HTTP."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

TurnStatus = Literal["queued", "running", "done", "silent", "failed"]


class TurnOut(BaseModel):
    """What a person said, what was read in it (`reading`, with its spans), what that changed, what we answered."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    contractor_id: UUID | None
    conversation_id: UUID
    message_id: UUID
    messages: list[dict[str, Any]]
    received_at: datetime
    status: TurnStatus
    intent: str | None
    confidence: float | None
    reading: dict[str, Any] | None
    spans: list[dict[str, Any]]
    changes: list[dict[str, Any]]
    reply: str | None
    ai_run_id: UUID | None
    finished_at: datetime | None
    failure_reason: str | None
    created_at: datetime
