"""The live feed: one group-less tail of Kafka per gateway, handed out to the streams of each account."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.bus.envelope import decode_headers
from shared.bus.kafka import AIOKafkaConsumer, KafkaCluster, KafkaError, TopicPartition
from shared.http.auth import Caller

log = logging.getLogger(__name__)

BACKLOG = 1_000
BATCH = 200
OVERLAP_MS = 5_000
REPLAYED_AT_MOST = 5_000
LINGER_SECONDS = 30

# The noun of an event's type → the resource a reader must be allowed to read.
RESOURCES = {
    "user": "users",
    "account": "account",
    "contractor": "contractors",
    "partner": "partners",
    "event": "events",
    "event_session": "sessions",
    "event_speaker": "speakers",
    "event_sponsor": "sponsors",
    "attendee": "attendees",
    "demo_booking": "demo-bookings",
    "message": "messages",
    "conversation": "conversations",
    "suppression": "suppressions",
    "note": "notes",
    "action_item": "action-items",
    "reply": "action-items",
    "email_intro_draft": "email-intro-drafts",
    "followup_schedule": "followup-schedules",
}


@dataclass(frozen=True)
class FeedItem:
    """What a stream shows of a domain event: no payload. `timestamp` is Kafka's, in milliseconds."""

    id: UUID
    type: str
    subject: str
    time: datetime
    account_id: UUID
    timestamp: int

    def may_be_seen_by(self, caller: Caller) -> bool:
        noun, _, rest = self.type.partition(".")
        resource = RESOURCES.get(noun)
        visible = (
            self.account_id == caller.account_id and not rest.startswith("snapshot") and caller.role != "contractor"
        )
        return visible and resource is not None and caller.may(resource, "read")


class TooFarBehind(Exception):
    """The reader cannot be served what it missed; it must start again."""


class Feed:
    """Tails Kafka while anybody listens. `run` ends only by cancellation."""

    def __init__(self, kafka: KafkaCluster, topics: list[str]) -> None:
        self._kafka = kafka
        self._topics = topics
        self._listeners: dict[asyncio.Queue[FeedItem | None], UUID] = {}
        self._wanted = asyncio.Event()
        self._wanted_at = 0.0
        self._ready = asyncio.Event()

    async def open(self, seconds: float = 5) -> None:
        """Returns when what is published from now on will be seen; raises TimeoutError while the broker is away."""
        self._wanted_at = time.monotonic()
        self._wanted.set()
        await asyncio.wait_for(self._ready.wait(), seconds)

    async def run(self) -> None:
        while True:
            await self._wanted.wait()
            try:
                await self._tail()
            except (KafkaError, OSError, TimeoutError) as error:
                log.warning("the feed waits for the broker: %s", type(error).__name__)
                await asyncio.sleep(1)
            finally:
                self._ready.clear()
                self._drop_all()

    async def _tail(self) -> None:
        with self._kafka.bell("gateway") as woken:
            async with self._consumer(woken) as consumer:
                await consumer.seek_to_end()
                for partition in consumer.assignment():
                    await consumer.position(partition)
                self._ready.set()
                while self._listeners or time.monotonic() - self._wanted_at < LINGER_SECONDS:
                    for records in (await consumer.getmany(timeout_ms=1000, max_records=BATCH)).values():
                        for item in filter(None, map(_item, records)):
                            self._publish(item)
                    await asyncio.sleep(0)  # A long burst must not run over listeners that would read.
                self._wanted.clear()

    def _publish(self, item: FeedItem) -> None:
        for queue in [queue for queue, account_id in self._listeners.items() if account_id == item.account_id]:
            try:
                queue.put_nowait(item)
            except asyncio.QueueFull:
                self._drop(queue)

    def _drop_all(self) -> None:
        for queue in list(self._listeners):
            self._drop(queue)

    def _drop(self, queue: "asyncio.Queue[FeedItem | None]") -> None:
        """The reader is too slow, or the tail broke: None tells it to start again."""
        self._listeners.pop(queue, None)
        while queue.full():
            queue.get_nowait()
        queue.put_nowait(None)

    @contextlib.contextmanager
    def listen(self, account_id: UUID) -> Iterator["asyncio.Queue[FeedItem | None]"]:
        """What is published of the account from now on; None when the listener must start again."""
        queue: asyncio.Queue[FeedItem | None] = asyncio.Queue(BACKLOG)
        self._listeners[queue] = account_id
        try:
            yield queue
        finally:
            self._listeners.pop(queue, None)

    async def since(self, milliseconds: int) -> list[FeedItem]:
        """What was published from five seconds before that time until now, in order of time. Raises TooFarBehind."""
        async with self._consumer() as consumer:
            partitions = list(consumer.assignment())
            starts = await consumer.offsets_for_times(dict.fromkeys(partitions, max(0, milliseconds - OVERLAP_MS)))
            oldest, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
            if any(found and 0 < oldest[tp] == found.offset for tp, found in starts.items()):
                raise TooFarBehind
            wanted = {tp: found.offset for tp, found in starts.items() if found and found.offset < ends[tp]}
            if sum(ends[tp] - offset for tp, offset in wanted.items()) > REPLAYED_AT_MOST:
                raise TooFarBehind
            return sorted([item async for item in _read(consumer, wanted, ends)], key=lambda item: item.timestamp)

    @contextlib.asynccontextmanager
    async def _consumer(self, woken: asyncio.Event | None = None) -> AsyncIterator[AIOKafkaConsumer]:
        await self._kafka.ensure_topics(self._topics)
        consumer = self._kafka.consumer("gateway-feed", group=None, auto_offset_reset="none")
        try:
            await self._kafka.start(consumer, woken)
            consumer.assign(
                [TopicPartition(topic, n) for topic in self._topics for n in await _numbers(consumer, topic)]
            )
            yield consumer
        finally:
            await consumer.stop()


async def _numbers(consumer: AIOKafkaConsumer, topic: str) -> set[int]:
    for _ in range(50):
        numbers: set[int] | None = consumer.partitions_for_topic(topic)
        if numbers:
            return numbers
        await consumer._client.force_metadata_update()
        consumer._client.add_topic(topic)
        await asyncio.sleep(0.05)
    raise KafkaError(f"the broker does not know the topic {topic}")


async def _read(
    consumer: AIOKafkaConsumer, wanted: dict[TopicPartition, int], ends: dict[TopicPartition, int]
) -> AsyncIterator[FeedItem]:
    # A partition without a place is an error of the whole read, so those with nothing to tell get one too.
    for tp in consumer.assignment():
        consumer.seek(tp, wanted.get(tp, ends[tp]))
    consumer.pause(*[tp for tp in consumer.assignment() if tp not in wanted])
    left = set(wanted)
    while left:
        for tp, records in (await consumer.getmany(timeout_ms=1000)).items():
            for item in filter(None, map(_item, records)):
                yield item
            if await consumer.position(tp) >= ends[tp]:
                left.discard(tp)


def _item(record: Any) -> FeedItem | None:
    """None for what is no domain event."""
    headers = decode_headers(record.headers)
    try:
        return FeedItem(
            id=UUID(headers["ce_id"]),
            type=headers["ce_type"],
            subject=headers["ce_subject"],
            time=datetime.fromisoformat(headers["ce_time"]),
            account_id=UUID(headers["ce_accountid"]),
            timestamp=record.timestamp,
        )
    except (KeyError, ValueError):
        return None
