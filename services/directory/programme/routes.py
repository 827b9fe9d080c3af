"""POST /api/v1/events/{id}/programme."""

import asyncio
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request

from services.directory.programme.calendar_file import read_calendar
from services.directory.programme.json_file import read_json_programme
from services.directory.programme.resources import EVENTS
from services.directory.programme.use_cases import ProgrammeReport, import_programme
from shared.errors import Invalid, UnsupportedMedia
from shared.http.auth import CallerDep, permit
from shared.http.tenant_route import DbDep, TenantRoute

router = APIRouter(prefix="/api/v1/events", tags=["events"], route_class=TenantRoute)

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "text/calendar": {"schema": {"type": "string"}},
            "application/json": {"schema": {"type": "object"}},
        },
    }
}


@router.post("/{event_id}/programme", dependencies=[permit("sessions", "write")], openapi_extra=_BODY)
async def import_event_programme(event_id: UUID, request: Request, db: DbDep, caller: CallerDep) -> ProgrammeReport:
    """Takes a schedule (iCalendar or our own JSON). Safe to repeat: a session is the same by UID, or by title and start."""
    zone = ZoneInfo((await EVENTS.get(db, event_id)).time_zone)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        listing = await asyncio.to_thread(read_json_programme, await request.json(), zone)
    elif kind == "text/calendar":
        listing = await asyncio.to_thread(read_calendar, _text(await request.body()), zone)
    else:
        raise UnsupportedMedia("Send text/calendar or application/json.")
    event = await EVENTS.get(db, event_id, lock=True)  # only now: nobody waits for a file to be read
    return await import_programme(db, caller, event, listing)


def _text(body: bytes) -> str:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise Invalid("The calendar holds a NUL character, which cannot be stored.")
    return text
