"""Schedules as they travel over HTTP: the document's columns and those of the rulings."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    computed_field,
    field_validator,
    model_validator,
)

from shared.http.patches import Patch
from shared.http.times import BusinessTime
from shared.http.words import NotBlank
from shared.text.liquid import TemplateRefused, check

FollowupType = Literal["check_in", "reminder", "status_update", "offer_help", "completion_confirmation"]
Tone = Literal["friendly", "professional", "casual", "urgent"]
Anchor = Literal["due_date", "last_completion"]
Template = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1600), NotBlank]
Interval = Annotated[int, Field(ge=1, le=3660)]
Hints = Annotated[dict[str, Any], Field(max_length=20)]


class ScheduleOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    contractor_id: UUID
    action_item_id: UUID | None
    event_id: UUID | None
    scheduled_time: datetime
    followup_type: str
    purpose: str
    message_template: str | None
    message_tone: str
    status: str
    sent_at: datetime | None
    response_received_at: datetime | None
    response_text: str | None
    ai_should_personalize: bool
    ai_context_hints: dict[str, Any]
    skip_if_completed: bool
    is_recurring: bool
    recurrence_interval_days: int | None
    recurrence_anchor: str | None
    recurrence_ends_at: datetime | None
    recurrence_count: int | None
    occurrence: int
    next_occurrence_id: UUID | None
    planned_by: str
    plan_reason: str | None
    handed_over_at: datetime | None
    deferred_until: datetime | None
    cancel_reason: str | None
    message_id: UUID | None
    message_key: str | None
    prepared_body: str | None
    prepared_at: datetime | None
    send_at: Annotated[datetime, Field(exclude=True)]
    created_at: datetime
    updated_at: datetime
    row_version: int

    @computed_field(
        description="When it goes: `scheduled_time`, or the next moment that is allowed. Null once it went."
    )
    def will_send_at(self) -> datetime | None:
        return self.send_at if self.status == "scheduled" and self.handed_over_at is None else None


class _Words(BaseModel):
    @field_validator("message_template", check_fields=False)
    @classmethod
    def _is_a_template(cls, value: str | None) -> str | None:
        try:
            if value is not None:
                check(value)
        except TemplateRefused as error:
            raise ValueError(error.message) from None
        return value


class NewSchedule(_Words):
    """A follow-up that a caller asks for. `scheduled_time` of now or earlier: at once, inside the allowed hours."""

    model_config = ConfigDict(extra="forbid")

    contractor_id: UUID
    action_item_id: UUID | None = None
    event_id: UUID | None = None
    scheduled_time: BusinessTime
    followup_type: FollowupType = "check_in"
    purpose: Literal["check_in", "suggestion"] = "check_in"
    message_template: Template | None = None
    message_tone: Tone | None = None
    ai_should_personalize: bool = True
    ai_context_hints: Hints = {}
    skip_if_completed: bool = True
    is_recurring: bool = False
    recurrence_interval_days: Interval | None = None
    recurrence_anchor: Anchor | None = None
    recurrence_ends_at: BusinessTime | None = None
    recurrence_count: Annotated[int, Field(ge=1, le=1000)] | None = None

    @model_validator(mode="after")
    def _recurrence_is_whole(self) -> Self:
        if self.is_recurring and self.recurrence_interval_days is None:
            raise ValueError("a recurring follow-up needs recurrence_interval_days")
        return self


class ScheduleChange(Patch, _Words):
    """What of a waiting follow-up can be changed. It counts as a caller's from then on."""

    not_null: ClassVar[frozenset[str]] = frozenset(
        {
            *("scheduled_time", "followup_type", "message_tone", "ai_should_personalize", "ai_context_hints"),
            *("skip_if_completed", "is_recurring"),
        }
    )

    scheduled_time: BusinessTime | None = None
    followup_type: FollowupType | None = None
    message_template: Template | None = None
    message_tone: Tone | None = None
    ai_should_personalize: bool | None = None
    ai_context_hints: Hints | None = None
    skip_if_completed: bool | None = None
    is_recurring: bool | None = None
    recurrence_interval_days: Interval | None = None
    recurrence_anchor: Anchor | None = None
    recurrence_ends_at: BusinessTime | None = None
    recurrence_count: Annotated[int, Field(ge=1, le=1000)] | None = None


class Deferral(BaseModel):
    model_config = ConfigDict(extra="forbid")

    until: BusinessTime


class PriorityQuestion(BaseModel):
    """Ask a person for their top 3 of an event, at once, whether or not they attended."""

    model_config = ConfigDict(extra="forbid")

    contractor_id: UUID
    event_id: UUID


class Preview(BaseModel):
    """What will be said, when and why. `would_be_sent` is false where `why` says what stands against it."""

    schedule_id: UUID
    body: str
    options: list[str]
    scheduled_time: datetime
    will_send_at: datetime | None
    will_send_at_local: str | None
    time_zone: str
    would_be_sent: bool
    prepared: bool
    together_with: list[UUID]
    why: list[str]


class CheckInCounts(BaseModel):
    contractor_id: UUID
    check_ins_sent: int
    answered: int
