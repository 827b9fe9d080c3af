"""The dispatcher's loop: woken by NOTIFY, and looking every second behind it."""

import asyncio
import logging
from uuid import UUID

from services.followups.dispatch import queries, use_cases
from services.followups.schedules.lifecycle import CHANNEL
from shared.bus.transient import is_transient
from shared.db.database import Database, Tenant
from shared.db.listen import Wakeups, wait_for

log = logging.getLogger(__name__)


class Dispatcher:
    """Any number may run. `worker` finds the accounts with due rows; each account is dealt with as its own tenant."""

    def __init__(
        self, database: Database, worker: Database, wakeups: Wakeups, *, poll_seconds: float = 1.0, batch: int = 200
    ) -> None:
        self._database = database
        self._worker = worker
        self._woken = wakeups.of(CHANNEL)
        self._poll_seconds = poll_seconds
        self._batch = batch

    async def run(self) -> None:
        """Ends only by cancellation."""
        while True:
            try:
                busy = await self.turn()
            except Exception as error:
                log.warning("the dispatcher waits: %s", type(error).__name__)
                busy = False
                await asyncio.sleep(self._poll_seconds)
            if not busy:
                await wait_for(self._woken, self._poll_seconds)

    async def turn(self) -> bool:
        """One batch of each account; whether there may be more."""
        handled = [await self._batch_of(account_id) for account_id in await queries.due_accounts(self._worker)]
        return any(handled)

    async def _batch_of(self, account_id: UUID) -> int:
        try:
            async with self._database.begin(Tenant(account_id)) as db:
                return await use_cases.dispatch(db, self._batch)
        except Exception as error:
            if is_transient(error):
                raise
            log.exception("one of a batch fails: they go one by one")
        return await self._one_by_one(account_id)

    async def _one_by_one(self, account_id: UUID) -> int:
        """So that the rows of one person hold up nobody else's."""
        async with self._database.begin(Tenant(account_id)) as db:
            people = await queries.lock_people(db, self._batch)
        for contractor_id in people:
            try:
                async with self._database.begin(Tenant(account_id)) as db:
                    await use_cases.dispatch(db, 1, only=contractor_id)
            except Exception as error:
                if is_transient(error):
                    raise
                await self._row_by_row(account_id, contractor_id)
        return len(people)

    async def _row_by_row(self, account_id: UUID, contractor_id: UUID) -> None:
        """So that one row holds up no other of the same person; that one is tried again later."""
        async with self._database.begin(Tenant(account_id)) as db:
            row_ids = await queries.list_due(db, contractor_id)
        for row_id in row_ids:
            try:
                async with self._database.begin(Tenant(account_id)) as db:
                    await use_cases.dispatch(db, 1, only=contractor_id, row_id=row_id)
            except Exception as error:
                if is_transient(error):
                    raise
                log.exception("a follow-up cannot be handed over")
                async with self._database.begin(Tenant(account_id)) as db:
                    await use_cases.give_row_time(db, row_id, error)
