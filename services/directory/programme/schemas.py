"""Partners, events, sessions, speakers and sponsors over HTTP."""

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.directory.fields import Body, Email, Ids, Moment, Name, Prose, Stored, Tags, TimeZone, Title, Website

MAX_SPEAKERS = 50


class PartnerFields(BaseModel):
    name: Name
    focus_areas: Tags = []
    description: Prose | None = None
    website: Website | None = None


class NewPartner(PartnerFields, Body):
    status: Literal["active"] = "active"


class PartnerOut(PartnerFields, Stored):
    status: str


class PartnerFilters(BaseModel):
    name: str | None = None
    status: Literal["active", "archived"] | None = None


class EventFields(BaseModel):
    """`date` is the first day, `ends_on` the last (the same, if it is left out), in `time_zone` (the account's, if left out)."""

    name: Name
    date: Annotated[dt.date, Field(ge=dt.date(2000, 1, 1), lt=dt.date(2200, 1, 1))]
    ends_on: dt.date | None = None
    time_zone: TimeZone | None = None
    location: Title | None = None
    industry: Name | None = None
    description: Prose | None = None


class NewEvent(EventFields, Body):
    status: Literal["active", "cancelled"] = "active"


class EventOut(EventFields, Stored):
    status: str
    ends_on: dt.date
    time_zone: TimeZone


class EventFilters(BaseModel):
    """`running_on`: events that take place on that day. `when`: as of now, where they take place. `ids`: just these,
    archived ones too."""

    ids: Ids | None = None
    when: Literal["past", "running", "coming"] | None = None
    status: Literal["active", "cancelled", "archived"] | None = None
    running_on: Annotated[dt.date, Field(ge=dt.date(2000, 1, 1), lt=dt.date(2200, 1, 1))] | None = None


class SessionFields(BaseModel):
    event_id: UUID
    title: Title
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    location: Title | None = None
    description: Prose | None = None
    speaker_ids: list[UUID] = Field([], max_length=MAX_SPEAKERS)


class NewSession(SessionFields, Body): ...


class SessionOut(SessionFields, Stored):
    """`source_uid` is the talk's name in the programme it was imported from."""

    source_uid: str | None


class ProgrammeFilters(BaseModel):
    """What belongs to one event."""

    event_id: UUID | None = None


class SpeakerFields(BaseModel):
    event_id: UUID
    full_name: Name
    company: Name | None = None
    title: Name | None = None
    email: Email | None = None
    topics: Tags = []


class NewSpeaker(SpeakerFields, Body): ...


class SpeakerOut(SpeakerFields, Stored): ...


class SponsorFields(BaseModel):
    event_id: UUID
    name: Name
    partner_id: UUID | None = None
    booth: Name | None = None
    website: Website | None = None
    description: Prose | None = None


class NewSponsor(SponsorFields, Body): ...


class SponsorOut(SponsorFields, Stored): ...


class SponsorFilters(ProgrammeFilters):
    partner_id: UUID | None = None
