"""POST /api/v1/events/{id}/programme."""

import asyncio
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request

from services.directory.programme.calendar_file import read_calendar
from services.directory.programme.json_file import read_json_programme
from services.directory.programme.listing import Listing
from services.directory.programme.open_event_file import is_open_event, read_open_event
from services.directory.programme.pentabarf_file import read_pentabarf
from services.directory.programme.pretalx_file import is_pretalx, read_pretalx
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
            "application/json": {"schema": {}},
            "application/xml": {"schema": {"type": "string"}},
        },
    }
}


@router.post("/{event_id}/programme", dependencies=[permit("sessions", "write")], openapi_extra=_BODY)
async def import_event_programme(event_id: UUID, request: Request, db: DbDep, caller: CallerDep) -> ProgrammeReport:
    """Takes a schedule: iCalendar, Pentabarf (frab) XML, the JSON of pretalx or of FOSSASIA's open-event, or our own. Safe to
    repeat: a session is the same by UID, or by title and start."""
    zone = ZoneInfo((await EVENTS.get(db, event_id)).time_zone)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        listing = await asyncio.to_thread(_read_json, await request.json(), zone)
    elif kind == "text/calendar":
        listing = await asyncio.to_thread(read_calendar, _text(await request.body()), zone)
    elif kind in ("application/xml", "text/xml"):
        listing = await asyncio.to_thread(read_pentabarf, await request.body(), zone)
    else:
        raise UnsupportedMedia("Send text/calendar, application/xml or application/json.")
    event = await EVENTS.get(db, event_id, lock=True)  # only now: nobody waits for a file to be read
    return await import_programme(db, caller, event, listing)


def _read_json(document: Any, zone: ZoneInfo) -> Listing:
    if is_pretalx(document):
        return read_pretalx(document, zone)
    if is_open_event(document):
        return read_open_event(document, zone)
    return read_json_programme(document, zone)


def _text(body: bytes) -> str:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise Invalid("The calendar holds a NUL character, which cannot be stored.")
    return text
