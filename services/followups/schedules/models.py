"""The table contractor_followup_schedules of document 000."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.followups.base import Base
from services.followups.policies.models import TONES
from shared.db.base import Editable, TenantRow, one_of

FOLLOWUP_TYPES = ("check_in", "reminder", "status_update", "offer_help", "completion_confirmation")
STATUSES = ("scheduled", "sent", "responded", "cancelled", "deferred")
PURPOSES = ("check_in", "priorities", "suggestion")
PLANNED_BY = ("policy", "person", "caller")
ANCHORS = ("due_date", "last_completion")
WAITING = "status = 'scheduled' AND handed_over_at IS NULL"
UNDECIDED = "status = 'scheduled'"


class FollowupSchedule(Base, TenantRow, Editable):
    """What is to be said to somebody, and when.

    `scheduled_time` is when it is wanted, `send_at` when it may go: moved into the allowed hours, or a day on. `plan_key`
    names what the policy plans, so that it is planned once.
    `attempts`: handing over failed so often. `planned_zone` is the zone whose clock `scheduled_time` keeps.
    """

    __tablename__ = "contractor_followup_schedules"
    __table_args__ = (
        one_of("followup_type", FOLLOWUP_TYPES),
        one_of("status", STATUSES),
        one_of("message_tone", TONES),
        one_of("purpose", PURPOSES),
        one_of("planned_by", PLANNED_BY),
        one_of("recurrence_anchor", ANCHORS),
        CheckConstraint("NOT is_recurring OR recurrence_interval_days IS NOT NULL", name="recurrence"),
        CheckConstraint("recurrence_interval_days BETWEEN 1 AND 3660", name="recurrence_interval_days"),
        CheckConstraint("recurrence_count >= 1", name="recurrence_count"),
        CheckConstraint("status <> 'deferred' OR deferred_until IS NOT NULL", name="deferred_until"),
        ForeignKeyConstraint(["account_id", "contractor_id"], ["contractors.account_id", "contractors.id"]),
        ForeignKeyConstraint(["account_id", "action_item_id"], ["action_items.account_id", "action_items.id"]),
        ForeignKeyConstraint(["account_id", "event_id"], ["events.account_id", "events.id"]),
        ForeignKeyConstraint(
            ["account_id", "next_occurrence_id"],
            ["contractor_followup_schedules.account_id", "contractor_followup_schedules.id"],
            deferrable=True,
            initially="DEFERRED",
        ),
        Index("ix_contractor_followup_schedules_due", "send_at", postgresql_where=text(WAITING)),
        Index("ix_contractor_followup_schedules_account_due", "account_id", "send_at", postgresql_where=text(WAITING)),
        Index(
            "ix_contractor_followup_schedules_waiting",
            "account_id",
            "contractor_id",
            "send_at",
            postgresql_where=text(UNDECIDED),
        ),
        Index(
            "uq_contractor_followup_schedules_plan_key",
            "account_id",
            "plan_key",
            unique=True,
            postgresql_where=text(UNDECIDED),
        ),
        Index("ix_contractor_followup_schedules_plan", "account_id", "plan_key"),
        Index("ix_contractor_followup_schedules_account_id_time", "account_id", "scheduled_time", "id"),
        Index("ix_contractor_followup_schedules_contractor", "account_id", "contractor_id", "scheduled_time", "id"),
        Index("ix_contractor_followup_schedules_status", "account_id", "status", "scheduled_time", "id"),
        Index("ix_contractor_followup_schedules_item", "account_id", "action_item_id", "scheduled_time", "id"),
        Index("ix_contractor_followup_schedules_event", "account_id", "event_id", "scheduled_time", "id"),
        Index("ix_contractor_followup_schedules_message_key", "account_id", "message_key"),
        Index("ix_contractor_followup_schedules_handed_over", "account_id", "contractor_id", "handed_over_at"),
    )

    contractor_id: Mapped[UUID]
    action_item_id: Mapped[UUID | None]
    event_id: Mapped[UUID | None]
    scheduled_time: Mapped[datetime]
    followup_type: Mapped[str]
    purpose: Mapped[str] = mapped_column(server_default=text("'check_in'"))
    message_template: Mapped[str | None]
    message_tone: Mapped[str] = mapped_column(server_default=text("'friendly'"))
    status: Mapped[str] = mapped_column(server_default=text("'scheduled'"))
    sent_at: Mapped[datetime | None]
    response_received_at: Mapped[datetime | None]
    response_text: Mapped[str | None]
    ai_should_personalize: Mapped[bool] = mapped_column(server_default=text("true"))
    ai_context_hints: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    skip_if_completed: Mapped[bool] = mapped_column(server_default=text("true"))
    is_recurring: Mapped[bool] = mapped_column(server_default=text("false"))
    recurrence_interval_days: Mapped[int | None]
    recurrence_anchor: Mapped[str | None]
    recurrence_starts_at: Mapped[datetime | None]
    recurrence_ends_at: Mapped[datetime | None]
    recurrence_count: Mapped[int | None]
    occurrence: Mapped[int] = mapped_column(server_default=text("1"))
    next_occurrence_id: Mapped[UUID | None]
    planned_by: Mapped[str]
    plan_key: Mapped[str | None]
    plan_reason: Mapped[str | None]
    planned_zone: Mapped[str | None]
    send_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    handed_over_at: Mapped[datetime | None]
    deferred_until: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]
    message_id: Mapped[UUID | None]
    message_key: Mapped[str | None]
    prepared_body: Mapped[str | None]
    prepared_at: Mapped[datetime | None]

    @property
    def ends_when_completed(self) -> bool:
        """A series that counts from completion goes on because the promise was kept."""
        return self.skip_if_completed and not (self.is_recurring and self.recurrence_anchor == "last_completion")
