"""Partners, events, sessions, speakers, sponsors: what is particular about each."""

from typing import Any

from sqlalchemy import Date, and_, cast, func, select

from services.directory.accounts.models import Account
from services.directory.base import Row
from services.directory.fields import TimeZone, edit_of
from services.directory.programme.models import (
    LONGEST_EVENT,
    Event,
    EventSession,
    EventSpeaker,
    EventSponsor,
    Partner,
)
from services.directory.programme.schemas import (
    EventFilters,
    EventOut,
    NewEvent,
    NewPartner,
    NewSession,
    NewSpeaker,
    NewSponsor,
    PartnerFilters,
    PartnerOut,
    ProgrammeFilters,
    SessionOut,
    SpeakerOut,
    SponsorFilters,
    SponsorOut,
)
from services.directory.resource import Published, Resource, Values
from shared.contracts import directory as contracts
from shared.db.database import Db
from shared.errors import Invalid
from shared.http.auth import Caller

PARTNERS = Resource(
    noun="partner",
    model=Partner,
    new=NewPartner,
    edit=edit_of(NewPartner),
    out=PartnerOut,
    filters=PartnerFilters,
    events=Published(
        contracts.PartnerCreated, contracts.PartnerUpdated, contracts.PartnerDeleted, contracts.PartnerSnapshot
    ),
    archives=True,
)


def _must_be_in_order(row: Row | None, values: Values, first: str, last: str) -> None:
    """Raises Invalid when field `last` comes before field `first`, counting what the row has already."""
    begins, ends = (values.get(name, getattr(row, name, None)) for name in (first, last))
    if begins is not None and ends is not None and ends < begins:
        raise Invalid(f"{last} must not be before {first}.", field=last)


class Events(Resource[Event]):
    async def check(self, db: Db, caller: Caller, row: Event | None, values: Values) -> None:
        if row is None:
            values["ends_on"] = values["ends_on"] or values["date"]
            values["time_zone"] = values["time_zone"] or await db.scalar(select(Account.time_zone))
        if values.get("time_zone", "") is None:
            raise Invalid("Give the event's time zone, or the account one.", field="time_zone")
        if values.get("ends_on", "") is None:
            raise Invalid("An event has a last day.", field="ends_on")
        _must_be_in_order(row, values, "date", "ends_on")
        first, last = (values.get(name) or getattr(row, name) for name in ("date", "ends_on"))
        if last - first > LONGEST_EVENT:
            raise Invalid(f"An event lasts at most {LONGEST_EVENT.days} days.", field="ends_on")

    def condition(self, name: str, value: Any) -> Any:
        if name == "running_on":
            return and_(Event.date.between(value - LONGEST_EVENT, value), Event.ends_on >= value)
        if name == "when":
            today = cast(func.timezone(Event.time_zone, func.app_clock()), Date)
            about = cast(select(func.timezone("UTC", func.app_clock())).scalar_subquery(), Date)  # an index can tell
            return {
                "past": and_(Event.ends_on < today, Event.date <= about + 1),
                "running": and_(
                    Event.date <= today,
                    Event.ends_on >= today,
                    Event.date.between(about - LONGEST_EVENT.days - 1, about + 1),
                ),
                "coming": and_(Event.date > today, Event.date >= about - 1),
            }[value]
        return super().condition(name, value)


EVENTS = Events(
    noun="event",
    model=Event,
    new=NewEvent,
    edit=edit_of(NewEvent, time_zone=TimeZone),
    out=EventOut,
    filters=EventFilters,
    events=Published(contracts.EventCreated, contracts.EventUpdated, contracts.EventDeleted, contracts.EventSnapshot),
    archives=True,
)


class Sessions(Resource[EventSession]):
    async def check(self, db: Db, caller: Caller, row: EventSession | None, values: Values) -> None:
        await super().check(db, caller, row, values)
        _must_be_in_order(row, values, "starts_at", "ends_at")
        wanted = values.get("speaker_ids")
        if wanted:
            event_id = row.event_id if row else values["event_id"]
            of_event = select(EventSpeaker.id).where(EventSpeaker.event_id == event_id, EventSpeaker.id.in_(wanted))
            if set(wanted) - set(await db.scalars(of_event)):
                raise Invalid("Every speaker must be one of the same event.", field="speaker_ids")


SESSIONS = Sessions(
    noun="session",
    model=EventSession,
    new=NewSession,
    edit=edit_of(NewSession, without=("event_id",)),
    out=SessionOut,
    filters=ProgrammeFilters,
    refers={"event_id": EVENTS},
    events=Published(
        contracts.SessionCreated, contracts.SessionUpdated, contracts.SessionDeleted, contracts.SessionSnapshot
    ),
    conflicts={"uq_event_sessions_source_uid": "This event has a session with this uid already."},
)


class Speakers(Resource[EventSpeaker]):
    async def release(self, db: Db, row: EventSpeaker) -> None:
        talks = select(EventSession).where(
            EventSession.event_id == row.event_id, EventSession.speaker_ids.any_() == row.id
        )
        for talk in await db.scalars(talks.with_for_update()):
            others = [speaker_id for speaker_id in talk.speaker_ids if speaker_id != row.id]
            await SESSIONS.write(db, talk, {"speaker_ids": others})


SPEAKERS = Speakers(
    noun="speaker",
    model=EventSpeaker,
    new=NewSpeaker,
    edit=edit_of(NewSpeaker, without=("event_id",)),
    out=SpeakerOut,
    filters=ProgrammeFilters,
    refers={"event_id": EVENTS},
    events=Published(
        contracts.SpeakerCreated, contracts.SpeakerUpdated, contracts.SpeakerDeleted, contracts.SpeakerSnapshot
    ),
)


SPONSORS = Resource(
    noun="sponsor",
    model=EventSponsor,
    new=NewSponsor,
    edit=edit_of(NewSponsor, without=("event_id",)),
    out=SponsorOut,
    filters=SponsorFilters,
    refers={"event_id": EVENTS, "partner_id": PARTNERS},
    events=Published(
        contracts.SponsorCreated, contracts.SponsorUpdated, contracts.SponsorDeleted, contracts.SponsorSnapshot
    ),
)
