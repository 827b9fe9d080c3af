"""Twilio's REST API through its SDK: send, list, where media is. Import it lazily: the SDK takes seconds and 20 MB."""

import base64
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from services.messaging.provider import MediaGone
from services.messaging.sending.outcomes import Accepted, LookFirst, Outcome, TryLater, Unknown, outcome_of_error
from shared.errors import Unavailable

log = logging.getLogger(__name__)

PAGE = 200
KEEP_ALIVE_SECONDS = 15
# The SDK's errors carry no headers.
_retry_after: ContextVar[float] = ContextVar("retry_after", default=0)


class _Transport(AsyncHttpClient):  # type: ignore[misc]  # the SDK has no types
    """The SDK's own asynchronous transport opens a connection for each request; this one keeps them."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        super().__init__(logging.getLogger("twilio"), is_async=True)
        self._session = session

    async def request(
        self,
        method: str,
        uri: str,
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        auth: Any = None,
        timeout: Any = None,
        allow_redirects: bool = False,
    ) -> Response:
        if auth:
            credentials = base64.b64encode(":".join(auth).encode()).decode()
            headers = {**(headers or {}), "Authorization": f"Basic {credentials}"}
        async with self._session.request(
            method, uri, params=params, data=data, headers=headers, allow_redirects=False
        ) as answer:
            _retry_after.set(_seconds(answer.headers.get("Retry-After", "")))
            return Response(answer.status, await answer.text(), answer.headers)


def _seconds(retry_after: str) -> float:
    """0 for none, and for a date, which Twilio never gives."""
    return float(retry_after[:6]) if retry_after.isascii() and retry_after.isdigit() else 0


class _Client(Client):  # type: ignore[misc]
    def get_hostname(self, uri: str) -> str:
        """The address as configured: the SDK would read regions into hosts such as `localhost:8080`."""
        return uri


@dataclass(frozen=True)
class Listed:
    """A message as Twilio lists it. `created_at` is Twilio's clock."""

    sid: str
    address: str
    our_address: str
    body: str
    inbound: bool
    status: str
    media_count: int
    created_at: datetime


class Twilio:
    """One account of Twilio's. Raises Unavailable when it cannot be asked, but for `send`, whose answer says it."""

    def __init__(self, account_sid: str, auth_token: str, base_url: str, session: aiohttp.ClientSession) -> None:
        self._client = _Client(account_sid, auth_token, http_client=_Transport(session))
        self._client.api.base_url = base_url

    async def ready(self) -> None:
        """It is, from the beginning."""

    async def send(self, *, to: str, from_: str, body: str, status_callback: str) -> Outcome:
        try:
            sent = await self._client.messages.create_async(
                to=to, from_=from_, body=body, status_callback=status_callback
            )
        except TwilioRestException as error:
            return outcome_of_error(error.status, error.code, error.msg, _retry_after.get())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return TryLater(f"Twilio was not reached: {type(error).__name__}")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Unknown(f"no answer from Twilio: {type(error).__name__}")
        except (TwilioException, ValueError) as error:
            return LookFirst(f"an answer that is not Twilio's: {type(error).__name__}")
        return Accepted(sent.sid)

    async def list_messages(
        self,
        *,
        to: str,
        from_: str | None = None,
        since: datetime | None = None,
        before: datetime | None = None,
        limit: int,
    ) -> list[Listed]:
        wanted = {"to": to, "from_": from_, "date_sent_after": since, "date_sent_before": before}
        try:
            found = await self._client.messages.list_async(
                **{name: value for name, value in wanted.items() if value is not None}, limit=limit, page_size=PAGE
            )
        except (TwilioException, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise Unavailable(f"Twilio's list cannot be had: {type(error).__name__}") from error
        return [_listed(message) for message in found]

    async def media_of(self, sid: str) -> list[tuple[str, str]]:
        try:
            found = await self._client.messages(sid).media.list_async()
        except (TwilioException, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            # Of a list that is refused, the SDK tells no more than the response.
            if any(getattr(told, "status_code", None) == 404 for told in error.args):
                raise MediaGone(sid) from error
            raise Unavailable(f"Twilio's list of files cannot be had: {type(error).__name__}") from error
        return [(str(item.uri).removesuffix(".json"), str(item.content_type)) for item in found]


def _listed(message: Any) -> Listed:
    return Listed(
        sid=message.sid,
        address=message.to if message.direction != "inbound" else message.from_,
        our_address=message.from_ if message.direction != "inbound" else message.to,
        body=message.body or "",
        inbound=message.direction == "inbound",
        status=str(message.status),
        media_count=int(message.num_media or 0),
        created_at=message.date_created or message.date_sent,
    )


@asynccontextmanager
async def twilio_client(
    account_sid: str, auth_token: str, base_url: str, timeout_seconds: float
) -> AsyncIterator[Twilio]:
    """A client with its own connections."""
    # Shorter than servers keep them: a request that meets a closing connection is in doubt.
    connector = aiohttp.TCPConnector(limit=50, keepalive_timeout=KEEP_ALIVE_SECONDS)
    timeout = aiohttp.ClientTimeout(total=timeout_seconds, sock_connect=min(5.0, timeout_seconds))
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        yield Twilio(account_sid, auth_token, base_url, session)
