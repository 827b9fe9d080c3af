"""The ten nouns of directory, with a body to make one of each and an edit; for tests that hold for all of them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.services.directory.conftest import Api

_numbers = count(100)


def next_phone() -> str:
    """A fictional number, another each time."""
    number = next(_numbers)
    return f"+1{214 + number // 100 % 3 * 255}55501{number % 100:02d}"


async def new_event(api: Api) -> str:
    return str((await api.post("/events", name="Power100 Dallas", date="2026-11-20"))["id"])


async def new_contractor(api: Api, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = await api.post(
        "/contractors", **{"full_name": "Maria Lopez", "phone": next_phone()} | fields
    )
    return made


@dataclass(frozen=True)
class Noun:
    path: str
    aggregate: str
    body: Callable[[Api], Awaitable[dict[str, Any]]]
    edit: dict[str, Any]
    required: str
    archives: bool = False

    def __str__(self) -> str:
        return self.path.strip("/")


async def _user(api: Api) -> dict[str, Any]:
    return {"email": f"person{next(_numbers)}@example.com", "full_name": "Ann Lee", "role": "csm"}


async def _contractor(api: Api) -> dict[str, Any]:
    return {
        "full_name": "Maria Lopez",
        "phone": next_phone(),
        "email": "maria@example.com",
        "company": "Lopez Roofing",
        "time_zone": "America/Chicago",
        "focus_areas": ["roofing"],
    }


async def _partner(api: Api) -> dict[str, Any]:
    return {"name": "BuildPro Solutions", "focus_areas": ["AI"], "website": "https://buildpro.example.com"}


async def _event(api: Api) -> dict[str, Any]:
    return {"name": "Power100 Dallas", "date": "2026-11-20", "ends_on": "2026-11-21", "time_zone": "America/Chicago"}


async def _session(api: Api) -> dict[str, Any]:
    event_id = await new_event(api)
    speaker = await api.post("/speakers", event_id=event_id, full_name="Greg Salafia")
    return {
        "event_id": event_id,
        "title": "Growing with AI",
        "starts_at": "2026-11-20T10:00:00-06:00",
        "ends_at": "2026-11-20T11:00:00-06:00",
        "speaker_ids": [speaker["id"]],
    }


async def _speaker(api: Api) -> dict[str, Any]:
    return {"event_id": await new_event(api), "full_name": "Greg Salafia", "topics": ["AI"]}


async def _sponsor(api: Api) -> dict[str, Any]:
    partner = await api.post("/partners", name="SummitCRM")
    return {"event_id": await new_event(api), "name": "SummitCRM", "partner_id": partner["id"], "booth": "B04"}


async def _attendee(api: Api) -> dict[str, Any]:
    contractor = await new_contractor(api)
    return {"event_id": await new_event(api), "contractor_id": contractor["id"], "status": "confirmed"}


async def _booking(api: Api) -> dict[str, Any]:
    contractor = await new_contractor(api)
    return {"contractor_id": contractor["id"], "company": "Acme Corp", "starts_at": "2026-11-20T15:00:00-06:00"}


NOUNS = (
    Noun("/users", "user", _user, {"full_name": "Bea Lee"}, "email", archives=True),
    Noun("/contractors", "contractor", _contractor, {"company": "Lopez & Sons"}, "full_name", archives=True),
    Noun("/partners", "partner", _partner, {"description": "Good at plans"}, "name", archives=True),
    Noun("/events", "event", _event, {"location": "Dallas, TX"}, "name", archives=True),
    Noun("/sessions", "event_session", _session, {"location": "Main Stage"}, "title"),
    Noun("/speakers", "event_speaker", _speaker, {"company": "Profit Rhino"}, "full_name"),
    Noun("/sponsors", "event_sponsor", _sponsor, {"booth": "A12"}, "name"),
    Noun("/attendees", "attendee", _attendee, {"status": "checked_in"}, "event_id"),
    Noun("/demo-bookings", "demo_booking", _booking, {"status": "completed"}, "starts_at"),
)
