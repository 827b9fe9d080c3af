"""What followups publishes: when check-ins are planned, and what became of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from shared.contracts.base import State


class FollowupScheduleState(State, of="followups"):
    """Document 000's `contractor_followup_schedules` with `purpose` (check_in | priorities | suggestion)."""

    contractor_id: UUID
    action_item_id: UUID | None = None
    event_id: UUID | None = None
    scheduled_time: datetime
    followup_type: str
    purpose: str
    message_template: str | None = None
    message_tone: str
    status: str
    sent_at: datetime | None = None
    response_received_at: datetime | None = None
    response_text: str | None = None
    ai_should_personalize: bool = True
    ai_context_hints: dict[str, Any] = {}
    skip_if_completed: bool = True
    is_recurring: bool = False
    recurrence_interval_days: int | None = None
    next_occurrence_id: UUID | None = None
    handed_over_at: datetime | None = None
    deferred_until: datetime | None = None
    cancel_reason: str | None = None
    message_id: UUID | None = None


class FollowupScheduleCreated(FollowupScheduleState, type="followup_schedule.created.v1"): ...


class FollowupScheduleUpdated(FollowupScheduleState, type="followup_schedule.updated.v1"): ...


class FollowupScheduleDeleted(FollowupScheduleState, type="followup_schedule.deleted.v1"): ...


class FollowupScheduleSnapshot(FollowupScheduleState, type="followup_schedule.snapshot.v1"): ...
