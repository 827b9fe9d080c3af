"""Kafka clients: producer, consumer, topics."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, TopicAlreadyExistsError, for_code

from shared.bus.embedded import hear, poll_long, ring

COPIES = 3
RETENTION_MS = str(7 * 24 * 3600 * 1000)
LONG_POLL = 0.25
PATIENCE = 60.0

__all__ = [
    "AIOKafkaConsumer",
    "AIOKafkaProducer",
    "ConsumerRebalanceListener",
    "KafkaCluster",
    "KafkaError",
    "MessageSizeTooLargeError",
    "TopicPartition",
]


@dataclass(frozen=True)
class KafkaCluster:
    """Where the broker is. `embedded`: noida-db, which does not long-poll and never evicts a member of a group."""

    bootstrap: str
    embedded: bool = False
    partitions: int = 3

    def producer(self, client_id: str) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            bootstrap_servers=self.bootstrap,
            client_id=client_id,
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            request_timeout_ms=10_000,
        )

    def consumer(
        self, client_id: str, *, group: str | None, member: str | None = None, **options: Any
    ) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap,
            client_id=client_id,
            group_id=group,
            group_instance_id=member,
            enable_auto_commit=False,
            isolation_level="read_committed",
            fetch_max_wait_ms=int(LONG_POLL * 1000),
            session_timeout_ms=10_000,
            heartbeat_interval_ms=2_000,
            max_poll_interval_ms=60_000,
            **options,
        )

    def bell(self, name: str, urgent: Collection[str] = ()) -> AbstractContextManager[asyncio.Event | None]:
        """Set when something was published, at once for `urgent` types; None with a broker that tells of it itself."""
        return hear(self.bootstrap, name, urgent) if self.embedded else nullcontext()

    def ring(self, types: Iterable[str]) -> None:
        if self.embedded:
            ring(self.bootstrap, types)

    async def start(self, consumer: AIOKafkaConsumer, woken: asyncio.Event | None = None) -> None:
        await consumer.start()
        # While something fetched waits to be handled, fetch nothing: a long poll for the other partitions
        # would keep that one from being asked for until it ends.
        consumer._fetcher._prefetch_backoff = PATIENCE
        if self.embedded:
            poll_long(consumer, woken or asyncio.Event())

    async def ensure_topics(self, topics: Iterable[str]) -> None:
        """Create what is missing; raises KafkaError while the broker is away."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap, request_timeout_ms=10_000)
        try:
            await admin.start()
            existing = set(await admin.list_topics())
            missing = sorted(set(topics) - existing)
            if missing:
                copies = min(COPIES, len((await admin.describe_cluster())["brokers"]))
                created = await admin.create_topics([self._new_topic(name, copies) for name in missing])
                _raise_but_for_existing(created.topic_errors)
        finally:
            await admin.close()

    def _new_topic(self, name: str, copies: int) -> NewTopic:
        return NewTopic(name, self.partitions, copies, topic_configs={"retention.ms": RETENTION_MS})


def _raise_but_for_existing(errors: Sequence[Sequence[Any]]) -> None:
    for error in errors:
        if error[1] not in (0, TopicAlreadyExistsError.errno):
            raise for_code(error[1])(f"cannot create the topic {error[0]}")
