"""What directory publishes: who and what exists."""

import datetime as dt
from datetime import datetime
from uuid import UUID

from shared.contracts.base import State


class UserState(State, of="directory"):
    email: str | None = None
    full_name: str | None = None
    role: str
    status: str


class UserCreated(UserState, type="user.created.v1"): ...


class UserUpdated(UserState, type="user.updated.v1"): ...


class UserDeleted(UserState, type="user.deleted.v1"): ...


class UserSnapshot(UserState, type="user.snapshot.v1"): ...


class AccountState(State, of="directory"):
    """The tenant itself. `time_zone` is where its events are by default; the policies are followups' defaults."""

    name: str
    time_zone: str | None = None
    followup_policy: dict[str, object] = {}


class AccountCreated(AccountState, type="account.created.v1"): ...


class AccountUpdated(AccountState, type="account.updated.v1"): ...


class AccountSnapshot(AccountState, type="account.snapshot.v1"): ...


class ContractorState(State, of="directory"):
    """`phone` is E.164; `time_zone` an IANA name or null; `provisional`: made from a stranger's text."""

    user_id: UUID | None = None
    full_name: str | None = None
    phone: str | None = None
    email: str | None = None
    company: str | None = None
    time_zone: str | None = None
    focus_areas: list[str] = []
    status: str = "active"
    provisional: bool = False


class ContractorCreated(ContractorState, type="contractor.created.v1"): ...


class ContractorUpdated(ContractorState, type="contractor.updated.v1"): ...


class ContractorDeleted(ContractorState, type="contractor.deleted.v1"): ...


class ContractorSnapshot(ContractorState, type="contractor.snapshot.v1"): ...


class PartnerState(State, of="directory"):
    name: str
    focus_areas: list[str] = []
    description: str | None = None
    website: str | None = None
    status: str = "active"


class PartnerCreated(PartnerState, type="partner.created.v1"): ...


class PartnerUpdated(PartnerState, type="partner.updated.v1"): ...


class PartnerDeleted(PartnerState, type="partner.deleted.v1"): ...


class PartnerSnapshot(PartnerState, type="partner.snapshot.v1"): ...


class EventState(State, of="directory"):
    """A trade event. `date` is its first day, `ends_on` its last, both in `time_zone` (IANA)."""

    name: str
    date: dt.date
    ends_on: dt.date
    time_zone: str
    location: str | None = None
    industry: str | None = None
    description: str | None = None
    status: str = "active"


class EventCreated(EventState, type="event.created.v1"): ...


class EventUpdated(EventState, type="event.updated.v1"): ...


class EventDeleted(EventState, type="event.deleted.v1"):
    """Archived; or, with `for_good`, removed by an owner: what its documents let cascade goes now."""

    for_good: bool = False


class EventSnapshot(EventState, type="event.snapshot.v1"): ...


class SessionState(State, of="directory"):
    """A talk at an event; times with offset."""

    event_id: UUID
    title: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    location: str | None = None
    description: str | None = None
    speaker_ids: list[UUID] = []


class SessionCreated(SessionState, type="event_session.created.v1"): ...


class SessionUpdated(SessionState, type="event_session.updated.v1"): ...


class SessionDeleted(SessionState, type="event_session.deleted.v1"): ...


class SessionSnapshot(SessionState, type="event_session.snapshot.v1"): ...


class SpeakerState(State, of="directory"):
    event_id: UUID
    full_name: str
    company: str | None = None
    title: str | None = None
    email: str | None = None
    topics: list[str] = []


class SpeakerCreated(SpeakerState, type="event_speaker.created.v1"): ...


class SpeakerUpdated(SpeakerState, type="event_speaker.updated.v1"): ...


class SpeakerDeleted(SpeakerState, type="event_speaker.deleted.v1"): ...


class SpeakerSnapshot(SpeakerState, type="event_speaker.snapshot.v1"): ...


class SponsorState(State, of="directory"):
    event_id: UUID
    name: str
    partner_id: UUID | None = None
    booth: str | None = None
    website: str | None = None
    description: str | None = None


class SponsorCreated(SponsorState, type="event_sponsor.created.v1"): ...


class SponsorUpdated(SponsorState, type="event_sponsor.updated.v1"): ...


class SponsorDeleted(SponsorState, type="event_sponsor.deleted.v1"): ...


class SponsorSnapshot(SponsorState, type="event_sponsor.snapshot.v1"): ...


class AttendeeState(State, of="directory"):
    """One person's part in one event."""

    event_id: UUID
    contractor_id: UUID | None = None
    full_name: str | None = None
    email: str | None = None
    company: str | None = None
    status: str = "registered"
    checked_in_at: datetime | None = None


class AttendeeCreated(AttendeeState, type="attendee.created.v1"): ...


class AttendeeUpdated(AttendeeState, type="attendee.updated.v1"): ...


class AttendeeDeleted(AttendeeState, type="attendee.deleted.v1"): ...


class AttendeeSnapshot(AttendeeState, type="attendee.snapshot.v1"): ...


class DemoBookingState(State, of="directory"):
    """A demo that a contractor booked with a sponsor or partner."""

    contractor_id: UUID
    event_id: UUID | None = None
    sponsor_id: UUID | None = None
    partner_id: UUID | None = None
    company: str | None = None
    starts_at: datetime
    status: str = "booked"


class DemoBookingCreated(DemoBookingState, type="demo_booking.created.v1"): ...


class DemoBookingUpdated(DemoBookingState, type="demo_booking.updated.v1"): ...


class DemoBookingDeleted(DemoBookingState, type="demo_booking.deleted.v1"): ...


class DemoBookingSnapshot(DemoBookingState, type="demo_booking.snapshot.v1"): ...
