"""Outbox, relay, consumer and dead letters on a real database and a real broker."""

import asyncio
import json
import random
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select

from shared.bus import relay as relay_module
from shared.bus.envelope import Envelope
from shared.bus.kafka import KafkaCluster
from shared.bus.outbox import emit
from shared.bus.relay import Relay
from shared.bus.replicas import ensure_placeholders, replica
from shared.db.database import Database, Db, Tenant, asyncpg_dsn
from shared.db.listen import Wakeups
from shared.ids import uuid7
from tests.conftest import Urls
from tests.shared.conftest import bus, running, until
from tests.shared.sample import Thing, ThingCopy, ThingCreated, ThingDeleted, ThingUpdated


async def make_thing(app: Database, account_id: UUID, name: str = "lamp") -> Thing:
    async with app.begin(Tenant(account_id)) as db:
        thing = Thing(name=name)
        db.add(thing)
        await db.flush()
        await emit(db, ThingCreated(id=thing.id, row_version=1, name=name))
    return thing


async def outbox_rows(urls: Urls) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(asyncpg_dsn(urls.worker))
    try:
        return list(await connection.fetch("SELECT * FROM outbox ORDER BY seq"))
    finally:
        await connection.close()


async def test_an_event_is_committed_with_its_change_or_not_at_all(app: Database, urls: Urls, account_id: UUID) -> None:
    await make_thing(app, account_id)
    with pytest.raises(RuntimeError):
        await _emit_and_fail(app, account_id)
    assert [json.loads(row["payload"])["name"] for row in await outbox_rows(urls)] == ["lamp"]


async def _emit_and_fail(app: Database, account_id: UUID) -> None:
    async with app.begin(Tenant(account_id)) as db:
        await emit(db, ThingCreated(id=uuid7(), row_version=1, name="phantom"))
        raise RuntimeError


async def test_what_is_committed_reaches_the_handler_once_and_leaves_the_outbox(
    app: Database, worker: Database, kafka: KafkaCluster, urls: Urls, account_id: UUID
) -> None:
    seen: list[tuple[UUID | None, str]] = []

    async def on_created(db: Db, event: ThingCreated) -> None:
        seen.append((db.account_id, event.name))

    await make_thing(app, account_id)
    async with bus(app, worker, kafka, account_id, {ThingCreated: on_created}):
        await until(lambda: len(seen) == 1)
        await make_thing(app, account_id, "second")
        await until(lambda: len(seen) == 2)
        await until(lambda: _is_empty(urls))
    assert seen == [(account_id, "lamp"), (account_id, "second")]


async def _is_empty(urls: Urls) -> bool:
    return not await outbox_rows(urls)


async def test_eight_writers_on_five_keys_are_relayed_in_commit_order_per_key(
    app: Database, worker: Database, kafka: KafkaCluster, account_id: UUID
) -> None:
    things = [await make_thing(app, account_id) for _ in range(5)]
    seen: dict[UUID, list[int]] = {thing.id: [] for thing in things}

    async def on_updated(db: Db, event: ThingUpdated) -> None:
        seen[event.id].append(event.row_version)

    async def write(rng: random.Random) -> None:
        for _ in range(25):
            async with app.begin(Tenant(account_id)) as db:
                thing = await db.scalar(select(Thing).where(Thing.id == rng.choice(things).id).with_for_update())
                assert thing is not None
                thing.name = f"{rng.random()}"
                await db.flush()
                await emit(db, ThingUpdated(id=thing.id, row_version=thing.row_version, name=thing.name))
                await asyncio.sleep(rng.random() / 200)

    async with bus(app, worker, kafka, account_id, {ThingUpdated: on_updated}):
        await asyncio.gather(*(write(random.Random(n)) for n in range(8)))
        await until(lambda: sum(map(len, seen.values())) == 200)
    for versions in seen.values():
        assert versions == list(range(2, len(versions) + 2))


async def test_a_relay_that_lost_its_lease_deletes_nothing_and_what_it_published_has_no_second_effect(
    app: Database, worker: Database, kafka: KafkaCluster, urls: Urls, account_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    async def on_created(db: Db, event: ThingCreated) -> None:
        seen.append(event.name)

    monkeypatch.setattr(relay_module, "LEASE_SECONDS", 0.4)
    suspended = Relay(worker, kafka, Wakeups(worker.url))
    await make_thing(app, account_id)
    published, woken = asyncio.Event(), asyncio.Event()
    publish = suspended._publish

    async def publish_then_hang(rows: list[asyncpg.Record]) -> list[asyncpg.Record]:
        acknowledged = await publish(rows)
        published.set()
        await woken.wait()
        return acknowledged

    suspended._publish = publish_then_hang  # type: ignore[method-assign]
    async with running(suspended.run):
        await published.wait()
        async with bus(app, worker, kafka, account_id, {ThingCreated: on_created}):
            await until(lambda: _is_empty(urls))
            await make_thing(app, account_id, "after")
            await until(lambda: seen == ["lamp", "after"])
            woken.set()
            await asyncio.sleep(0.3)
    await suspended.close()
    assert seen == ["lamp", "after"]


async def test_of_two_relays_the_one_with_the_lease_publishes(
    app: Database, worker: Database, kafka: KafkaCluster, urls: Urls, account_id: UUID
) -> None:
    relays = [Relay(worker, kafka, Wakeups(worker.url)) for _ in range(2)]
    async with running(*(relay.run for relay in relays)):
        for _ in range(20):
            await make_thing(app, account_id)
        await until(lambda: _is_empty(urls))
    assert sorted(relay.published for relay in relays) == [0, 20]
    for relay in relays:
        await relay.close()


async def test_a_relay_whose_lease_is_anothers_deletes_nothing(
    app: Database, worker: Database, kafka: KafkaCluster, urls: Urls, account_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "LEASE_SECONDS", 0.1)
    late, holder = (Relay(worker, kafka, Wakeups(worker.url)) for _ in range(2))
    await make_thing(app, account_id)
    assert await late._hold()
    rows = await late._read()
    await asyncio.sleep(0.2)
    assert await holder._hold()
    await late._finish(rows)
    assert not await _is_empty(urls)
    await holder._finish(rows)
    assert await _is_empty(urls)


async def test_offsets_set_back_to_the_beginning_have_no_effect(
    app: Database, worker: Database, kafka: KafkaCluster, account_id: UUID
) -> None:
    seen: list[UUID] = []

    async def on_created(db: Db, event: ThingCreated) -> None:
        seen.append(event.id)

    made = [(await make_thing(app, account_id)).id for _ in range(10)]
    async with bus(app, worker, kafka, account_id, {ThingCreated: on_created}):
        await until(lambda: len(seen) == 10)
    await _set_back(kafka)
    last = await make_thing(app, account_id)
    async with bus(app, worker, kafka, account_id, {ThingCreated: on_created}):
        await until(lambda: last.id in seen)
    assert sorted(seen) == sorted([*made, last.id])


async def _set_back(kafka: KafkaCluster) -> None:
    consumer = kafka.consumer("test", group="sample", member="test-member")
    consumer.subscribe(["followthrough.sample"])
    await kafka.start(consumer)
    await until(lambda: bool(consumer.assignment()))
    await consumer.commit(dict.fromkeys(consumer.assignment(), 0))
    await consumer.stop()


async def test_a_lost_notification_costs_only_the_poll(
    app: Database, worker: Database, kafka: KafkaCluster, urls: Urls, account_id: UUID
) -> None:
    relay = Relay(worker, kafka, Wakeups(worker.url))  # nobody listens
    async with running(relay.run):
        await asyncio.sleep(0.5)
        await make_thing(app, account_id)
        await until(lambda: _is_empty(urls), 5)
    await relay.close()


async def test_a_replica_takes_only_newer_states_and_fills_placeholders(app: Database, account_id: UUID) -> None:
    handlers = replica(ThingCopy, ThingCreated, ThingUpdated, ThingDeleted)
    key = uuid7()
    async with app.begin(Tenant(account_id)) as db:
        await ensure_placeholders(db, ThingCopy, [key, None])
        await handlers[ThingUpdated](db, ThingUpdated(id=key, row_version=3, name="third"))
        await handlers[ThingCreated](db, ThingCreated(id=key, row_version=1, name="first"))
        await ensure_placeholders(db, ThingCopy, [key])
        copy = (await db.scalars(select(ThingCopy))).one()
        assert (copy.name, copy.row_version, copy.deleted) == ("third", 3, False)
        await handlers[ThingDeleted](db, ThingDeleted(id=key, row_version=4, name="third"))
        db.expunge_all()
        assert (await db.scalars(select(ThingCopy))).one().deleted


def test_an_envelope_survives_its_headers_and_its_row() -> None:
    envelope = Envelope.of_json(
        {
            "id": str(uuid7()),
            "source": "/services/sample",
            "type": "thing.created.v1",
            "time": "2026-03-01T10:00:00+00:00",
            "subject": "s",
            "account_id": str(uuid7()),
            "key": "k",
            "topic": "followthrough.sample",
            "payload": "{}",
            "traceparent": None,
        }
    )
    read = Envelope.of_record(envelope.topic, b"k", envelope.headers(), b"{}")
    assert read == envelope == Envelope.of_json(envelope.as_json())
