"""The tables contractor_action_items and action_item_updates of document 000."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKeyConstraint, Index, Numeric, select, text
from sqlalchemy.orm import Mapped, column_property, mapped_column

from services.actions.base import Base
from services.actions.notes.models import EventNote
from shared.db.base import Created, Editable, TenantRow, one_of

STATUSES = ("pending", "in_progress", "completed", "cancelled", "deferred")
OPEN_STATUSES = ("pending", "in_progress", "deferred")
UPDATE_TYPES = ("status_change", "priority_change", "due_date_change", "field_change", "note", "email_sent")
UPDATED_BY = ("contractor", "ai", "system", "user")
UPDATE_SOURCES = ("sms_conversation", "check_in_reply", "api", "console", "scheduler", "import")
OPEN = text("status IN ('pending', 'in_progress', 'deferred')")
# What is pending or completed is most of what there is: the newest of it are found without an index of their own.
RARE = text("status IN ('in_progress', 'deferred', 'cancelled')")


class ActionItem(Base, TenantRow, Editable):
    """A promise. `action_type` is open; `due_sort` is `due_date` with "never" for NULL, so that lists can be paged."""

    __tablename__ = "contractor_action_items"
    __table_args__ = (
        one_of("status", STATUSES),
        CheckConstraint("priority BETWEEN 1 AND 10", name="priority"),
        CheckConstraint("contractor_priority BETWEEN 1 AND 10", name="contractor_priority"),
        CheckConstraint("ai_suggested_priority BETWEEN 1 AND 10", name="ai_suggested_priority"),
        CheckConstraint("extraction_confidence BETWEEN 0 AND 1", name="extraction_confidence"),
        CheckConstraint("(status = 'completed') = (completed_at IS NOT NULL)", name="completed_at"),
        ForeignKeyConstraint(["account_id", "contractor_id"], ["contractors.account_id", "contractors.id"]),
        ForeignKeyConstraint(["account_id", "event_id"], ["events.account_id", "events.id"]),
        ForeignKeyConstraint(["account_id", "related_partner_id"], ["partners.account_id", "partners.id"]),
        ForeignKeyConstraint(
            ["account_id", "related_peer_contractor_id"],
            ["contractors.account_id", "contractors.id"],
            name="fk_contractor_action_items_related_peer_contractor_id",
        ),
        ForeignKeyConstraint(["account_id", "related_speaker_id"], ["event_speakers.account_id", "event_speakers.id"]),
        ForeignKeyConstraint(["account_id", "related_sponsor_id"], ["event_sponsors.account_id", "event_sponsors.id"]),
        ForeignKeyConstraint(["account_id", "related_note_id"], ["event_notes.account_id", "event_notes.id"]),
        ForeignKeyConstraint(
            ["account_id", "related_demo_booking_id"], ["demo_bookings.account_id", "demo_bookings.id"]
        ),
        Index(
            "ix_contractor_action_items_pending", "account_id", "contractor_id", "status", "priority", "due_sort", "id"
        ),
        Index("ix_contractor_action_items_account_id_contractor_id", "account_id", "contractor_id", "id"),
        Index("ix_contractor_action_items_account_id_event_id", "account_id", "event_id", "id"),
        Index("ix_contractor_action_items_account_id_status", *("account_id", "status", "id"), postgresql_where=RARE),
        Index("ix_contractor_action_items_account_id_priority", "account_id", "priority", "due_sort", "id"),
        Index("ix_contractor_action_items_due", "account_id", "due_date", postgresql_where=OPEN),
        Index("ix_contractor_action_items_account_id_related_note_id", "account_id", "related_note_id", "id"),
        Index(
            "ix_contractor_action_items_account_id_related_demo_booking_id",
            *("account_id", "related_demo_booking_id"),
            postgresql_where=text("related_demo_booking_id IS NOT NULL"),
        ),
    )

    contractor_id: Mapped[UUID]
    event_id: Mapped[UUID | None]
    title: Mapped[str]
    description: Mapped[str | None]
    action_type: Mapped[str] = mapped_column(server_default="follow_up")
    priority: Mapped[int] = mapped_column(server_default=text("5"))
    contractor_priority: Mapped[int | None]
    ai_suggested_priority: Mapped[int | None]
    due_date: Mapped[datetime | None]
    due_sort: Mapped[datetime] = mapped_column(
        Computed("coalesce(due_date, 'infinity'::timestamptz)", persisted=True), nullable=False
    )
    reminder_time: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(server_default="pending")
    completed_at: Mapped[datetime | None]
    related_partner_id: Mapped[UUID | None]
    related_peer_contractor_id: Mapped[UUID | None]
    related_speaker_id: Mapped[UUID | None]
    related_sponsor_id: Mapped[UUID | None]
    related_note_id: Mapped[UUID | None]
    related_demo_booking_id: Mapped[UUID | None]
    ai_generated: Mapped[bool] = mapped_column(server_default=text("false"))
    ai_reasoning: Mapped[str | None]
    extraction_confidence: Mapped[Decimal | None] = mapped_column(Numeric(3, 2))
    source_message_id: Mapped[UUID | None]
    conversation_context: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    person_name: Mapped[str | None]
    topic: Mapped[str | None]
    source: Mapped[str] = mapped_column(server_default="api")
    # What a check-in may quote. A subquery and not a join: rows are locked while they are read.
    note_text: Mapped[str | None] = column_property(
        select(EventNote.note_text)
        .where(EventNote.account_id == text("contractor_action_items.account_id"))
        .where(EventNote.id == text("contractor_action_items.related_note_id"))
        .where(EventNote.deleted_at.is_(None))
        .scalar_subquery()
    )


class ActionItemUpdate(Base, TenantRow, Created):
    """One change of one field (`field_name`), or a remark; never edited."""

    __tablename__ = "action_item_updates"
    __table_args__ = (
        one_of("update_type", UPDATE_TYPES),
        one_of("updated_by", UPDATED_BY),
        one_of("update_source", UPDATE_SOURCES),
        ForeignKeyConstraint(
            ["account_id", "action_item_id"], ["contractor_action_items.account_id", "contractor_action_items.id"]
        ),
        Index("ix_action_item_updates_account_id_action_item_id", "account_id", "action_item_id", "id"),
    )

    action_item_id: Mapped[UUID]
    contractor_id: Mapped[UUID]
    update_type: Mapped[str]
    field_name: Mapped[str | None]
    old_value: Mapped[str | None]
    new_value: Mapped[str | None]
    update_note: Mapped[str | None]
    updated_by: Mapped[str]
    update_source: Mapped[str]
    message_id: Mapped[UUID | None]
