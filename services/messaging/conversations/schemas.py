"""A conversation over HTTP."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

Mode = Literal["concierge", "staff"]


class ConversationOut(BaseModel):
    """`mode` staff: a person of staff (`taken_over_by`) talks, the concierge is silent."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    channel: str
    our_address: str
    address: str
    contractor_id: UUID | None
    mode: Mode
    conversation_epoch: int
    taken_over_by: UUID | None
    taken_over_at: datetime | None
    last_message_at: datetime
    created_at: datetime
    updated_at: datetime
    row_version: int
