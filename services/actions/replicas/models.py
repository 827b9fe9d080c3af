"""What actions knows of other services' rows: a few columns each, kept by domain events."""

import datetime as dt
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, Index, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PgUuid
from sqlalchemy.orm import Mapped, mapped_column

from services.actions.base import Base
from shared.db.base import Replicated, TenantRow, one_of

EMPTY_ARRAY = text("'{}'")


class Account(Base, TenantRow, Replicated):
    __tablename__ = "accounts"

    name: Mapped[str | None]
    time_zone: Mapped[str | None]


class Contractor(Base, TenantRow, Replicated):
    __tablename__ = "contractors"
    __table_args__ = (Index("ix_contractors_account_id_phone", "account_id", "phone"),)

    full_name: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    company: Mapped[str | None]
    time_zone: Mapped[str | None]
    focus_areas: Mapped[list[str]] = mapped_column(server_default=EMPTY_ARRAY)
    status: Mapped[str | None]
    provisional: Mapped[bool] = mapped_column(server_default=text("false"))


class Partner(Base, TenantRow, Replicated):
    __tablename__ = "partners"

    name: Mapped[str | None]
    focus_areas: Mapped[list[str]] = mapped_column(server_default=EMPTY_ARRAY)
    status: Mapped[str | None]


class Event(Base, TenantRow, Replicated):
    """A trade event; `date` and `ends_on` are days in its own `time_zone`."""

    __tablename__ = "events"

    name: Mapped[str | None]
    date: Mapped[dt.date | None]
    ends_on: Mapped[dt.date | None]
    time_zone: Mapped[str | None]
    status: Mapped[str | None]


class EventSession(Base, TenantRow, Replicated):
    __tablename__ = "event_sessions"
    __table_args__ = (Index("ix_event_sessions_account_id_event_id", "account_id", "event_id", "starts_at"),)

    event_id: Mapped[UUID | None]
    title: Mapped[str | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    location: Mapped[str | None]
    speaker_ids: Mapped[list[UUID]] = mapped_column(ARRAY(PgUuid), server_default=EMPTY_ARRAY)


class EventSpeaker(Base, TenantRow, Replicated):
    __tablename__ = "event_speakers"
    __table_args__ = (Index("ix_event_speakers_account_id_event_id", "account_id", "event_id"),)

    event_id: Mapped[UUID | None]
    full_name: Mapped[str | None]
    company: Mapped[str | None]
    email: Mapped[str | None]


class EventSponsor(Base, TenantRow, Replicated):
    __tablename__ = "event_sponsors"
    __table_args__ = (Index("ix_event_sponsors_account_id_event_id", "account_id", "event_id"),)

    event_id: Mapped[UUID | None]
    name: Mapped[str | None]
    partner_id: Mapped[UUID | None]


class Attendee(Base, TenantRow, Replicated):
    """One person's part in one event. `name_key` finds a peer by name: equality is leakproof, so the index serves."""

    __tablename__ = "attendees"
    __table_args__ = (
        Index("ix_attendees_account_id_contractor_id", "account_id", "contractor_id"),
        Index("ix_attendees_account_id_event_id_name_key", "account_id", "event_id", "name_key"),
    )

    event_id: Mapped[UUID | None]
    contractor_id: Mapped[UUID | None]
    full_name: Mapped[str | None]
    status: Mapped[str | None]
    name_key: Mapped[str | None] = mapped_column(Computed("lower(full_name)", persisted=True))


class DemoBooking(Base, TenantRow, Replicated):
    __tablename__ = "demo_bookings"
    __table_args__ = (
        Index("ix_demo_bookings_account_id_contractor_id", "account_id", "contractor_id", "starts_at"),
        Index("ix_demo_bookings_account_id_event_id", "account_id", "event_id"),
        Index("ix_demo_bookings_account_id_sponsor_id", "account_id", "sponsor_id"),
        Index("ix_demo_bookings_account_id_partner_id", "account_id", "partner_id"),
    )

    contractor_id: Mapped[UUID | None]
    event_id: Mapped[UUID | None]
    sponsor_id: Mapped[UUID | None]
    partner_id: Mapped[UUID | None]
    company: Mapped[str | None]
    starts_at: Mapped[datetime | None]
    status: Mapped[str | None]


class FollowupSchedule(Base, TenantRow, Replicated):
    __tablename__ = "followup_schedules"
    __table_args__ = (Index("ix_followup_schedules_account_id_contractor_id", "account_id", "contractor_id", "status"),)

    contractor_id: Mapped[UUID | None]
    action_item_id: Mapped[UUID | None]
    event_id: Mapped[UUID | None]
    scheduled_time: Mapped[datetime | None]
    followup_type: Mapped[str | None]
    purpose: Mapped[str | None]
    status: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    message_id: Mapped[UUID | None]


class RecentMessage(Base, TenantRow):
    """What was said lately, both ways. The row's id is the message's, so a message is taken in once."""

    __tablename__ = "recent_messages"
    __table_args__ = (
        one_of("direction", ("inbound", "outbound")),
        Index("ix_recent_messages_account_id_conversation_id", "account_id", "conversation_id", "said_at"),
        Index("ix_recent_messages_said_at", "said_at"),
    )

    conversation_id: Mapped[UUID]
    contractor_id: Mapped[UUID | None]
    direction: Mapped[str]
    purpose: Mapped[str | None]
    body: Mapped[str]
    said_at: Mapped[datetime]
    origin: Mapped[dict[str, Any] | None]


class Conversation(Base, TenantRow):
    """Who speaks for us in a conversation: the concierge, or staff since `epoch`."""

    __tablename__ = "conversations"
    __table_args__ = (one_of("mode", ("concierge", "staff")),)

    mode: Mapped[str]
    epoch: Mapped[int]
