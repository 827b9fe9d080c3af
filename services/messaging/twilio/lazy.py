"""Twilio's client, loaded in the background when a worker starts: the SDK takes seconds to import."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from services.messaging.provider import Found
from services.messaging.sending.outcomes import Outcome
from services.messaging.settings import MessagingSettings

if TYPE_CHECKING:
    from services.messaging.twilio.client import Twilio


def _load() -> None:
    import services.messaging.twilio.client  # noqa: F401


class LazyTwilio:
    """Calls wait until `run` has opened the client; it keeps it open until it is cancelled."""

    def __init__(self, settings: MessagingSettings) -> None:
        self._settings = settings
        self._client: asyncio.Future[Twilio] | None = None

    async def run(self) -> None:
        await asyncio.to_thread(_load)
        from services.messaging.twilio.client import twilio_client

        s = self._settings
        opened = self._waiting()
        async with twilio_client(
            s.twilio_account_sid, s.twilio_auth_token, s.provider_url, s.twilio_timeout_seconds
        ) as client:
            opened.set_result(client)
            try:
                await asyncio.Event().wait()
            finally:
                self._client = None

    def _waiting(self) -> "asyncio.Future[Twilio]":
        if self._client is None:
            self._client = asyncio.get_running_loop().create_future()
        return self._client

    async def _opened(self) -> "Twilio":
        return await asyncio.shield(self._waiting())

    async def ready(self) -> None:
        await self._opened()

    async def send(self, *, to: str, from_: str, body: str, status_callback: str) -> Outcome:
        client = await self._opened()
        return await client.send(to=to, from_=from_, body=body, status_callback=status_callback)

    async def list_messages(
        self,
        *,
        to: str,
        from_: str | None = None,
        since: datetime | None = None,
        before: datetime | None = None,
        limit: int,
    ) -> Sequence[Found]:
        client = await self._opened()
        return await client.list_messages(to=to, from_=from_, since=since, before=before, limit=limit)

    async def media_of(self, sid: str) -> list[tuple[str, str]]:
        return await (await self._opened()).media_of(sid)
