"""The background process of a service: relay, consumer, replay, job loops, housekeeping."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from shared.bus import dead_letters
from shared.bus.consumer import Consumer
from shared.bus.dead_letters import Replayer
from shared.bus.embedded import Trim
from shared.bus.kafka import KafkaCluster
from shared.bus.relay import Relay
from shared.bus.subscription import Subscription
from shared.bus.transient import is_transient
from shared.db.database import Database
from shared.db.jobs import JobLoop, Lease, Queue
from shared.db.listen import Wakeups
from shared.http.readiness import BrokerCheck, database_check
from shared.process import serve_worker
from shared.settings import ServiceSettings, cannot_start
from shared.telemetry.metrics import CONSUMER_LAG, DEAD_LETTERS, OUTBOX_DEPTH, QUEUE_DEPTH

log = logging.getLogger(__name__)

# Relay, claims and heartbeats take turns: each has it for a millisecond or two.
JOB_CONNECTIONS = 1
HOUSEKEEPING_SECONDS = 600
DELETED_AT_ONCE = 5000
_EXPIRED = {
    # Kafka keeps seven days; the inbox remembers for longer.
    "inbox": "handled_at < clock_timestamp() - interval '14 days'",
    "idempotency_keys": "created_at < clock_timestamp() - interval '24 hours'",
    "dead_letters": "state IN ('failing', 'replayed') AND updated_at < app_clock() - interval '14 days'",
    "outbox": "refused_at < clock_timestamp() - interval '14 days'",
}

Loop = Callable[[], Awaitable[None]]


@dataclass
class Worker:
    """What a service's background loops share. `database` is the application role's, `worker_database` the worker role's."""

    settings: ServiceSettings
    subscription: Subscription
    loops: list[Loop] = field(default_factory=list)
    queues: list[Queue] = field(default_factory=list)

    def __post_init__(self) -> None:
        s = self.settings
        if not s.worker_database_url:
            cannot_start(
                "FT_WORKER_DATABASE_URL: a worker process needs the URL of the role that works for all tenants"
            )
        self.database = Database(
            s.database_url, service=s.service, pool_size=s.database_pool_size, application=f"{s.service}-worker"
        )
        self.worker_database = Database(
            s.worker_database_url, service=s.service, pool_size=JOB_CONNECTIONS, application=f"{s.service}-jobs"
        )
        self.kafka = KafkaCluster(s.kafka_bootstrap, embedded=s.kafka_embedded, partitions=s.kafka_partitions)
        self._broker = BrokerCheck(self.kafka, patience=2)
        self.wakeups = Wakeups(s.worker_database_url)
        self.relay = Relay(self.worker_database, self.kafka, self.wakeups, keep_seconds=s.outbox_keep_seconds)
        self.consumer = Consumer(
            self.database, self.kafka, self.subscription, member=s.kafka_member or self._only_member
        )
        self.loops += [
            self.relay.run,
            self.consumer.run,
            Replayer(self.database, self.worker_database, self.subscription, self.wakeups).run,
            self._keep_house,
        ]
        if s.kafka_embedded:
            topics = [f"followthrough.{s.service}", f"followthrough.{s.service}.commands"]
            self.loops.append(Trim(s.kafka_bootstrap, topics, lambda: self.relay.published).run)

    @property
    def _only_member(self) -> str | None:
        """The embedded broker never evicts who is gone: who comes back must be the same."""
        return f"{self.settings.service}-worker" if self.settings.kafka_embedded else None

    def job(
        self,
        queue: Queue,
        work: Callable[[Lease], Coroutine[Any, Any, None]],
        *,
        concurrency: int = 4,
        poll_seconds: float = 5,
    ) -> None:
        """Add a loop that works off `queue`."""
        loop = JobLoop(
            self.worker_database,
            queue,
            work,
            self.wakeups,
            concurrency=concurrency,
            poll_seconds=poll_seconds,
            is_transient=is_transient,
        )
        self.loops.append(loop.run)
        self.queues.append(queue)

    def serve(self) -> None:
        """Blocks until SIGTERM or SIGINT."""
        serve_worker(self._start, self.settings, ready=self._ready, measure=self._measure, close=self._close)

    async def _start(self) -> list[Loop]:
        return [*self.loops, self.wakeups.run]

    async def _ready(self) -> dict[str, str]:
        return {"database": await database_check(self.database), "broker": await self._broker.answer()}

    async def _measure(self) -> None:
        service = self.settings.service
        CONSUMER_LAG.clear()  # partitions that another member has by now
        for partition, lag in (await self.consumer.lag()).items():
            CONSUMER_LAG.labels(service, partition.topic, partition.partition).set(lag)
        OUTBOX_DEPTH.labels(service).set(await self.relay.depth())
        DEAD_LETTERS.labels(service).set(await dead_letters.depth(self.worker_database))
        for queue in self.queues:
            QUEUE_DEPTH.labels(service, queue.table).set(await queue.depth(self.worker_database))

    async def _close(self) -> None:
        await self.relay.close()
        await self.database.close()
        await self.worker_database.close()

    async def _keep_house(self) -> None:
        while True:
            full_batches = [await self._delete_some(table, condition) for table, condition in _EXPIRED.items()]
            await asyncio.sleep(0.1 if any(full_batches) else HOUSEKEEPING_SECONDS)

    async def _delete_some(self, table: str, condition: str) -> bool:
        """Whether there may be more to delete."""
        some = f"SELECT ctid FROM {table} WHERE {condition} LIMIT {DELETED_AT_ONCE}"
        statement = f"DELETE FROM {table} WHERE ctid = ANY(ARRAY({some}))"
        async with self.worker_database.connection() as connection:
            return bool((await connection.execute(statement)) == f"DELETE {DELETED_AT_ONCE}")
