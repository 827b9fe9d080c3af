"""Answers that take several services: what is known of a person, what an organiser wants of an event."""

import asyncio
import csv
import io
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from gateway.access import Access
from gateway.upstream import Upstream
from shared.errors import DomainError, Unavailable
from shared.http.problems import problem

router = APIRouter(prefix="/api/v1", tags=["composed"])

OPEN = "pending,in_progress,deferred"


class ContractorContext(BaseModel):
    """All that the concierge may know of a person. A part whose service is down is null and named in `unavailable`."""

    contractor: dict[str, Any]
    notes: list[dict[str, Any]] | None
    open_action_items: list[dict[str, Any]] | None
    coming_check_ins: list[dict[str, Any]] | None
    recent_messages: list[dict[str, Any]] | None
    event: dict[str, Any] | None
    programme: dict[str, list[dict[str, Any]]] | None
    unavailable: list[str] = []


class ReportLine(BaseModel):
    """One contractor's part in an event. `promises` are action items, `answered` check-ins that were replied to."""

    contractor_id: UUID
    full_name: str | None
    notes: int
    promises: int
    kept: int
    overdue: int
    check_ins_sent: int
    answered: int


class EventReport(BaseModel):
    event: dict[str, Any]
    totals: dict[str, int]
    contractors: list[ReportLine]


class Reader:
    """Reads other services on behalf of one caller."""

    def __init__(self, upstream: Upstream, token: str) -> None:
        self._upstream = upstream
        self._authorization = f"Bearer {token}"
        self.unavailable: set[str] = set()

    async def one(self, service: str, path: str) -> dict[str, Any]:
        """Raises Unavailable, or Refused with the service's own answer."""
        return await self.page(service, path)

    async def page(self, service: str, path: str, **params: str) -> dict[str, Any]:
        status, body = await self._upstream.get_json(service, path, self._authorization, params)
        if status == 503:
            raise Unavailable(f"{service} does not answer right now. Try again in a few seconds.")
        if status != 200:
            raise Refused(status, body)
        return dict(body)

    async def items(self, service: str, path: str, **params: str) -> list[dict[str, Any]]:
        return list((await self.page(service, path, **params))["items"])

    async def items_or_none(self, service: str, path: str, **params: str) -> list[dict[str, Any]] | None:
        try:
            return await self.items(service, path, **params)
        except Unavailable:
            self.unavailable.add(service)
            return None


class Refused(DomainError):
    """A service said no; its answer is passed on."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__("refused")
        self.status = status
        self.body = body


async def _reader(request: Request) -> Reader:
    access: Access = request.app.state.access
    _, token = await access.admit(request)
    return Reader(request.app.state.upstream, token)


@router.get("/contractors/{contractor_id}/context")
async def get_contractor_context(contractor_id: UUID, request: Request) -> ContractorContext:
    """Notes, open items, coming check-ins, recent conversation, event and programme of one contractor."""
    reader = await _reader(request)
    contractor = await reader.one("directory", f"/api/v1/contractors/{contractor_id}")
    who = {"contractor_id": str(contractor_id)}
    notes, items, schedules, messages, (event, programme) = await asyncio.gather(
        reader.items_or_none("actions", "/api/v1/notes", **who, limit="50"),
        reader.items_or_none("actions", "/api/v1/action-items", **who, status=OPEN, limit="50"),
        reader.items_or_none("followups", "/api/v1/followup-schedules", **who, status="scheduled", limit="20"),
        reader.items_or_none("messaging", "/api/v1/messages", **who, limit="20"),
        _event_of(reader, contractor_id),
    )
    return ContractorContext(
        contractor=contractor,
        notes=notes,
        open_action_items=items,
        coming_check_ins=schedules,
        recent_messages=messages,
        event=event,
        programme=programme,
        unavailable=sorted(reader.unavailable),
    )


async def _event_of(reader: Reader, contractor_id: UUID) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The event of the newest attendance, with its programme."""
    attended = await reader.items("directory", "/api/v1/attendees", contractor_id=str(contractor_id), limit="200")
    if not attended:
        return None, None
    events = await asyncio.gather(*(reader.one("directory", f"/api/v1/events/{a['event_id']}") for a in attended[-5:]))
    event = max(events, key=lambda each: str(each["date"]))
    kinds = ("sessions", "speakers", "sponsors")
    lists = await asyncio.gather(
        *(reader.items("directory", f"/api/v1/{kind}", event_id=event["id"], limit="200") for kind in kinds)
    )
    return event, dict(zip(kinds, lists, strict=True))


@router.get(
    "/events/{event_id}/report",
    response_model=EventReport,
    responses={200: {"content": {"text/csv": {}}}},
)
async def get_event_report(
    event_id: UUID, request: Request, form: Annotated[Literal["json", "csv"], Query(alias="format")] = "json"
) -> Response:
    """Notes, promises, kept, overdue and answered check-ins by contractor."""
    reader = await _reader(request)
    event = await reader.one("directory", f"/api/v1/events/{event_id}")
    which = {"event_id": str(event_id)}
    notes, items, check_ins, people = await asyncio.gather(
        reader.items("actions", "/api/v1/notes/counts", **which),
        reader.items("actions", "/api/v1/action-items/counts", **which),
        reader.items("followups", "/api/v1/followup-schedules/counts", **which),
        _names(reader),
    )
    report = _report(event, [*notes, *items, *check_ins], people)
    if form == "csv":
        name = f"report-{event_id}.csv"
        return Response(
            _csv(report), media_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )
    return JSONResponse(report.model_dump(mode="json"))


async def _names(reader: Reader) -> dict[str, str | None]:
    """Every contractor's name by id, page by page."""
    names: dict[str, str | None] = {}
    params = {"limit": "200"}
    while True:
        page = await reader.page("directory", "/api/v1/contractors", **params)
        names.update({row["id"]: row["full_name"] for row in page["items"]})
        if page["next_cursor"] is None:
            return names
        params["cursor"] = page["next_cursor"]


COUNTED = ("notes", "promises", "kept", "overdue", "check_ins_sent", "answered")


def _report(event: dict[str, Any], counts: list[dict[str, Any]], people: dict[str, str | None]) -> EventReport:
    by_person: dict[str, dict[str, int]] = {}
    for row in counts:
        line = by_person.setdefault(row["contractor_id"], dict.fromkeys(COUNTED, 0))
        for name in COUNTED:
            line[name] += row.get(name, 0)
    lines = [
        ReportLine(contractor_id=UUID(person), full_name=people.get(person), **line)
        for person, line in by_person.items()
    ]
    lines.sort(key=lambda line: (-line.promises, -line.notes, line.full_name or "", str(line.contractor_id)))
    totals = {name: sum(getattr(line, name) for line in lines) for name in COUNTED}
    return EventReport(event=event, totals=totals, contractors=lines)


def _csv(report: EventReport) -> str:
    """For spreadsheets: a cell that a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["full_name", "contractor_id", *COUNTED])
    for line in report.contractors:
        name = line.full_name or ""
        safe = f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r")) else name
        writer.writerow([safe, line.contractor_id, *(getattr(line, column) for column in COUNTED)])
    return out.getvalue()


def on_refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    if isinstance(error.body, dict) and "code" in error.body:
        return JSONResponse(error.body, error.status, media_type="application/problem+json")
    return problem(error.status, "refused", "A service refused this request.")
