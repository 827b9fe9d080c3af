"""The demo event: it runs now, with a talk about AI on the main stage at this moment."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.directory.people.models import Contractor
from services.directory.people.resources import ATTENDEES, DEMO_BOOKINGS
from services.directory.people.schemas import NewAttendee, NewDemoBooking
from services.directory.programme.resources import EVENTS, PARTNERS, SESSIONS, SPEAKERS, SPONSORS
from services.directory.programme.schemas import NewEvent, NewPartner, NewSession, NewSpeaker, NewSponsor
from shared.db.database import Db
from shared.http.auth import Caller

ZONE = "America/Chicago"
SPEAKERS_OF_EVENT = (
    ("Greg Salafia", "Profit Rhino", "VP of Growth", ["AI automation", "pricing"]),
    ("Dana Whitfield", "Whitfield Homes", "CEO", ["hiring", "culture"]),
    ("Marcus Bell", "Bell Analytics", "Founder", ["marketing", "lead generation"]),
)
# Title, speaker, stage, minutes from now to its begin, minutes long.
TALKS = (
    ("Hiring Crews That Stay", "Dana Whitfield", "Main Stage", -150, 60),
    ("Growing with AI", "Greg Salafia", "Main Stage", -30, 90),
    ("Leads Without Ads", "Marcus Bell", "Room B", -15, 60),
    ("From Estimate to Signature", "Dana Whitfield", "Main Stage", 90, 60),
)
SPONSORS_OF_EVENT = (("Acme Corp", "A12"), ("SummitCRM", "B04"))
# Name, what it is good for, whether it is at the event.
PARTNERS_OF_ACCOUNT = (
    ("BuildPro Solutions", ["project management", "AI automation"], False),
    ("SummitCRM", ["CRM", "lead generation"], True),
    ("Keystone Finance", ["financing"], False),
)


async def make_event(db: Db, caller: Caller, name: str, contractors: Sequence[Contractor]) -> UUID:
    today = db.now.astimezone(ZoneInfo(ZONE)).date()
    event = await EVENTS.create(
        db,
        caller,
        NewEvent(
            name=name,
            date=today - timedelta(days=1),
            ends_on=today + timedelta(days=1),
            time_zone=ZONE,
            location="Dallas, TX",
            industry="Home improvement",
        ).model_dump(),
    )
    await _programme(db, caller, event.id)
    sponsors = await _companies(db, caller, event.id)
    await ATTENDEES.create_many(
        db,
        caller,
        [
            NewAttendee(
                event_id=event.id, contractor_id=each.id, full_name=each.full_name, status="confirmed"
            ).model_dump()
            for each in contractors
        ],
    )
    booking = NewDemoBooking(
        contractor_id=contractors[0].id,
        event_id=event.id,
        sponsor_id=sponsors["Acme Corp"],
        company="Acme Corp",
        starts_at=_round(db.now) + timedelta(hours=3),
    )
    await DEMO_BOOKINGS.create(db, caller, booking.model_dump())
    return event.id


async def _programme(db: Db, caller: Caller, event_id: UUID) -> None:
    people = [
        NewSpeaker(event_id=event_id, full_name=name, company=company, title=title, topics=topics).model_dump()
        for name, company, title, topics in SPEAKERS_OF_EVENT
    ]
    speakers = {row.full_name: row.id for row in await SPEAKERS.create_many(db, caller, people)}
    talks: list[dict[str, Any]] = []
    for title, speaker, stage, begins, minutes in TALKS:
        starts_at = _round(db.now) + timedelta(minutes=begins)
        talk = NewSession(
            event_id=event_id,
            title=title,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            location=stage,
            speaker_ids=[speakers[speaker]],
        )
        talks.append(talk.model_dump())
    await SESSIONS.create_many(db, caller, talks)


async def _companies(db: Db, caller: Caller, event_id: UUID) -> dict[str, UUID]:
    """The ids of the event's sponsors by name."""
    firms = [NewPartner(name=name, focus_areas=areas).model_dump() for name, areas, _ in PARTNERS_OF_ACCOUNT]
    partners = {row.name: row.id for row in await PARTNERS.create_many(db, caller, firms)}
    sponsors = [
        NewSponsor(event_id=event_id, name=name, booth=booth, partner_id=partners.get(name)).model_dump()
        for name, booth in SPONSORS_OF_EVENT
    ]
    return {row.name: row.id for row in await SPONSORS.create_many(db, caller, sponsors)}


def _round(moment: datetime) -> datetime:
    """The quarter of an hour before."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
