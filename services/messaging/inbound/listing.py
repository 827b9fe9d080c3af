"""Finds the texts whose webhook failed: Twilio does not send it again, but lists them."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from services.messaging.inbound import use_cases
from services.messaging.inbound.forms import File, Text, storable
from services.messaging.senders import queries as senders
from shared.db.database import Database, Tenant

log = logging.getLogger(__name__)

FIRST = timedelta(days=2)
OVERLAP = timedelta(minutes=15)
LIMIT = 10_000


class Found(Protocol):
    @property
    def sid(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def our_address(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def inbound(self) -> bool: ...
    @property
    def media_count(self) -> int: ...
    @property
    def created_at(self) -> datetime: ...


class Provider(Protocol):
    async def list_messages(
        self, *, to: str, from_: str | None = None, since: datetime | None = None, limit: int
    ) -> Sequence[Found]: ...
    async def media_of(self, sid: str) -> list[tuple[str, str]]: ...


class Listing:
    """`run` looks at start and every `seconds`, and ends only by cancellation."""

    def __init__(self, database: Database, worker: Database, provider: Provider, seconds: float) -> None:
        self._database = database
        self._worker = worker
        self._provider = provider
        self._seconds = seconds

    async def run(self) -> None:
        while True:
            try:
                await self.look()
            except Exception as error:  # any outage: the next look goes as far back
                log.warning("missed texts were not looked for: %s", type(error).__name__)
                await asyncio.sleep(min(5.0, self._seconds))
                continue
            await asyncio.sleep(self._seconds)

    async def look(self) -> int:
        """Store what is missing for each number; returns how many texts were."""
        async with self._worker.connection() as connection:
            numbers = await connection.fetch("SELECT account_id, number FROM sender_numbers WHERE active")
        missed = 0
        for row in numbers:
            missed += await self._look_for(row["account_id"], row["number"])
        return missed

    async def _look_for(self, account_id: UUID, number: str) -> int:
        async with self._database.begin(Tenant(account_id)) as db:
            since, until = await senders.listing_window(db, number, FIRST, OVERLAP)
        listed = await self._provider.list_messages(to=number, since=since, limit=LIMIT)
        inbound = [found for found in listed if found.inbound]
        async with self._database.begin(Tenant(account_id)) as db:
            known = await senders.known_sids(db, [found.sid for found in inbound])
        missed = [found for found in reversed(inbound) if found.sid not in known]
        for found in missed:
            await use_cases.receive(self._database, await self._text(found), sent_on=found.created_at)
        if missed:
            log.warning("%s texts had been missed", len(missed))
        async with self._database.begin(Tenant(account_id)) as db:
            await senders.keep_listed_until(db, number, until)
        return len(missed)

    async def _text(self, found: Found) -> Text:
        files: list[tuple[str, str]] = await self._provider.media_of(found.sid) if found.media_count else []
        return Text(
            sid=found.sid,
            address=found.address,
            our_address=found.our_address,
            body=storable(found.body),
            files=tuple(File(index, kind, path) for index, (path, kind) in enumerate(files)),
        )
