"""Contractors, attendees and demo bookings over HTTP."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from services.directory.fields import Body, Email, Ids, Moment, Name, Phone, Stored, Tags, TimeZone

AttendeeStatus = Literal["registered", "confirmed", "checked_in", "no_show", "cancelled"]
BookingStatus = Literal["booked", "completed", "cancelled", "no_show"]


class ContractorFields(BaseModel):
    """`phone` is taken as people type it and kept as E.164; `time_zone` is an IANA name, or null when it is not known."""

    full_name: Name
    phone: Phone
    email: Email | None = None
    company: Name | None = None
    time_zone: TimeZone | None = None
    focus_areas: Tags = []


class NewContractor(ContractorFields, Body):
    status: Literal["active"] = "active"


class ContractorOut(ContractorFields, Stored):
    """`provisional`: known only by a text so far; the name is missing until somebody gives it."""

    user_id: UUID
    full_name: str | None  # type: ignore[assignment]
    phone: str | None  # type: ignore[assignment]
    status: str
    provisional: bool


class ContractorFilters(BaseModel):
    """`ids`: just these, archived ones too."""

    ids: Ids | None = None
    phone: Phone | None = None
    email: Email | None = None
    user_id: UUID | None = None
    provisional: bool | None = None
    status: Literal["active", "archived"] | None = None


class AttendeeFields(BaseModel):
    """One person's part in one event: a contractor, or somebody of whom we know a name, an e-mail, a phone."""

    event_id: UUID
    contractor_id: UUID | None = None
    full_name: Name | None = None
    email: Email | None = None
    phone: Phone | None = None
    company: Name | None = None
    status: AttendeeStatus = "registered"
    checked_in_at: Moment | None = None


class NewAttendee(AttendeeFields, Body): ...


class AttendeeOut(AttendeeFields, Stored): ...


class AttendeeFilters(BaseModel):
    event_id: UUID | None = None
    contractor_id: UUID | None = None
    email: Email | None = None
    phone: Phone | None = None
    status: AttendeeStatus | None = None


class DemoBookingFields(BaseModel):
    contractor_id: UUID
    event_id: UUID | None = None
    sponsor_id: UUID | None = None
    partner_id: UUID | None = None
    company: Name | None = None
    starts_at: Moment
    status: BookingStatus = "booked"


class NewDemoBooking(DemoBookingFields, Body): ...


class DemoBookingOut(DemoBookingFields, Stored): ...


class DemoBookingFilters(BaseModel):
    contractor_id: UUID | None = None
    event_id: UUID | None = None
    sponsor_id: UUID | None = None
    partner_id: UUID | None = None
    status: BookingStatus | None = None
