"""Drafts of introductions as they travel over HTTP."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from shared.http.patches import Patch
from shared.http.words import NotBlank
from shared.text.emails import normalise_email

DraftStatus = Literal["draft", "approved", "sent", "discarded"]


def _as_email(text: str) -> str:
    address = normalise_email(text)
    if address is None:
        raise ValueError("must be an e-mail address")
    return address


Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(_as_email)]


class DraftOut(BaseModel):
    """A row of `email_intro_drafts`."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    action_item_id: UUID
    contractor_id: UUID
    to_name: str | None
    to_email: str | None
    subject: str
    body: str
    status: DraftStatus
    reason: str | None
    approved_by: UUID | None
    approved_at: datetime | None
    sent_at: datetime | None
    message_id: UUID | None
    created_at: datetime
    updated_at: datetime
    row_version: int


class DraftChange(Patch):
    not_null: ClassVar[frozenset[str]] = frozenset({"subject", "body"})

    subject: Annotated[str, Field(min_length=1, max_length=200), NotBlank] | None = None
    body: Annotated[str, Field(min_length=1, max_length=10_000), NotBlank] | None = None
    to_email: Email | None = None


class Discard(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=1000), NotBlank] | None = None
