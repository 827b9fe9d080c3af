"""Handles other services' messages in batches: effect and inbox row in one transaction, then the offset."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.bus import dead_letters
from shared.bus.envelope import Envelope, decode_headers
from shared.bus.kafka import AIOKafkaConsumer, ConsumerRebalanceListener, KafkaCluster, KafkaError, TopicPartition
from shared.bus.transient import is_transient
from shared.contracts.base import Message
from shared.db.database import Database, Db, Tenant
from shared.telemetry.metrics import EVENTS
from shared.telemetry.traces import span_from

log = logging.getLogger(__name__)

Handler = Callable[[Db, Any], Awaitable[None]]
BATCH = 100
BUFFER = 2_000
GATHER_SECONDS = 0.1
COMMIT_SECONDS = 0.25
MAX_ATTEMPTS = 5
STOP_SECONDS = 2


@dataclass(frozen=True)
class Only:
    """A handler with a condition on the message alone: what does not meet it costs no transaction."""

    when: Callable[[Any], bool]
    handler: Handler


@dataclass
class Subscription:
    """What one service reacts to: `urgent` messages at once (all with a handler, if not said), others a little later, together."""

    handlers: Mapping[type[Message], Handler | Only]
    replicas: Mapping[type[Message], Handler] = field(default_factory=dict)
    urgent: Collection[type[Message]] | None = None

    def __post_init__(self) -> None:
        self._by_type: dict[str, list[tuple[type[Message], Only]]] = {}
        for table in (self.replicas, self.handlers):
            for kind, handler in table.items():
                only = handler if isinstance(handler, Only) else Only(_always, handler)
                self._by_type.setdefault(kind.type, []).append((kind, only))
        self.topics = sorted({kind.topic_for(kind.of) for kind in (*self.handlers, *self.replicas)})
        self.urgent_types = frozenset(kind.type for kind in (self.handlers if self.urgent is None else self.urgent))

    def knows(self, message_type: str) -> bool:
        return message_type in self._by_type

    def wants(self, envelope: Envelope) -> bool:
        """Whether any handler's condition holds; a payload that does not fit is wanted, so that its failure is counted."""
        try:
            return any(
                only.when(kind.model_validate_json(envelope.payload)) for kind, only in self._by_type[envelope.type]
            )
        except ValueError:
            return True

    async def handle(self, db: Db, envelope: Envelope) -> None:
        """Run every handler of the message on `db`. Raises what they raise, and ValueError for a payload that does not fit."""
        with span_from(envelope.traceparent, f"handle {envelope.type}"):
            for kind, only in self._by_type[envelope.type]:
                message = kind.model_validate_json(envelope.payload)
                if only.when(message):
                    await only.handler(db, message)
            await db.flush()
            db.expunge_all()  # the next message of the batch reads what this one wrote


def _always(_message: Message) -> bool:
    return True


@dataclass
class _Partition:
    """Fetched and not handled yet. `not_before` is on the monotonic clock."""

    records: list[Any] = field(default_factory=list)
    not_before: float = 0.0
    backoff: float = 0.0


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
        return decode_headers(record.headers).get("ce_type") in self._subscription.urgent_types

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
        records = waiting.records[:BATCH]
        handled = 0
        try:
            handled = await self._handle_records(records)
        except Exception as error:
            if not is_transient(error):
                raise
            log.warning("%s is paused: %s", partition, type(error).__name__)
        if handled < len(records):
            waiting.backoff = min(max(waiting.backoff * 2, 0.1), 5)
            waiting.not_before = time.monotonic() + waiting.backoff
        else:
            waiting.backoff = 0.0
        if handled:
            self._done[partition] = records[handled - 1].offset + 1
            del waiting.records[:handled]

    async def _handle_records(self, records: Sequence[Any]) -> int:
        """How many of `records`, from the first on, are dealt with. Raises only what is transient."""
        envelopes = [self._envelope(record) for record in records]
        known = [envelope for envelope in envelopes if envelope is not None]
        try:
            if known:
                await self._handle_together(known)
        except Exception as error:
            if is_transient(error):
                raise
            return await self._handle_one_by_one(envelopes)
        return len(records)

    def _envelope(self, record: Any) -> Envelope | None:
        """None for what we do not react to, and for what is no message of ours."""
        if not self._subscription.knows(decode_headers(record.headers).get("ce_type", "")):
            return None
        try:
            envelope = Envelope.of_record(record.topic, record.key, record.headers, record.value)
            return envelope if self._subscription.wants(envelope) else None
        except (KeyError, ValueError):
            log.exception("not a CloudEvent of ours: %s %s", record.topic, record.offset)
            return None

    async def _handle_together(self, envelopes: Sequence[Envelope]) -> None:
        async with self._database.begin(Tenant(envelopes[0].account_id)) as db:
            for envelope, parked in await dead_letters.claim(db, self._name, envelopes):
                if db.account_id != envelope.account_id:
                    await db.become(Tenant(envelope.account_id))
                if parked and await dead_letters.park(db, self._name, envelope):
                    continue
                await self._subscription.handle(db, envelope)
                EVENTS.labels(self._name, envelope.type, "handled").inc()

    async def _handle_one_by_one(self, envelopes: Sequence[Envelope | None]) -> int:
        for number, envelope in enumerate(envelopes):
            if envelope is None:
                continue
            try:
                await self._handle_together([envelope])
                await dead_letters.forget_failure(self._database, self._name, envelope)
            except Exception as error:
                if is_transient(error):
                    log.warning("waits: %s", type(error).__name__)
                    return number
                attempts = await dead_letters.record_failure(self._database, self._name, envelope, error, MAX_ATTEMPTS)
                EVENTS.labels(self._name, envelope.type, "failed").inc()
                log.exception("%s failed, attempt %s", envelope.type, attempts)
                if attempts < MAX_ATTEMPTS:
                    return number
        return len(envelopes)

    async def _commit(self, consumer: AIOKafkaConsumer, *, now: bool = False) -> None:
        due = now or time.monotonic() - self._committed_at >= COMMIT_SECONDS
        offsets = {tp: offset for tp, offset in self._done.items() if tp in consumer.assignment()}
        if not due or not offsets:
            return
        self._done, self._committed_at = {}, time.monotonic()
        try:
            await consumer.commit(offsets)
        except KafkaError as error:  # a rebalance took the partition: the inbox knows what was handled
            log.warning("offsets were not committed: %s", type(error).__name__)
