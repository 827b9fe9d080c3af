"""A broker that forgets and grows: what the relay keeps, what is cut from the log."""

import asyncio
from pathlib import Path
from uuid import UUID

import pytest

from deploy.local.embedded import running_kafka
from shared.bus import consumer as consumer_module
from shared.bus import embedded
from shared.bus.embedded import Trim
from shared.bus.kafka import KafkaCluster, TopicPartition
from shared.bus.outbox import emit
from shared.bus.relay import Relay
from shared.bus.subscription import Handler
from shared.contracts.base import Message
from shared.db.database import Database, Db, Tenant
from shared.db.listen import Wakeups
from shared.ids import uuid7
from tests.conftest import Urls
from tests.shared.bus.test_bus import make_thing, outbox_rows
from tests.shared.conftest import bus, running, until
from tests.shared.sample import ThingCreated, ThingUpdated

TOPIC = TopicPartition("trimmed", 0)


async def test_what_a_broker_may_have_forgotten_is_published_again_by_the_next_relay_and_has_one_effect(
    app: Database, worker: Database, kafka: KafkaCluster, urls: Urls, account_id: UUID
) -> None:
    seen: list[str] = []

    async def on_created(db: Db, event: ThingCreated) -> None:
        seen.append(event.name)

    await make_thing(app, account_id)
    first = Relay(worker, kafka, Wakeups(worker.url), keep_seconds=60)
    async with running(first.run):
        await until(lambda: _all_published(first))
        assert first.published == 1
    await first.close()
    assert len(await outbox_rows(urls)) == 1
    async with bus(app, worker, kafka, account_id, {ThingCreated: on_created}):
        await until(lambda: _is_empty(urls))
        await make_thing(app, account_id, "second")
        await until(lambda: seen == ["lamp", "second"])


async def test_a_relay_that_keeps_rows_publishes_each_once_and_deletes_it_later(
    app: Database, worker: Database, kafka: KafkaCluster, urls: Urls, account_id: UUID
) -> None:
    relay = Relay(worker, kafka, Wakeups(worker.url), keep_seconds=1.5)
    async with running(relay.run):
        for name in ("one", "two", "three"):
            await make_thing(app, account_id, name)
        await until(lambda: relay.published == 3)
        assert len(await outbox_rows(urls)) == 3
        await until(lambda: _is_empty(urls))
    await relay.close()
    assert relay.published == 3


async def _all_published(relay: Relay) -> bool:
    return await relay.depth() == 0


async def _is_empty(urls: Urls) -> bool:
    return not await outbox_rows(urls)


async def test_the_log_loses_what_every_group_has_committed_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "TRIM_SECONDS", 0.1)
    monkeypatch.setattr(embedded, "KEPT", 10)
    with running_kafka(tmp_path) as server:
        kafka = KafkaCluster(server.bootstrap, embedded=True, partitions=1)
        await _publish(kafka, 300)
        await _commit(kafka, "fast", 280)
        await _commit(kafka, "slow", 50)
        async with running(Trim(server.bootstrap, [TOPIC.topic], lambda: 300).run):
            await until(lambda: _starts_at(kafka, 40))
            await asyncio.sleep(0.3)
            assert await _starts_at(kafka, 40)
        async with running(Trim(server.bootstrap, ["another"], lambda: 300).run):
            await _commit(kafka, "slow", 300)
            await asyncio.sleep(0.5)
            assert await _starts_at(kafka, 40)


async def _publish(kafka: KafkaCluster, number: int) -> None:
    await kafka.ensure_topics([TOPIC.topic])
    producer = kafka.producer("test")
    await producer.start()
    await asyncio.gather(*[await producer.send(TOPIC.topic, b"x") for _ in range(number)])
    await producer.stop()


async def _commit(kafka: KafkaCluster, group: str, offset: int) -> None:
    consumer = kafka.consumer("test", group=group)
    await consumer.start()
    consumer.assign([TOPIC])
    await consumer.commit({TOPIC: offset})
    await consumer.stop()


async def _starts_at(kafka: KafkaCluster, offset: int) -> bool:
    consumer = kafka.consumer("test", group=None)
    await consumer.start()
    starts = await consumer.beginning_offsets([TOPIC])
    await consumer.stop()
    return bool(starts[TOPIC] == offset)


async def test_an_urgent_message_is_handled_at_once_and_takes_those_before_it_along(
    app: Database, worker: Database, kafka: KafkaCluster, account_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Polling and gathering alone would take seconds: only the bell and the urgency make it quick."""
    monkeypatch.setattr(embedded, "POLL_SECONDS", 5.0)
    monkeypatch.setattr(embedded, "UNHURRIED_SECONDS", 5.0)
    monkeypatch.setattr(consumer_module, "GATHER_SECONDS", 5.0)
    seen: list[str] = []

    async def on_thing(db: Db, event: ThingCreated | ThingUpdated) -> None:
        seen.append(event.name)

    handlers: dict[type[Message], Handler] = {ThingCreated: on_thing, ThingUpdated: on_thing}
    async with bus(app, worker, kafka, account_id, handlers, urgent=(ThingUpdated,)):
        await make_thing(app, account_id, "settling")
        await until(lambda: seen == ["settling"], 30)
        async with app.begin(Tenant(account_id)) as db:
            thing_id = uuid7()
            await emit(db, ThingCreated(id=thing_id, row_version=1, name="calm"))
            await emit(db, ThingUpdated(id=thing_id, row_version=2, name="urgent"))
        await until(lambda: seen == ["settling", "calm", "urgent"], 2)
