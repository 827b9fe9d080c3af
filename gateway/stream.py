"""`GET /api/v1/stream`: the account's domain events as server-sent events, with resume."""

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

from gateway.access import Access
from gateway.api_keys import expiry_of
from gateway.feed import Feed, FeedItem, TooFarBehind
from gateway.tickets import TICKET_SECONDS, Listener, Tickets, cookie_name
from shared.bus.kafka import KafkaError
from shared.errors import DomainError, Invalid, TooMany, Unavailable

COMMENT_SECONDS = 15
RETAINED_MS = 7 * 24 * 3600 * 1000
PATH = "/api/v1/stream"

router = APIRouter(prefix=PATH, tags=["stream"])


class TicketOut(BaseModel):
    """Put it in `?ticket=` within `expires_in` seconds. It works once; a browser that loses its connection comes back by
    itself, with a cookie, until the token expires that made the ticket. Then: a new one, and `?last_event_id=`."""

    ticket: str
    expires_in: int = TICKET_SECONDS


class Places:
    """How many streams each account has open at this gateway."""

    def __init__(self, per_account: int) -> None:
        self._per_account = per_account
        self._taken: Counter[UUID] = Counter()

    @contextmanager
    def one_of(self, account_id: UUID) -> Iterator[None]:
        if self._taken[account_id] >= self._per_account:
            raise TooMany(f"Your account has {self._per_account} streams open. Close one of them.", retry_after=30)
        self._taken[account_id] += 1
        try:
            yield
        finally:
            self._taken[account_id] -= 1
            if not self._taken[account_id]:
                del self._taken[account_id]


class _Stream(StreamingResponse):
    """Has its place until it ends, however it ends."""

    def __init__(self, events: AsyncIterator[str], place: AbstractContextManager[None]) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(events, media_type="text/event-stream", headers=headers)
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._place:
            await super().__call__(scope, receive, send)


@router.post("/tickets", status_code=201)
async def make_stream_ticket(request: Request) -> TicketOut:
    tickets: Tickets = request.app.state.tickets
    return TicketOut(ticket=tickets.issue(await _admitted(request)))


@router.get("", response_class=StreamingResponse, responses={200: {"content": {"text/event-stream": {}}}})
async def stream_events(
    request: Request,
    ticket: Annotated[str | None, Query()] = None,
    last_event_id: Annotated[str | None, Header()] = None,
    last_event_id_in_query: Annotated[str | None, Query(alias="last_event_id")] = None,
) -> StreamingResponse:
    """Each event has `id`, `event` (the type) and `data` {type, subject, id, time}. `reset`: read everything again.

    To resume: the id of the last event, in the header or, for a new EventSource, in `last_event_id`. The stream ends with
    the token that opened it."""
    feed: Feed = request.app.state.feed
    tickets: Tickets = request.app.state.tickets
    places: Places = request.app.state.places
    since = _milliseconds(last_event_id or last_event_id_in_query)
    listener = tickets.redeem(ticket, request.cookies) if ticket else await _admitted(request)
    try:
        await feed.open()
    except TimeoutError:
        raise Unavailable("The live stream cannot be reached right now. Try again in a few seconds.") from None

    async def admit_again() -> Listener | None:
        return None if ticket else await _admitted(request)

    answer = _Stream(_events(feed, listener, since, admit_again), places.one_of(listener.caller.account_id))
    if ticket:
        answer.set_cookie(
            cookie_name(ticket), tickets.cookie(ticket, listener), max_age=max(0, listener.until - int(time.time())),
            path=PATH, httponly=True, samesite="strict", secure=request.app.state.settings.is_public_over_tls,
        )  # fmt: skip
    return answer


async def _admitted(request: Request) -> Listener:
    access: Access = request.app.state.access
    caller, token = await access.admit(request)
    return Listener(caller, expiry_of(token))


def _milliseconds(last_event_id: str | None) -> int | None:
    if not last_event_id:
        return None
    digits = last_event_id.partition("-")[0]
    if not re.fullmatch("[0-9]{1,15}", digits):
        raise Invalid("Last-Event-ID must be the id of an event of this stream.", field="Last-Event-ID")
    return int(digits)


async def _events(
    feed: Feed, listener: Listener, since: int | None, admit_again: Callable[[], Awaitable[Listener | None]]
) -> AsyncIterator[str]:
    with feed.listen(listener.caller.account_id) as queue:
        yield ": connected\n\n"
        if since is not None:
            async for event in _missed(feed, listener, since):
                yield event
        while True:
            left = listener.until - time.time()
            if left <= 0:
                renewed = await _renewed(admit_again)
                if renewed is None:
                    return
                listener = renewed
                continue
            try:
                # In a burst the queue is emptied at once, not an item for each turn of the loop.
                has_more, patience = not queue.empty(), min(left, COMMENT_SECONDS)
                item = queue.get_nowait() if has_more else await asyncio.wait_for(queue.get(), patience)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if item is None:
                yield _reset()
                return
            if item.may_be_seen_by(listener.caller):
                yield _event(item)


async def _missed(feed: Feed, listener: Listener, since: int) -> AsyncIterator[str]:
    if time.time() * 1000 - since > RETAINED_MS:
        yield _reset()
        return
    try:
        for item in await feed.since(since):
            if item.may_be_seen_by(listener.caller):
                yield _event(item)
    except (TooFarBehind, KafkaError, OSError):
        yield _reset()


async def _renewed(admit_again: Callable[[], Awaitable[Listener | None]]) -> Listener | None:
    """An API key may still be good for another token; a token that has expired is not."""
    try:
        listener = await admit_again()
    except DomainError:
        return None
    return listener if listener and listener.until > time.time() else None


def _event(item: FeedItem) -> str:
    data = {"type": item.type, "subject": item.subject, "id": str(item.id), "time": item.time.isoformat()}
    return f"id: {item.timestamp}-{item.id}\nevent: {item.type}\ndata: {json.dumps(data)}\n\n"


def _reset() -> str:
    return "event: reset\ndata: {}\n\n"
