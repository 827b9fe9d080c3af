"""partners, events, event_sessions, event_speakers, event_sponsors: what takes place, and who is on stage."""

import datetime as dt
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PgUuid
from sqlalchemy.orm import Mapped, mapped_column

from services.directory.base import Row, listed_by, refers
from shared.db.base import one_of

EVENT_STATUSES = ("active", "cancelled", "archived")
# Bounded, so that the index on `date` finds what runs on a day.
LONGEST_EVENT = timedelta(days=60)
PARTNER_STATUSES = ("active", "archived")


class Partner(Row):
    """A company that the account works with, at events or not."""

    __tablename__ = "partners"
    __table_args__ = (
        one_of("status", PARTNER_STATUSES),
        listed_by("partners", "name"),
        listed_by("partners", "status"),
    )

    name: Mapped[str]
    focus_areas: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    description: Mapped[str | None]
    website: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="active")


class Event(Row):
    """A trade event: `date` is its first day, `ends_on` its last, both in `time_zone`."""

    __tablename__ = "events"
    __table_args__ = (
        one_of("status", EVENT_STATUSES),
        CheckConstraint(f"ends_on BETWEEN date AND date + {LONGEST_EVENT.days}", name="ends_on"),
        listed_by("events", "date"),
        listed_by("events", "status"),
    )

    name: Mapped[str]
    date: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    time_zone: Mapped[str]
    location: Mapped[str | None]
    industry: Mapped[str | None]
    description: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="active")


class EventSession(Row):
    """A talk at an event. `source_uid` is its name in the programme it was imported from."""

    __tablename__ = "event_sessions"
    __table_args__ = (
        refers("event_id", "events"),
        CheckConstraint("ends_at >= starts_at", name="ends_at"),
        Index("uq_event_sessions_source_uid", "account_id", "event_id", "source_uid", unique=True),
        listed_by("event_sessions", "event_id"),
    )

    event_id: Mapped[UUID]
    title: Mapped[str]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    location: Mapped[str | None]
    description: Mapped[str | None]
    speaker_ids: Mapped[list[UUID]] = mapped_column(ARRAY(PgUuid), server_default=text("'{}'"))
    source_uid: Mapped[str | None]


class EventSpeaker(Row):
    __tablename__ = "event_speakers"
    __table_args__ = (refers("event_id", "events"), listed_by("event_speakers", "event_id"))

    event_id: Mapped[UUID]
    full_name: Mapped[str]
    company: Mapped[str | None]
    title: Mapped[str | None]
    email: Mapped[str | None]
    topics: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))


class EventSponsor(Row):
    """A company with a part in the event; one of the account's partners where `partner_id` says so."""

    __tablename__ = "event_sponsors"
    __table_args__ = (
        refers("event_id", "events"),
        refers("partner_id", "partners"),
        listed_by("event_sponsors", "event_id"),
        listed_by("event_sponsors", "partner_id"),
    )

    event_id: Mapped[UUID]
    name: Mapped[str]
    partner_id: Mapped[UUID | None]
    booth: Mapped[str | None]
    website: Mapped[str | None]
    description: Mapped[str | None]
