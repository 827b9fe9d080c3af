"""A message over HTTP."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.messaging.messages.rules import Status
from shared.http.words import NotBlank

Direction = Literal["inbound", "outbound"]


class MessageOut(BaseModel):
    """`body` as it was said, option lines included. `failure_reason` and `error_code` (Twilio's) say why it did not arrive."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    conversation_id: UUID | None
    contractor_id: UUID | None
    direction: Direction
    status: Status
    channel: str
    purpose: str | None
    body: str
    address: str | None
    our_address: str | None
    provider_sid: str | None
    message_key: str | None
    origin_service: str | None
    origin_type: str | None
    origin_id: UUID | None
    in_reply_to_message_id: UUID | None
    conversation_epoch: int | None
    question: dict[str, Any] | None
    media: list[dict[str, Any]]
    not_before: datetime | None
    expires_at: datetime | None
    segments: int | None
    attempts: int
    error_code: int | None
    failure_reason: str | None
    received_at: datetime | None
    sent_at: datetime | None
    delivered_at: datetime | None
    ended_at: datetime | None
    created_at: datetime
    updated_at: datetime
    row_version: int


class StaffReply(BaseModel):
    model_config = ConfigDict(extra="forbid")

    body: Annotated[str, Field(min_length=1, max_length=1600), NotBlank]
