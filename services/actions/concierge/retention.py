"""Forgets the recent conversation when it is no longer recent; messaging keeps the messages themselves."""

import asyncio
from collections.abc import Awaitable, Callable

from shared.db.database import Database

EVERY_SECONDS = 3600
BATCH = 5000
_DELETE = f"""
DELETE FROM recent_messages WHERE (account_id, id) IN (
    SELECT account_id, id FROM recent_messages WHERE said_at < app_clock() - make_interval(days => $1)
    ORDER BY said_at LIMIT {BATCH})
"""


async def forget(worker: Database, kept_days: int) -> int:
    """How many messages were forgotten; in bounded batches."""
    count = 0
    async with worker.connection() as connection:
        while True:
            deleted = int((await connection.execute(_DELETE, kept_days)).removeprefix("DELETE "))
            count += deleted
            if deleted < BATCH:
                return count


def forgetting(worker: Database, kept_days: int) -> Callable[[], Awaitable[None]]:
    """The loop of a worker."""

    async def run() -> None:
        while True:
            await forget(worker, kept_days)
            await asyncio.sleep(EVERY_SECONDS)

    return run
