"""Turns as they are shown over HTTP."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.actions.concierge.reading import Intent

TurnStatus = Literal["queued", "running", "done", "silent", "failed"]


class TurnPart(BaseModel):
    """One thing that a text says, in its own words; `action_item_id` is the promise it is about, `until` when to ask again."""

    intent: Intent
    text: str
    action_item_id: UUID | None = None
    until: datetime | None = None


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
    parts: list[TurnPart]
    reading: dict[str, Any] | None
    spans: list[dict[str, Any]]
    changes: list[dict[str, Any]]
    reply: str | None
    ai_run_id: UUID | None
    finished_at: datetime | None
    failure_reason: str | None
    created_at: datetime


class LabelledTextOut(BaseModel):
    """A text whose reading somebody corrected. `correction` holds what is right, by field."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    turn_id: UUID | None
    contractor_id: UUID
    text: str
    was_read: dict[str, Any]
    correction: dict[str, Any]
    corrected_by: Literal["contractor", "staff"]
    created_at: datetime
