"""Finds the texts whose webhook failed: Twilio does not send it again, but lists them."""

import asyncio
import logging
from datetime import datetime, timedelta
from uuid import UUID

from services.messaging.inbound import use_cases
from services.messaging.inbound.forms import File, Sender, Text, sender_of, storable
from services.messaging.provider import Found, MediaGone, Provider
from services.messaging.senders import queries as senders
from shared.db.database import Database, Tenant
from shared.errors import Unavailable

log = logging.getLogger(__name__)

FIRST = timedelta(days=2)
OVERLAP = timedelta(minutes=15)
AT_ONCE = 1_000
RETRY_SECONDS = 5.0


class Listing:
    """`run` looks at start and every `seconds`, and ends only by cancellation."""

    def __init__(
        self, database: Database, worker: Database, provider: Provider, seconds: float, *, at_once: int = AT_ONCE
    ) -> None:
        self._database = database
        self._worker = worker
        self._provider = provider
        self._seconds = seconds
        self._at_once = at_once

    async def run(self) -> None:
        failures = 0
        while True:
            try:
                await self.look()
                failures = 0
            except Exception as error:  # any outage: the next look goes as far back
                failures = min(failures + 1, 10)
                log.warning("not all missed texts were looked for: %s", error)
            await asyncio.sleep(min(RETRY_SECONDS * 2**failures, self._seconds) if failures else self._seconds)

    async def look(self) -> int:
        """Store what is missing for each number, also those that send no more; returns how many texts were.

        What goes wrong with one number or one text holds up no other. Raises Unavailable in the end when anything did.
        """
        async with self._worker.connection() as connection:
            numbers = await connection.fetch("SELECT account_id, number FROM sender_numbers")
        stored = failed = 0
        for row in numbers:
            try:
                stored += await self._look_for(row["account_id"], row["number"])
            except Exception:
                failed += 1
                log.exception("the texts to one of our numbers were not all looked for")
        if failed:
            raise Unavailable(f"of {len(numbers)} numbers, the list cannot be had or stored for {failed}")
        return stored

    async def _look_for(self, account_id: UUID, number: str) -> int:
        async with self._database.begin(Tenant(account_id)) as db:
            since, until = await senders.listing_window(db, number, FIRST, OVERLAP)
        missed = await self._missed(account_id, number, since)
        failed: list[tuple[Found, Exception]] = []
        for found in reversed(missed):
            try:
                await use_cases.receive(self._database, await self._text(found), sent_on=found.created_at)
            except Exception as error:
                failed.append((found, error))
        if missed:
            log.warning("%s texts had been missed", len(missed) - len(failed))
        async with self._database.begin(Tenant(account_id)) as db:
            await senders.keep_listed_until(db, number, min([until, *(found.created_at for found, _ in failed)]))
        if failed:
            raise failed[0][1]
        return len(missed)

    async def _missed(self, account_id: UUID, number: str, since: datetime) -> list[Found]:
        """Newest first, as the provider lists them: page by page, until there is nothing older."""
        missed: dict[str, Found] = {}
        before: datetime | None = None
        while True:
            listed = await self._provider.list_messages(to=number, since=since, before=before, limit=self._at_once)
            inbound = [found for found in listed if found.inbound and sender_of(found.address) == Sender.PERSON]
            async with self._database.begin(Tenant(account_id)) as db:
                known = await senders.known_sids(db, [found.sid for found in inbound])
            missed |= {found.sid: found for found in inbound if found.sid not in known}
            if len(listed) < self._at_once:
                return list(missed.values())
            if before is not None and listed[-1].created_at >= before:
                log.error("more texts came in one second than are listed at once: some may be missing")
                return list(missed.values())
            before = listed[-1].created_at

    async def _text(self, found: Found) -> Text:
        return Text(
            sid=found.sid,
            address=found.address,
            our_address=found.our_address,
            body=storable(found.body),
            files=tuple(await self._files(found)),
        )

    async def _files(self, found: Found) -> list[File]:
        """Without an address where the provider has them no more: the text counts all the same."""
        if not found.media_count:
            return []
        try:
            listed = await self._provider.media_of(found.sid)
        except MediaGone:
            return [File(index, "", "") for index in range(found.media_count)]
        return [File(index, kind, path) for index, (path, kind) in enumerate(listed)]
