"""What the concierge knows when it reads a turn, as it comes from the database."""

import datetime as dt
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, TypeAdapter

from services.actions.zones import zone_of
from shared.contracts.messaging import OpenQuestion

AFTER_MIDNIGHT = timedelta(hours=3)


class Said(BaseModel):
    message_id: UUID
    body: str
    at: datetime
    media: list[dict[str, Any]] = []


class Turn(BaseModel):
    id: UUID
    contractor_id: UUID
    conversation_id: UUID
    conversation_epoch: int
    channel: str
    address: str
    message_id: UUID
    messages: list[Said]
    open_questions: list[OpenQuestion]
    opted_out: bool
    received_at: datetime

    @property
    def text(self) -> str:
        return "\n".join(said.body for said in self.messages if said.body)


class KnownContractor(BaseModel):
    full_name: str | None
    time_zone: str | None
    provisional: bool


class KnownEvent(BaseModel):
    id: UUID
    name: str | None
    date: dt.date
    ends_on: dt.date
    time_zone: str | None

    def is_running(self, at: datetime) -> bool:
        """On one of its days, where it takes place; a night out belongs to the day before."""
        zone = zone_of(self.time_zone)
        days = {at.astimezone(zone).date(), (at - AFTER_MIDNIGHT).astimezone(zone).date()}
        return any(self.date <= day <= self.ends_on for day in days)


class KnownSession(BaseModel):
    id: UUID
    event_id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime | None
    location: str | None
    speaker_ids: list[UUID]


class Named(BaseModel):
    """A speaker, sponsor or partner."""

    id: UUID
    event_id: UUID | None = None
    name: str


class KnownItem(BaseModel):
    id: UUID
    title: str
    person_name: str | None
    priority: int
    event_id: UUID | None
    related_note_id: UUID | None
    kept: bool = False


class KnownSchedule(BaseModel):
    """`kept`: the promise, where it is completed and this check-in asks whether it really is."""

    id: UUID
    action_item_id: UUID | None
    event_id: UUID | None
    purpose: str | None
    status: str | None
    sent_at: datetime | None
    message_id: UUID | None
    followup_type: str | None
    kept: KnownItem | None

    def is_asked_by(self, question: OpenQuestion) -> bool:
        return (
            str(self.id) == question.ref
            or self.id == question.origin.id
            or (self.message_id is not None and self.message_id == question.message_id)
            or any(str(self.id) in option.key for option in question.options)
        )


class KnownNote(BaseModel):
    id: UUID
    event_id: UUID | None
    captured_at: datetime
    names: list[str]
    companies: list[str]
    phones: list[str]
    emails: list[str]
    topic: str | None
    note_text: str
    priority_score: float | None


@dataclass(frozen=True)
class FoundNote:
    """A note that fits what somebody looks for; `rank` as PostgreSQL's text search gives it."""

    note_text: str
    captured_at: datetime
    entities: dict[str, Any]
    topic: str | None
    rank: float


class KnownDemo(BaseModel):
    id: UUID
    event_id: UUID | None
    company: str | None
    starts_at: datetime


class Before(BaseModel):
    message_id: UUID
    direction: str
    body: str
    purpose: str | None
    origin: dict[str, Any] | None
    at: datetime


class LastTurn(BaseModel):
    id: UUID
    ai_run_id: UUID | None
    changes: list[dict[str, Any]]


class Knowledge(BaseModel):
    """One turn with everything that may be read for it."""

    turn: Turn
    contractor: KnownContractor
    account_name: str | None
    account_zone: str | None
    candidates: list[KnownEvent]
    sessions: list[KnownSession]
    speakers: list[Named]
    sponsors: list[Named]
    partners: list[Named]
    items: list[KnownItem]
    schedules: list[KnownSchedule]
    notes: list[KnownNote]
    demos: list[KnownDemo]
    before: list[Before]
    last_turn: LastTurn | None
    answered_before: bool

    @property
    def event(self) -> KnownEvent | None:
        """The event that runs now and that the contractor attends; none when there are two."""
        running = [event for event in self.candidates if event.is_running(self.turn.received_at)]
        return running[0] if len(running) == 1 else None

    @cached_property
    def promises(self) -> list[KnownItem]:
        """What an answer may be about: what is open, then what was kept and is being confirmed."""
        asked = [s.kept for s in self.schedules if s.kept and any(map(s.is_asked_by, self.turn.open_questions))]
        return [*self.items, *{item.id: item for item in asked}.values()]

    @property
    def zone(self) -> ZoneInfo:
        event = self.event
        return zone_of(self.contractor.time_zone, event.time_zone if event else None, self.account_zone)

    def sessions_now(self, event: KnownEvent) -> list[KnownSession]:
        at = self.turn.received_at
        hour = timedelta(hours=1)
        return [
            session
            for session in self.sessions
            if session.event_id == event.id and session.starts_at <= at <= (session.ends_at or session.starts_at + hour)
        ]


_KNOWLEDGE = TypeAdapter(Knowledge)


def knowledge_of(stored: str) -> Knowledge:
    return _KNOWLEDGE.validate_json(stored)


@dataclass(frozen=True)
class Place:
    """Where a note was made, as far as the programme tells."""

    event: KnownEvent | None
    session: KnownSession | None
    speaker_id: UUID | None
    sponsor_id: UUID | None

    def describe(self) -> str | None:
        """Growing with AI - 2:00 PM Main Stage."""
        if self.session is None or self.event is None:
            return None
        local = self.session.starts_at.astimezone(zone_of(self.event.time_zone))
        at = f"{local.hour % 12 or 12}:{local:%M %p}"
        return f"{self.session.title} - {at} {self.session.location or ''}".strip()
