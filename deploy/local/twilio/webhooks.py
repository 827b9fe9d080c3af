"""Calls people's applications as Twilio does: a signed form over HTTP, never retried."""

import logging
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector
from yarl import URL

from deploy.local.twilio.signatures import sign

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; no status means that nothing did, and why."""

    status: int | None
    seconds: float
    content_type: str = ""
    text: str = ""
    error: str | None = None


class Webhooks:
    """One pool of connections; open and close it inside the loop."""

    def __init__(self, auth_token: str, timeout: float) -> None:
        self._auth_token = auth_token
        self._timeout = ClientTimeout(total=timeout)
        self._session: ClientSession | None = None

    def open(self) -> None:
        """Be ready to call."""
        # Shorter than servers keep them (uvicorn: 5 s): a webhook that meets a closing connection is lost.
        connector = TCPConnector(limit=100, keepalive_timeout=2)
        self._session = ClientSession(connector=connector, timeout=self._timeout)

    async def post(self, url: str, parameters: Mapping[str, str]) -> Answer:
        """Deliver once and say what became of it."""
        headers = {
            "X-Twilio-Signature": sign(self._auth_token, url, parameters),
            "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
        }
        assert self._session, "open() comes first"
        started = time.perf_counter()
        try:
            target = URL(url, encoded=True)
            body = urlencode(parameters).encode()
            async with self._session.post(target, data=body, headers=headers, allow_redirects=False) as response:
                text = await response.text()
                return Answer(response.status, time.perf_counter() - started, response.content_type, text)
        except (ClientError, TimeoutError, ValueError) as error:
            log.warning("The webhook %s did not answer: %s", url.partition("?")[0], error or type(error).__name__)
            return Answer(None, time.perf_counter() - started, error=f"{type(error).__name__}: {error}")

    async def close(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()
