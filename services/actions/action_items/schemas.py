"""Promises and their audit rows as they travel over HTTP; the names are document 000's."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from shared.http.patches import Patch
from shared.http.times import BusinessDay, BusinessTime
from shared.http.words import NotBlank

Status = Literal["pending", "in_progress", "completed", "cancelled", "deferred"]
Line = Annotated[str, Field(max_length=500)]
Title = Annotated[str, Field(min_length=1, max_length=500), NotBlank]
Text = Annotated[str, Field(max_length=10_000)]
ActionType = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[a-z][a-z0-9_]*$")]
Rank = Annotated[int, Field(ge=1, le=10)]
Score = Annotated[Decimal, Field(ge=0, le=1, decimal_places=2)]


def _day_or_time(value: Any) -> Any:
    """A string of ten characters is a day; anything else must be a time with its offset."""
    return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else value


DueDate = Annotated[
    BusinessTime | BusinessDay,
    BeforeValidator(_day_or_time),
    Field(description="A time with offset, or a day (2026-10-15): then noon of that day where the contractor is."),
]


class _Related(BaseModel):
    related_partner_id: UUID | None = None
    related_peer_contractor_id: UUID | None = None
    related_speaker_id: UUID | None = None
    related_sponsor_id: UUID | None = None
    related_note_id: UUID | None = None
    related_demo_booking_id: UUID | None = None


class NewActionItem(_Related):
    model_config = ConfigDict(extra="forbid")

    contractor_id: UUID | None = Field(None, description="Whose promise; a contractor who signs in writes own ones.")
    event_id: UUID | None = None
    title: Title
    description: Text | None = None
    action_type: ActionType = "follow_up"
    priority: Rank = 5
    contractor_priority: Rank | None = None
    ai_suggested_priority: Rank | None = None
    due_date: DueDate | None = None
    reminder_time: BusinessTime | None = None
    status: Status = "pending"
    ai_generated: bool = False
    ai_reasoning: Text | None = None
    extraction_confidence: Score | None = None
    person_name: Line | None = None
    topic: Line | None = None


class ActionItemChange(Patch, _Related):
    not_null: ClassVar[frozenset[str]] = frozenset({"title", "action_type", "priority", "status", "ai_generated"})

    event_id: UUID | None = None
    title: Title | None = None
    description: Text | None = None
    action_type: ActionType | None = None
    priority: Rank | None = None
    contractor_priority: Rank | None = None
    ai_suggested_priority: Rank | None = None
    due_date: DueDate | None = None
    reminder_time: BusinessTime | None = None
    status: Status | None = None
    ai_generated: bool | None = None
    ai_reasoning: Text | None = None
    extraction_confidence: Score | None = None
    person_name: Line | None = None
    topic: Line | None = None
    update_note: Text | None = Field(None, description="Why; kept with the audit rows of this change.")


class ActionItemOut(BaseModel):
    """A row of `contractor_action_items`."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    contractor_id: UUID
    event_id: UUID | None
    title: str
    description: str | None
    action_type: str
    priority: int
    contractor_priority: int | None
    ai_suggested_priority: int | None
    due_date: datetime | None
    reminder_time: datetime | None
    status: Status
    completed_at: datetime | None
    related_partner_id: UUID | None
    related_peer_contractor_id: UUID | None
    related_speaker_id: UUID | None
    related_sponsor_id: UUID | None
    related_note_id: UUID | None
    related_demo_booking_id: UUID | None
    ai_generated: bool
    ai_reasoning: str | None
    extraction_confidence: float | None
    source_message_id: UUID | None
    conversation_context: list[dict[str, Any]]
    person_name: str | None
    topic: str | None
    source: str
    created_at: datetime
    updated_at: datetime
    row_version: int


class ItemToFollowUp(ActionItemOut):
    """With what the note behind it says."""

    note_text: str | None
    extracted_entities: dict[str, Any] | None = None


class ItemCount(BaseModel):
    """What a contractor promised at an event, and kept. Overdue: open past its due date."""

    contractor_id: UUID
    promises: int
    kept: int
    overdue: int


class NewUpdate(BaseModel):
    """A remark, or the report that an e-mail went out."""

    model_config = ConfigDict(extra="forbid")

    update_type: Literal["note", "email_sent"] = "note"
    update_note: Annotated[str, Field(min_length=1, max_length=10_000), NotBlank]


class UpdateOut(BaseModel):
    """A row of `action_item_updates`."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    action_item_id: UUID
    contractor_id: UUID
    update_type: str
    field_name: str | None
    old_value: str | None
    new_value: str | None
    update_note: str | None
    updated_by: str
    update_source: str
    message_id: UUID | None
    created_at: datetime
