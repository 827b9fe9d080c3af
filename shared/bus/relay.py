"""Takes committed rows from the outbox to Kafka: one relay per database at a time, by lease."""

import asyncio
import logging
import time
from typing import Any
from uuid import UUID

from shared import crash_points
from shared.bus.envelope import Envelope
from shared.bus.kafka import AIOKafkaProducer, KafkaCluster, KafkaError, MessageSizeTooLargeError
from shared.contracts.base import REGISTRY
from shared.db.database import Database
from shared.db.listen import Wakeups, wait_for
from shared.ids import uuid7
from shared.telemetry.privacy import first_line

log = logging.getLogger(__name__)

LEASE_SECONDS = 5
RENEW_SECONDS = 1
BATCH = 500
POLL_SECONDS = 1.0
BUSY_PAUSE = 0.01

# The lease is kept by the database's real clock; a new holder gets a new epoch, so an old one deletes nothing.
_RENEW = """
INSERT INTO leases (name, holder, until) VALUES ('relay', $1, clock_timestamp() + make_interval(secs => $2))
ON CONFLICT (name) DO UPDATE SET holder = $1, until = excluded.until,
    epoch = leases.epoch + (leases.holder <> $1 OR leases.until < clock_timestamp())::int
WHERE leases.holder = $1 OR leases.until < clock_timestamp()
RETURNING epoch
"""
_READ = """
SELECT seq, id, account_id, topic, key, type, subject, occurred_at, traceparent, payload
FROM outbox WHERE published_at IS NULL AND refused_at IS NULL ORDER BY seq LIMIT $1
"""
_WAITING = "SELECT count(*) FROM outbox WHERE published_at IS NULL AND refused_at IS NULL"
_SET_ASIDE = "UPDATE outbox SET refused_at = clock_timestamp() WHERE seq = ANY($1)"
_IS_MINE = "EXISTS (SELECT FROM leases WHERE name = 'relay' AND holder = $2 AND epoch = $3)"
_DELETE = f"DELETE FROM outbox WHERE seq = ANY($1) AND {_IS_MINE}"
_MARK = f"UPDATE outbox SET published_at = clock_timestamp() WHERE seq = ANY($1) AND {_IS_MINE}"
_DELETE_OLD = "DELETE FROM outbox WHERE published_at < clock_timestamp() - make_interval(secs => $1)"
_UNMARK = "UPDATE outbox SET published_at = NULL WHERE published_at IS NOT NULL"


class Relay:
    """`database` is the worker role's. `run` ends only by cancellation.

    `keep_seconds`: for a broker that may lose what it acknowledged. The next relay publishes what is younger again."""

    def __init__(self, database: Database, kafka: KafkaCluster, wakeups: Wakeups, *, keep_seconds: float = 0) -> None:
        self.published = 0
        self._database = database
        self._kafka = kafka
        self._keep_seconds = keep_seconds
        self._swept_at = self._renewed_at = float("-inf")
        self._epoch = 0
        self._woken = wakeups.of("outbox")
        self._holder: UUID = uuid7()
        self._producer: AIOKafkaProducer | None = None

    async def run(self) -> None:
        backoff = 0.2
        while True:
            try:
                await self._turn()
                backoff = 0.2
            except Exception as error:  # any outage: the rows wait in the outbox
                log.warning("relay waits: %s", type(error).__name__, extra={"reason": first_line(error)})
                await self._drop_producer()
                await asyncio.sleep(backoff)
                backoff = min(backoff * 2, 2)

    async def _turn(self) -> None:
        rows = await self._read() if await self._hold() else []
        if rows:
            crash_points.passing("publish.before")
            published = await self._publish(rows)
            crash_points.passing("publish.acknowledged")
            await self._finish(published)
            crash_points.passing("publish.after")
        if len(rows) < BATCH:
            await asyncio.sleep(BUSY_PAUSE if rows else 0)
            await wait_for(self._woken, POLL_SECONDS)

    async def _hold(self) -> bool:
        """Whether the lease is ours. A new holder marks what was kept as unpublished."""
        now = time.monotonic()
        if now - self._renewed_at < RENEW_SECONDS:
            return True
        async with self._database.connection() as connection:
            epoch = await connection.fetchval(_RENEW, self._holder, LEASE_SECONDS)
            if epoch is None:
                return False
            if epoch != self._epoch:
                await connection.execute(_UNMARK)
                self._swept_at = now
            elif self._keep_seconds and now - self._swept_at > self._keep_seconds:
                await connection.execute(_DELETE_OLD, self._keep_seconds)
                self._swept_at = now
        self._epoch, self._renewed_at = epoch, now
        return True

    async def _read(self) -> list[Any]:
        async with self._database.connection() as connection:
            rows: list[Any] = await connection.fetch(_READ, BATCH)
        return rows

    async def _finish(self, rows: list[Any]) -> None:
        statement = _MARK if self._keep_seconds else _DELETE
        async with self._database.connection() as connection:
            done = await connection.execute(statement, [row["seq"] for row in rows], self._holder, self._epoch)
        if done.endswith(" 0"):  # another holds the lease by now
            self._renewed_at = float("-inf")

    async def _publish(self, rows: list[Any]) -> list[Any]:
        """Those that were acknowledged: all but what no broker takes. Raises when any other was not.

        Order per key holds: one idempotent producer, in order of `seq`."""
        producer = await self._ready_producer()
        published: list[Any] = []
        refused: list[Any] = []
        acks: list[asyncio.Future[Any]] = []
        for row in rows:
            try:
                acks.append(await self._send(producer, row))
                published.append(row)
            except MessageSizeTooLargeError:
                refused.append(row)
        await asyncio.gather(*acks)
        if refused:
            await self._set_aside(refused)
        self._kafka.ring({row["type"] for row in published})
        self.published += len(published)
        return published

    async def _send(self, producer: AIOKafkaProducer, row: Any) -> "asyncio.Future[Any]":
        """Queued; the future is the acknowledgement."""
        envelope = self._envelope(row)
        ack: asyncio.Future[Any] = await producer.send(
            envelope.topic, envelope.payload.encode(), key=envelope.key.encode(), headers=envelope.headers()
        )
        return ack

    async def _set_aside(self, rows: list[Any]) -> None:
        """One message that cannot be sent must not keep those of all tenants waiting."""
        for row in rows:
            log.error("too large for Kafka, set aside: %s in row %s of the outbox", row["type"], row["seq"])
        async with self._database.connection() as connection:
            await connection.execute(_SET_ASIDE, [row["seq"] for row in rows])

    def _envelope(self, row: Any) -> Envelope:
        return Envelope(
            id=row["id"],
            source=f"/services/{self._database.service}",
            type=row["type"],
            time=row["occurred_at"],
            subject=row["subject"],
            account_id=row["account_id"],
            key=row["key"],
            topic=row["topic"],
            payload=row["payload"],
            traceparent=row["traceparent"],
        )

    async def _ready_producer(self) -> AIOKafkaProducer:
        if self._producer is None:
            await self._kafka.ensure_topics({kind.topic_for(self._database.service) for kind in REGISTRY.values()})
            self._producer = self._kafka.producer(f"{self._database.service}-relay")
            await self._producer.start()
        return self._producer

    async def _drop_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            try:
                await asyncio.wait_for(producer.stop(), 2)
            except (KafkaError, TimeoutError, OSError):
                log.warning("the old producer did not stop cleanly")

    async def depth(self) -> int:
        """How many committed messages are not published yet."""
        async with self._database.connection() as connection:
            return int(await connection.fetchval(_WAITING))

    async def close(self) -> None:
        """Give the lease back, so that the next relay starts at once."""
        await self._drop_producer()
        async with self._database.connection() as connection:
            await connection.execute("UPDATE leases SET until = clock_timestamp() WHERE holder = $1", self._holder)
