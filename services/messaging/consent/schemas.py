"""Suppressions over HTTP."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.http.words import NotBlank


class NewSuppression(BaseModel):
    """`active` false lifts what suppresses the address in this scope; say in `reason` what it rests on."""

    model_config = ConfigDict(extra="forbid")

    address: str = Field(
        min_length=3, max_length=254, description="A phone number like +12145550123, or an e-mail address."
    )
    scope: Literal["bulk", "everything"] = "everything"
    active: bool = True
    reason: Annotated[str, Field(min_length=3, max_length=500), NotBlank]


class SuppressionOut(BaseModel):
    """One line of the log; the newest of a scope holds."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    channel: Literal["sms", "email"]
    address: str
    contractor_id: UUID | None
    scope: Literal["bulk", "everything"]
    active: bool
    reason: str
    evidence_message_id: UUID | None
    requested_by: UUID | None
    created_at: datetime
