"""`GET /api/v1/contractors/{id}/context`: what is known of one person."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from gateway.reader import Reader, reader_of

router = APIRouter(prefix="/api/v1", tags=["composed"])

OPEN = "pending,in_progress,deferred"
PROGRAMME = ("sessions", "speakers", "sponsors")

Row = dict[str, Any]


class ContractorContext(BaseModel):
    """All that the concierge may know of a person. A part whose service is down is null and named in `unavailable`."""

    contractor: Row
    notes: list[Row] | None
    open_action_items: list[Row] | None
    coming_check_ins: list[Row] | None
    recent_messages: list[Row] | None
    event: Row | None = Field(description="The event that runs now; else the last one, else the next.")
    programme: dict[str, list[Row]] | None
    unavailable: list[str] = []
    cut: list[str] = Field([], description="Lists of which only a part is here; the rest is at /api/v1/<list>.")


@router.get("/contractors/{contractor_id}/context")
async def get_contractor_context(contractor_id: UUID, request: Request) -> ContractorContext:
    """Notes, open items, coming check-ins, recent conversation, event and programme of one contractor."""
    reader = await reader_of(request)
    contractor = await reader.one("directory", f"contractors/{contractor_id}")
    who = {"contractor_id": str(contractor_id)}
    notes, items, schedules, messages, (event, programme) = await asyncio.gather(
        reader.items_or_none("actions", "notes", **who, limit="50"),
        reader.items_or_none("actions", "action-items", **who, status=OPEN, limit="50"),
        reader.items_or_none("followups", "followup-schedules", **who, status="scheduled", limit="20"),
        reader.items_or_none("messaging", "messages", **who, limit="20"),
        _event_of(reader, who),
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
        cut=sorted(reader.cut),
    )


async def _event_of(reader: Reader, who: dict[str, str]) -> tuple[Row | None, dict[str, list[Row]] | None]:
    parts = await reader.all("directory", "attendees", **who)
    ids = [part["event_id"] for part in parts if part["status"] != "cancelled"]
    event = await _nearest(reader, ids) if ids else None
    if event is None:
        return None, None
    lists = await asyncio.gather(*(reader.all("directory", kind, event_id=event["id"]) for kind in PROGRAMME))
    return event, dict(zip(PROGRAMME, lists, strict=True))


async def _nearest(reader: Reader, ids: list[str]) -> Row | None:
    """By directory's clock, which is that of the texts: the gateway has none."""
    for when, nearest in (("running", min), ("past", max), ("coming", min)):
        events = await reader.by_ids("directory", "events", ids, status="active", when=when)
        if events:
            return nearest(events, key=lambda event: (str(event["date"]), str(event["id"])))
    return None
