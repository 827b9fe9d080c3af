"""`GET /api/v1/stream`: the account's domain events as server-sent events, with resume."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from gateway.access import Access
from gateway.feed import Feed, FeedItem, TooFarBehind
from gateway.tickets import TICKET_SECONDS, Tickets
from shared.bus.kafka import KafkaError
from shared.errors import Invalid, Unavailable
from shared.http.auth import Caller

COMMENT_SECONDS = 15
RETAINED_MS = 7 * 24 * 3600 * 1000

router = APIRouter(prefix="/api/v1/stream", tags=["stream"])


class TicketOut(BaseModel):
    """Put it in `?ticket=` within `expires_in` seconds; it works once."""

    ticket: str
    expires_in: int = TICKET_SECONDS


@router.post("/tickets", status_code=201)
async def make_stream_ticket(request: Request) -> TicketOut:
    access: Access = request.app.state.access
    tickets: Tickets = request.app.state.tickets
    caller, _ = await access.admit(request)
    return TicketOut(ticket=tickets.issue(caller))


@router.get("", response_class=StreamingResponse, responses={200: {"content": {"text/event-stream": {}}}})
async def stream_events(
    request: Request,
    ticket: Annotated[str | None, Query()] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Each event has `id`, `event` (the type) and `data` {type, subject, id, time}. `reset`: read everything again."""
    access: Access = request.app.state.access
    feed: Feed = request.app.state.feed
    caller = request.app.state.tickets.redeem(ticket) if ticket else (await access.admit(request))[0]
    since = _milliseconds(last_event_id)
    try:
        await feed.open()
    except TimeoutError:
        raise Unavailable("The live stream cannot be reached right now. Try again in a few seconds.") from None
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(feed, caller, since), media_type="text/event-stream", headers=headers)


def _milliseconds(last_event_id: str | None) -> int | None:
    if not last_event_id:
        return None
    digits = last_event_id.partition("-")[0]
    if not digits.isdigit() or len(digits) > 15:
        raise Invalid("Last-Event-ID must be the id of an event of this stream.", field="Last-Event-ID")
    return int(digits)


async def _events(feed: Feed, caller: Caller, since: int | None) -> AsyncIterator[str]:
    with feed.listen() as queue:
        yield ": connected\n\n"
        if since is not None:
            if time.time() * 1000 - since > RETAINED_MS:
                yield _reset()
            else:
                try:
                    for item in await feed.since(since):
                        if item.may_be_seen_by(caller):
                            yield _event(item)
                except (TooFarBehind, KafkaError, OSError):
                    yield _reset()
        while True:
            try:
                item_or_end = await asyncio.wait_for(queue.get(), COMMENT_SECONDS)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if item_or_end is None:
                yield _reset()
                return
            if item_or_end.may_be_seen_by(caller):
                yield _event(item_or_end)


def _event(item: FeedItem) -> str:
    data = {"type": item.type, "subject": item.subject, "id": str(item.id), "time": item.time.isoformat()}
    return f"id: {item.timestamp}-{item.id}\nevent: {item.type}\ndata: {json.dumps(data)}\n\n"


def _reset() -> str:
    return "event: reset\ndata: {}\n\n"
