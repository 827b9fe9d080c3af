"""What followups knows of other services' rows: a few columns each, kept by domain events."""

import datetime as dt
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.followups.base import Base
from shared.db.base import Replicated, TenantRow

OPEN_STATUSES = ("pending", "in_progress", "deferred")


class Account(Base, TenantRow, Replicated):
    __tablename__ = "accounts"

    name: Mapped[str | None]
    time_zone: Mapped[str | None]
    followup_policy: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))


class Contractor(Base, TenantRow, Replicated):
    """Also the lane of a person: the dispatcher locks this row, so that two never write to one person at once."""

    __tablename__ = "contractors"
    __table_args__ = (Index(None, "account_id", "phone"),)

    full_name: Mapped[str | None]
    phone: Mapped[str | None]
    time_zone: Mapped[str | None]
    status: Mapped[str | None]

    @property
    def is_gone(self) -> bool:
        """Not to be written to."""
        return self.deleted or self.status == "archived"


class Event(Base, TenantRow, Replicated):
    """A trade event; `date` and `ends_on` are days in its own `time_zone`."""

    __tablename__ = "events"

    name: Mapped[str | None]
    date: Mapped[dt.date | None]
    ends_on: Mapped[dt.date | None]
    time_zone: Mapped[str | None]
    status: Mapped[str | None]

    @property
    def is_gone(self) -> bool:
        """Nothing is asked about it any more, unless a caller wants it."""
        return self.deleted or self.status == "archived"


class Attendee(Base, TenantRow, Replicated):
    __tablename__ = "attendees"
    __table_args__ = (
        Index(None, "account_id", "event_id", "id"),
        Index(None, "account_id", "contractor_id", "id"),
    )

    event_id: Mapped[UUID | None]
    contractor_id: Mapped[UUID | None]
    status: Mapped[str | None]


class ActionItem(Base, TenantRow, Replicated):
    """A promise. `made_at` is when we heard of it first."""

    __tablename__ = "action_items"
    __table_args__ = (
        Index(None, "account_id", "contractor_id", "id"),
        Index(None, "account_id", "event_id", "id"),
    )

    contractor_id: Mapped[UUID | None]
    event_id: Mapped[UUID | None]
    title: Mapped[str | None]
    action_type: Mapped[str | None]
    due_date: Mapped[datetime | None]
    reminder_time: Mapped[datetime | None]
    status: Mapped[str | None]
    related_partner_id: Mapped[UUID | None]
    person_name: Mapped[str | None]
    topic: Mapped[str | None]
    note_text: Mapped[str | None]
    source: Mapped[str | None]
    ai_generated: Mapped[bool | None]
    ai_reasoning: Mapped[str | None]
    made_at: Mapped[datetime] = mapped_column(server_default=text("app_clock()"))

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATUSES and not self.deleted

    @property
    def is_suggestion(self) -> bool:
        """A partner that we proposed: nobody has promised anything yet. Who ranks it makes it a promise of their own."""
        return self.action_type == "research_partner" and self.source == "scheduler" and bool(self.ai_generated)


class Suppression(Base, TenantRow):
    """What may not be said to an address, as messaging last told."""

    __tablename__ = "suppressions"
    __table_args__ = (UniqueConstraint("account_id", "address", "channel", "scope"),)

    address: Mapped[str]
    channel: Mapped[str]
    scope: Mapped[str]
    active: Mapped[bool]
    changed_at: Mapped[datetime]
