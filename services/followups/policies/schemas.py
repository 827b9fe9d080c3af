"""The policy as it travels over HTTP."""

from dataclasses import fields
from datetime import datetime, time
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.followups.policies.rules import Policy
from shared.http.patches import Patch

Tone = Literal["friendly", "professional", "casual", "urgent"]
Days = Annotated[int, Field(ge=0, le=60)]


class PolicyOut(BaseModel):
    """Times of day are the contractor's own."""

    model_config = ConfigDict(from_attributes=True)

    days_after_event: int
    days_after_item: int
    priorities_days_after_event: int
    send_at: time
    quiet_from: time
    quiet_until: time
    one_a_day: bool
    digest: bool
    repeat_days: int
    unanswered_before_help: int
    tone: str
    updated_at: datetime
    row_version: int


def _by_any_clock(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError("a time of day without a time zone is wanted; it is by each contractor's own clock")
    return at


ClockTime = Annotated[time, AfterValidator(_by_any_clock)]


class PolicyChange(Patch):
    """Quiet hours can be longer than 21:00 to 08:00, never shorter."""

    not_null: ClassVar[frozenset[str]] = frozenset(field.name for field in fields(Policy))

    days_after_event: Days | None = None
    days_after_item: Days | None = None
    priorities_days_after_event: Annotated[int, Field(ge=0, le=30)] | None = None
    send_at: ClockTime | None = None
    quiet_from: ClockTime | None = None
    quiet_until: ClockTime | None = None
    one_a_day: bool | None = None
    digest: bool | None = None
    repeat_days: Annotated[int, Field(ge=1, le=60)] | None = None
    unanswered_before_help: Annotated[int, Field(ge=1, le=10)] | None = None
    tone: Tone | None = None
