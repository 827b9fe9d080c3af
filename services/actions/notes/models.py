"""The table event_notes of document 000."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.actions.base import Base
from shared.db.base import Editable, TenantRow, one_of

NOTE_TYPES = ("general", "contact", "insight", "action_item", "speaker_note", "sponsor_note")


class EventNote(Base, TenantRow, Editable):
    """A removed note keeps its row (`deleted_at`), so that items keep their link and a late delivery makes no second one."""

    __tablename__ = "event_notes"
    __table_args__ = (
        one_of("note_type", NOTE_TYPES),
        CheckConstraint("ai_priority_score BETWEEN 0 AND 1", name="ai_priority_score"),
        UniqueConstraint("account_id", "source_message_id"),
        ForeignKeyConstraint(["account_id", "contractor_id"], ["contractors.account_id", "contractors.id"]),
        ForeignKeyConstraint(["account_id", "event_id"], ["events.account_id", "events.id"]),
        ForeignKeyConstraint(["account_id", "speaker_id"], ["event_speakers.account_id", "event_speakers.id"]),
        ForeignKeyConstraint(["account_id", "sponsor_id"], ["event_sponsors.account_id", "event_sponsors.id"]),
        Index("ix_event_notes_account_id_contractor_id", "account_id", "contractor_id", "captured_at", "id"),
        Index("ix_event_notes_account_id_event_id", "account_id", "event_id", "contractor_id", "captured_at", "id"),
        Index("ix_event_notes_account_id_captured_at", "account_id", "captured_at", "id"),
    )

    event_id: Mapped[UUID | None]
    contractor_id: Mapped[UUID]
    note_text: Mapped[str]
    note_type: Mapped[str] = mapped_column(server_default="general")
    extracted_entities: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    session_context: Mapped[str | None]
    session_id: Mapped[UUID | None]
    speaker_id: Mapped[UUID | None]
    sponsor_id: Mapped[UUID | None]
    ai_categorization: Mapped[str | None]
    ai_priority_score: Mapped[Decimal | None] = mapped_column(Numeric(3, 2))
    ai_tags: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    captured_at: Mapped[datetime] = mapped_column(server_default=text("app_clock()"))
    requires_followup: Mapped[bool] = mapped_column(server_default=text("false"))
    followup_completed: Mapped[bool] = mapped_column(server_default=text("false"))
    conversation_context: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    source_message_id: Mapped[UUID | None]
    topic: Mapped[str | None]
    related_note_id: Mapped[UUID | None]
    deleted_at: Mapped[datetime | None]
