"""`GET /api/v1/events/{id}/report`: what an organiser wants of an event."""

import asyncio
import csv
import io
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from gateway.reader import reader_of

router = APIRouter(prefix="/api/v1", tags=["composed"])

COUNTED = ("notes", "promises", "kept", "overdue", "check_ins_sent", "answered")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


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


@router.get(
    "/events/{event_id}/report",
    response_model=EventReport,
    responses={200: {"content": {"text/csv": {}}}},
)
async def get_event_report(
    event_id: UUID, request: Request, form: Annotated[Literal["json", "csv"], Query(alias="format")] = "json"
) -> Response:
    """Notes, promises, kept, overdue and answered check-ins by contractor."""
    reader = await reader_of(request)
    event = await reader.one("directory", f"events/{event_id}")
    which = {"event_id": str(event_id)}
    notes, items, check_ins = await asyncio.gather(
        reader.items("actions", "notes/counts", **which),
        reader.items("actions", "action-items/counts", **which),
        reader.items("followups", "followup-schedules/counts", **which),
    )
    lines = _lines([*notes, *items, *check_ins])
    people = await reader.by_ids("directory", "contractors", list(lines))
    report = _report(event, lines, {row["id"]: row["full_name"] for row in people})
    if form == "csv":
        headers = {"Content-Disposition": f'attachment; filename="report-{event_id}.csv"'}
        return Response(_csv(report), media_type="text/csv", headers=headers)
    return JSONResponse(report.model_dump(mode="json"))


def _lines(counts: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    lines: dict[str, dict[str, int]] = {}
    for row in counts:
        line = lines.setdefault(row["contractor_id"], dict.fromkeys(COUNTED, 0))
        for name in COUNTED:
            line[name] += row.get(name, 0)
    return lines


def _report(event: dict[str, Any], lines: dict[str, dict[str, int]], names: dict[str, str | None]) -> EventReport:
    people = [ReportLine(contractor_id=UUID(who), full_name=names.get(who), **line) for who, line in lines.items()]
    people.sort(key=lambda line: (-line.promises, -line.notes, line.full_name or "", str(line.contractor_id)))
    totals = {name: sum(getattr(line, name) for line in people) for name in COUNTED}
    return EventReport(event=event, totals=totals, contractors=people)


def _csv(report: EventReport) -> str:
    """For spreadsheets: a cell that a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["full_name", "contractor_id", *COUNTED])
    for line in report.contractors:
        name = line.full_name or ""
        safe = f"'{name}" if name.startswith(FORMULA) else name
        writer.writerow([safe, line.contractor_id, *(getattr(line, column) for column in COUNTED)])
    return out.getvalue()
