"""contractors, attendees, demo_bookings: who comes, and whom they meet."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.directory.base import Row, listed_by, refers
from shared.db.base import one_of

CONTRACTOR_STATUSES = ("active", "archived")
ATTENDEE_STATUSES = ("registered", "confirmed", "checked_in", "no_show", "cancelled")
BOOKING_STATUSES = ("booked", "completed", "cancelled", "no_show")
E164 = "phone ~ '^\\+[1-9][0-9]{6,14}$'"


class Contractor(Row):
    """A person who attends events and texts us; `provisional`: known only by a text so far."""

    __tablename__ = "contractors"
    __table_args__ = (
        CheckConstraint(E164, name="phone"),
        one_of("status", CONTRACTOR_STATUSES),
        # Checked at commit: a stranger's row is claimed by phone first, its user row follows.
        refers("user_id", "users", deferrable=True, initially="DEFERRED"),
        Index(
            "uq_contractors_phone", "account_id", "phone", unique=True, postgresql_where=text("status <> 'archived'")
        ),
        listed_by("contractors", "phone"),
        listed_by("contractors", "email"),
        listed_by("contractors", "status"),
        listed_by("contractors", "provisional"),
        listed_by("contractors", "user_id"),
    )

    user_id: Mapped[UUID]
    full_name: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    company: Mapped[str | None]
    time_zone: Mapped[str | None]
    focus_areas: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    status: Mapped[str] = mapped_column(server_default="active")
    provisional: Mapped[bool] = mapped_column(server_default=text("false"))


class Attendee(Row):
    """One person's part in one event; `contractor_id` once we know who texts."""

    __tablename__ = "attendees"
    __table_args__ = (
        refers("event_id", "events"),
        refers("contractor_id", "contractors"),
        one_of("status", ATTENDEE_STATUSES),
        CheckConstraint(E164, name="phone"),
        Index("uq_attendees_contractor", "account_id", "event_id", "contractor_id", unique=True),
        listed_by("attendees", "event_id"),
        listed_by("attendees", "contractor_id"),
        listed_by("attendees", "email"),
        listed_by("attendees", "phone"),
        listed_by("attendees", "event_id", "status"),
        listed_by("attendees", "status"),
    )

    event_id: Mapped[UUID]
    contractor_id: Mapped[UUID | None]
    full_name: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    company: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="registered")
    checked_in_at: Mapped[datetime | None]


class DemoBooking(Row):
    """A demo that a contractor booked with a sponsor, a partner, or somebody else (`company`)."""

    __tablename__ = "demo_bookings"
    __table_args__ = (
        refers("contractor_id", "contractors"),
        refers("event_id", "events"),
        refers("sponsor_id", "event_sponsors"),
        refers("partner_id", "partners"),
        one_of("status", BOOKING_STATUSES),
        listed_by("demo_bookings", "contractor_id"),
        listed_by("demo_bookings", "event_id"),
        listed_by("demo_bookings", "sponsor_id"),
        listed_by("demo_bookings", "partner_id"),
        listed_by("demo_bookings", "status"),
    )

    contractor_id: Mapped[UUID]
    event_id: Mapped[UUID | None]
    sponsor_id: Mapped[UUID | None]
    partner_id: Mapped[UUID | None]
    company: Mapped[str | None]
    starts_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(server_default="booked")
