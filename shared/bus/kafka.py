"""Kafka clients: producer, consumer, topics. The only file that imports aiokafka."""

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

RETENTION_MS = str(7 * 24 * 3600 * 1000)
SHORTEST_WAIT, LONGEST_WAIT = 0.003, 0.1

__all__ = [
    "AIOKafkaConsumer",
    "AIOKafkaProducer",
    "ConsumerRebalanceListener",
    "KafkaCluster",
    "KafkaError",
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
            fetch_max_wait_ms=250,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=2_000,
            max_poll_interval_ms=60_000,
            **options,
        )

    async def start(self, consumer: AIOKafkaConsumer) -> None:
        await consumer.start()
        if self.embedded:
            _poll_long(consumer)

    async def ensure_topics(self, topics: Iterable[str]) -> None:
        """Create what is missing; raises KafkaError while the broker is away."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap, request_timeout_ms=10_000)
        try:
            await admin.start()
            existing = set(await admin.list_topics())
            missing = [self._new_topic(name) for name in sorted(set(topics) - existing)]
            if missing:
                _raise_but_for_existing((await admin.create_topics(missing)).topic_errors)
        finally:
            await admin.close()

    def _new_topic(self, name: str) -> NewTopic:
        replication = -1 if not self.embedded else 1
        return NewTopic(name, self.partitions, replication, topic_configs={"retention.ms": RETENTION_MS})


def _raise_but_for_existing(errors: Sequence[Sequence[Any]]) -> None:
    for error in errors:
        if error[1] not in (0, TopicAlreadyExistsError.errno):
            raise for_code(error[1])(f"cannot create the topic {error[0]}")


def _poll_long(consumer: AIOKafkaConsumer) -> None:
    """Wait between empty fetches, as a real broker would: without it an idle consumer makes 5,000 fetches a second."""
    fetcher = consumer._fetcher
    fetch = fetcher._proc_fetch_request

    async def fetch_until_found(assignment: Any, node_id: int, request: Any) -> Any:
        wait = SHORTEST_WAIT
        with contextlib.suppress(asyncio.CancelledError):
            while True:
                found = await fetch(assignment, node_id, request)
                if found or not assignment.active or consumer._closed:
                    return found
                await asyncio.sleep(wait)
                wait = min(wait * 1.5, LONGEST_WAIT)
        return False

    fetcher._proc_fetch_request = fetch_until_found
