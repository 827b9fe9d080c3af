"""Handles other services' messages in batches: effect and inbox row in one transaction, then the offset."""

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shared import crash_points
from shared.bus import dead_letters
from shared.bus.envelope import Envelope, type_of
from shared.bus.kafka import AIOKafkaConsumer, ConsumerRebalanceListener, KafkaCluster, KafkaError, TopicPartition
from shared.bus.subscription import Incoming, Subscription
from shared.bus.transient import is_transient
from shared.db.database import Database, Tenant
from shared.telemetry.metrics import EVENTS

log = logging.getLogger(__name__)

BATCH = 100
BUFFER = 2_000
GATHER_SECONDS = 0.1
COMMIT_SECONDS = 0.25
MAX_ATTEMPTS = 5
STOP_SECONDS = 2


@dataclass
class _Partition:
    """Fetched and not handled yet. `not_before` is on the monotonic clock; `failing`: the first one failed before."""

    records: list[Any] = field(default_factory=list)
    not_before: float = 0.0
    backoff: float = 0.0
    failing: bool = False


class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """One member of the service's group. `run` ends only by cancellation."""

    def __init__(
        self, database: Database, kafka: KafkaCluster, subscription: Subscription, *, member: str | None = None
    ) -> None:
        self._database = database
        self._kafka = kafka
        self._subscription = subscription
        self._name = database.service
        self._member = member
        self._partitions: dict[TopicPartition, _Partition] = {}
        self._done: dict[TopicPartition, int] = {}
        self._committed_at = 0.0
        self._current: AIOKafkaConsumer | None = None
        self.ready = False

    async def run(self) -> None:
        while True:
            try:
                await self._consume()
            except KafkaError as error:
                log.warning("consumer waits for the broker: %s", type(error).__name__)
                await asyncio.sleep(1)
            finally:
                self.ready = False

    async def _consume(self) -> None:
        await self._kafka.ensure_topics(self._subscription.topics)
        consumer = self._kafka.consumer(
            f"{self._name}-consumer", group=self._name, member=self._member, auto_offset_reset="earliest"
        )
        self._partitions, self._done = {}, {}
        consumer.subscribe(self._subscription.topics, listener=self)
        with self._kafka.bell(self._name, self._subscription.urgent_types) as woken:
            try:
                await self._kafka.start(consumer, woken)
                self.ready, self._current = True, consumer
                while True:
                    await self._fetch(consumer)
                    await self._work()
                    await self._commit(consumer)
            finally:
                self._current = None
                await self._stop(consumer)

    async def _stop(self, consumer: AIOKafkaConsumer) -> None:
        try:
            await asyncio.wait_for(self._commit(consumer, now=True), STOP_SECONDS)
            await asyncio.wait_for(consumer.stop(), STOP_SECONDS)
        except (KafkaError, TimeoutError, OSError):
            log.warning("the consumer did not stop cleanly")

    async def lag(self) -> dict[TopicPartition, int]:
        """Messages not handled yet, of each partition it has fetched from."""
        consumer = self._current
        if consumer is None:
            return {}
        found: dict[TopicPartition, int] = {}
        for tp in consumer.assignment():
            end = consumer.highwater(tp)
            if end is not None:
                waiting = self._partitions.get(tp, _Partition()).records
                found[tp] = max(0, end - await consumer.position(tp)) + len(waiting)
        return found

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """Another member has them now: forget what was fetched; what was handled is in the inbox."""
        for partition in revoked:
            self._partitions.pop(partition, None)
            self._done.pop(partition, None)

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """Nothing to prepare."""

    async def _fetch(self, consumer: AIOKafkaConsumer) -> None:
        found = await consumer.getmany(timeout_ms=self._patience_ms(), max_records=BUFFER)
        for partition, records in found.items():
            waiting = self._partitions.setdefault(partition, _Partition())
            if not waiting.backoff:
                is_urgent = any(self._is_urgent(record) for record in records)
                gathered = waiting.not_before if waiting.records else time.monotonic() + GATHER_SECONDS
                waiting.not_before = 0.0 if is_urgent else gathered
            waiting.records.extend(records)
            if len(waiting.records) >= BUFFER:
                consumer.pause(partition)
        for partition in consumer.paused():
            if len(self._partitions.get(partition, _Partition()).records) < BUFFER // 2:
                consumer.resume(partition)

    def _is_urgent(self, record: Any) -> bool:
        return type_of(record.headers) in self._subscription.urgent_types

    def _patience_ms(self) -> int:
        times = [waiting.not_before for waiting in self._partitions.values() if waiting.records]
        if self._done:
            times.append(self._committed_at + COMMIT_SECONDS)
        return max(0, min(1000, int((min(times) - time.monotonic()) * 1000))) if times else 1000

    async def _work(self) -> None:
        for partition, waiting in list(self._partitions.items()):
            if waiting.records and waiting.not_before <= time.monotonic():
                await self._handle_some(partition, waiting)

    async def _handle_some(self, partition: TopicPartition, waiting: _Partition) -> None:
        records = waiting.records[: 1 if waiting.failing else BATCH]
        handled = 0
        try:
            handled = await self._handle_records(waiting, records)
        except Exception as error:  # other partitions go on
            log.warning("%s is paused: %s", partition, type(error).__name__, exc_info=not is_transient(error))
        if handled < len(records):
            waiting.backoff = min(max(waiting.backoff * 2, 0.1), 5)
            waiting.not_before = time.monotonic() + waiting.backoff
        else:
            waiting.backoff = 0.0
        if handled:
            self._done[partition] = records[handled - 1].offset + 1
            del waiting.records[:handled]

    async def _handle_records(self, waiting: _Partition, records: Sequence[Any]) -> int:
        """How many of `records`, from the first on, are dealt with."""
        incoming = [self._incoming(record) for record in records]
        if not waiting.failing:
            try:
                await self._handle_together([each for each in incoming if each is not None])
                return len(records)
            except Exception as error:
                if is_transient(error):
                    raise
        for number, each in enumerate(incoming):
            if each is not None and not await self._handle_alone(waiting, each):
                return number
        return len(records)

    def _incoming(self, record: Any) -> Incoming | None:
        """None for what we do not react to, and for what is no message of ours."""
        if not self._subscription.knows(type_of(record.headers)):
            return None
        try:
            envelope = Envelope.of_record(record.topic, record.key, record.headers, record.value)
        except (KeyError, ValueError):
            log.exception("not a CloudEvent of ours: %s %s", record.topic, record.offset)
            return None
        return self._subscription.accept(envelope)

    async def _handle_together(self, incoming: Sequence[Incoming]) -> None:
        if not incoming:
            return
        async with self._database.begin(Tenant(incoming[0].envelope.account_id)) as db:
            for each, parked in await dead_letters.claim(db, self._name, incoming):
                envelope = each.envelope
                if db.account_id != envelope.account_id:
                    await db.become(Tenant(envelope.account_id))
                if parked and await dead_letters.park(db, self._name, envelope):
                    continue
                await self._subscription.handle(db, each)
                EVENTS.labels(self._name, envelope.type, "handled").inc()

    async def _handle_alone(self, waiting: _Partition, incoming: Incoming) -> bool:
        """Whether it is through: handled, or a dead letter. Raises what is transient."""
        try:
            await self._handle_together([incoming])
            if waiting.failing:
                await dead_letters.forget_failure(self._database, self._name, incoming.envelope)
        except Exception as error:
            if is_transient(error):
                raise
            waiting.failing = not await self._count_failure(incoming.envelope, error)
            return not waiting.failing
        waiting.failing = False
        return True

    async def _count_failure(self, envelope: Envelope, error: Exception) -> bool:
        """Whether that was the last attempt, which made it a dead letter."""
        attempts = await dead_letters.record_failure(self._database, self._name, envelope, error, MAX_ATTEMPTS)
        EVENTS.labels(self._name, envelope.type, "failed").inc()
        log.error("%s failed, attempt %s", envelope.type, attempts, exc_info=error)
        return attempts >= MAX_ATTEMPTS

    async def _commit(self, consumer: AIOKafkaConsumer, *, now: bool = False) -> None:
        due = now or time.monotonic() - self._committed_at >= COMMIT_SECONDS
        offsets = {tp: offset for tp, offset in self._done.items() if tp in consumer.assignment()}
        if not due or not offsets:
            return
        self._done, self._committed_at = {}, time.monotonic()
        crash_points.passing("offsets.before")
        try:
            await consumer.commit(offsets)
            crash_points.passing("offsets.after")
        except KafkaError as error:  # a rebalance took the partition: the inbox knows what was handled
            log.warning("offsets were not committed: %s", type(error).__name__)
