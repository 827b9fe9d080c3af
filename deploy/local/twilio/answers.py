"""Twilio's JSON: messages, pages, attachments, errors, and the connection that is cut instead."""

import json
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from deploy.local.twilio.ledger import Message
from deploy.local.twilio.listing import Page
from deploy.local.twilio.refusals import MESSAGES, Refusal
from deploy.local.twilio.sids import API_VERSION, messages_path


def message_json(account_sid: str, message: Message) -> str:
    """Return a message, joined from what is kept as text."""
    path = f"{messages_path(account_sid)}/{message.sid}"
    sent = f'"{rfc2822(message.sent_at[:19])}"' if message.sent_at else "null"
    error = json.dumps(MESSAGES.get(message.error_code)) if message.error_code else "null"
    return (
        f'{{"account_sid":"{account_sid}","api_version":"{API_VERSION}","uri":"{path}.json",'
        f'"subresource_uris":{{"media":"{path}/Media.json"}},"messaging_service_sid":null,'
        f'"price":null,"price_unit":"USD","error_message":{error},"date_sent":{sent},'
        f'"date_created":"{rfc2822(message.accepted_at[:19])}","date_updated":"{rfc2822(message.changed_at[:19])}",'
        f"{message.row()[1:]}"
    )


def page_json(account_sid: str, page: Page) -> str:
    """Return a page of messages with the addresses of its neighbours."""
    path = f"{messages_path(account_sid)}.json"
    start = page.number * page.size
    about = {
        "first_page_uri": f"{path}?{page.first}",
        "previous_page_uri": f"{path}?{page.previous}" if page.previous else None,
        "next_page_uri": f"{path}?{page.following}" if page.following else None,
        "uri": f"{path}?{page.query}",
        "page": page.number,
        "page_size": page.size,
        "start": start,
        "end": start + max(len(page.messages) - 1, 0),
    }
    messages = ",".join(message_json(account_sid, message) for message in page.messages)
    return f'{json.dumps(about)[:-1]},"messages":[{messages}]}}'


def media_json(account_sid: str, message: Message, item: dict[str, str]) -> dict[str, Any]:
    """Return what is said of an attachment."""
    at = rfc2822(message.accepted_at[:19])
    return {
        "sid": item["sid"],
        "parent_sid": message.sid,
        "account_sid": account_sid,
        "content_type": item.get("content_type"),
        "date_created": at,
        "date_updated": at,
        "uri": f"{messages_path(account_sid)}/{message.sid}/Media/{item['sid']}.json",
    }


def single_page(path: str, name: str, items: Sequence[dict[str, Any]]) -> Response:
    """Answer with a list that always fits on one page."""
    about = {"uri": path, "first_page_uri": path, "next_page_uri": None, "previous_page_uri": None}
    counts = {"page": 0, "page_size": 50, "start": 0, "end": max(len(items) - 1, 0)}
    return JSONResponse({**about, **counts, name: items})


@lru_cache(4096)
def rfc2822(second: str) -> str:
    """Write a second of UTC as Twilio writes it: `Sun, 22 Nov 2026 10:00:00 +0000`."""
    return format_datetime(datetime.fromisoformat(f"{second}+00:00"))


def refused(refusal: Refusal, headers: dict[str, str] | None = None) -> Response:
    """Answer with an error as Twilio words it."""
    return JSONResponse(refusal.body(), refusal.status, headers)


def not_found(request: Request) -> Response:
    """Answer for something that does not exist."""
    return refused(Refusal(20404, f"The requested resource {request.url.path} was not found"))


async def cut(request: Request) -> Response:
    """Close the connection without a word, and wait until the server knows it."""
    request.scope["standin.transport"].abort()
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return Response()
