"""What a process needs to do its work, and whether it has it: the answers of `/readyz`."""

import asyncio
import time

from shared.bus.kafka import KafkaCluster
from shared.db.database import Database
from shared.db.migrations import newest

GOOD_FOR_SECONDS = {True: 5.0, False: 0.5}


async def database_check(database: Database) -> str:
    """`ok`, or what is wrong: unreachable, or at another migration than this code."""
    try:
        async with database.connection() as connection:
            revision = await connection.fetchval("SELECT version_num FROM alembic_version")
    except Exception as error:
        return f"unreachable ({type(error).__name__})"
    expected = newest(database.service)
    return "ok" if revision == expected else f"at migration {revision}, this code wants {expected}: run the migrations"


class BrokerCheck:
    """Whether the broker answers now: asked once every few seconds, however many probes come.

    `patience` is in seconds: whose readiness does not depend on the answer has little."""

    def __init__(self, kafka: KafkaCluster, *, patience: float) -> None:
        self._kafka = kafka
        self._patience = patience
        self._answer = ""
        self._ask_again_at = float("-inf")
        self._lock = asyncio.Lock()

    async def answer(self) -> str:
        async with self._lock:
            if time.monotonic() > self._ask_again_at:
                self._answer = await self._ask()
                self._ask_again_at = time.monotonic() + GOOD_FOR_SECONDS[self._answer == "ok"]
            return self._answer

    async def _ask(self) -> str:
        try:
            async with asyncio.timeout(self._patience):
                await self._kafka.ensure_topics([])
        except Exception as error:
            return f"unreachable ({type(error).__name__})"
        return "ok"
