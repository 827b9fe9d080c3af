"""Messages that fail by themselves: counted, set aside with their key, replayed in order, each tenant's apart."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from sqlalchemy import select

from shared.bus.consumer import Consumer
from shared.bus.dead_letters import Replayer, reason_of
from shared.bus.kafka import KafkaCluster
from shared.bus.outbox import emit
from shared.bus.relay import Relay
from shared.bus.subscription import Handler, Only, Subscription
from shared.contracts.base import Message
from shared.db.database import Database, Db, Tenant
from shared.db.listen import Wakeups
from shared.errors import Unavailable
from shared.ids import uuid7
from tests.shared.bus.test_bus import make_thing
from tests.shared.conftest import bus, running, until
from tests.shared.sample import ThingCopy, ThingCreated


async def ask_for_replay(app: Database, account_id: UUID) -> None:
    async with app.begin(Tenant(account_id)) as db:
        await db.raw.execute("UPDATE dead_letters SET replay_requested_at = clock_timestamp()")
        await db.notify("dead_letters")


@asynccontextmanager
async def whole_bus(
    app: Database, worker: Database, kafka: KafkaCluster, handlers: dict[type[Message], Handler | Only]
) -> AsyncIterator[None]:
    """Relay, consumer and replayer that do not look at whose a message is."""
    wakeups = Wakeups(worker.url)
    subscription = Subscription(handlers)
    relay = Relay(worker, kafka, wakeups)
    consumer = Consumer(app, kafka, subscription, member="test-member")
    replayer = Replayer(app, worker, subscription, wakeups)
    async with running(relay.run, wakeups.run, consumer.run, replayer.run):
        yield
    await relay.close()


async def emit_things(app: Database, account_id: UUID, key: UUID, *names: str) -> None:
    async with app.begin(Tenant(account_id)) as db:
        for name in names:
            await emit(db, ThingCreated(id=key, row_version=1, name=name))


async def test_a_poison_event_parks_its_key_others_flow_and_a_replay_works_in_order_once(
    app: Database, worker: Database, kafka: KafkaCluster, account_id: UUID
) -> None:
    seen: list[str] = []
    mended = False

    async def on_created(db: Db, event: ThingCreated) -> None:
        if event.name == "poison" and not mended:
            raise ValueError("poison")
        db.add(ThingCopy(id=uuid7(), name=event.name))
        seen.append(event.name)

    key = uuid7()
    async with bus(app, worker, kafka, account_id, {ThingCreated: on_created}):
        async with app.begin(Tenant(account_id)) as db:
            for name in ("poison", "next", "last"):
                await emit(db, ThingCreated(id=key, row_version=1, name=name))
        for n in range(20):
            await make_thing(app, account_id, f"other {n}")
        await until(lambda: len(seen) >= 20)
        await until(lambda: _has_letters(app, account_id, ["dead", "parked", "parked"]))
        assert "next" not in seen
        mended = True
        await ask_for_replay(app, account_id)
        await until(lambda: _has_letters(app, account_id, ["replayed"] * 3))
        async with app.begin(Tenant(account_id)) as db:
            await emit(db, ThingCreated(id=key, row_version=2, name="freed"))
        await until(lambda: _has_copies(app, account_id, 24))
    assert [name for name in seen if not name.startswith("other")] == ["poison", "next", "last", "freed"]


async def _has_copies(app: Database, account_id: UUID, number: int) -> bool:
    async with app.begin(Tenant(account_id)) as db:
        return len((await db.scalars(select(ThingCopy))).all()) == number


async def _has_letters(app: Database, account_id: UUID, states: list[str]) -> bool:
    async with app.begin(Tenant(account_id)) as db:
        rows = await db.raw.fetch("SELECT state FROM dead_letters ORDER BY seq")
    return [row["state"] for row in rows] == states


@pytest.mark.parametrize("failures", [1, 2, 3, 4])
async def test_a_failure_that_passes_leaves_no_letter(
    app: Database, worker: Database, kafka: KafkaCluster, account_id: UUID, failures: int
) -> None:
    tries = 0

    async def on_created(db: Db, event: ThingCreated) -> None:
        nonlocal tries
        tries += 1
        if tries <= failures:
            raise ValueError("not yet")

    async with bus(app, worker, kafka, account_id, {ThingCreated: on_created}):
        await make_thing(app, account_id)
        await until(lambda: tries == failures + 1)
        await until(lambda: _has_letters(app, account_id, []))


async def test_an_outage_pauses_the_partition_and_never_makes_a_letter(
    app: Database, worker: Database, kafka: KafkaCluster, account_id: UUID
) -> None:
    tries = 0

    async def on_created(db: Db, event: ThingCreated) -> None:
        nonlocal tries
        tries += 1
        if tries < 8:
            raise ConnectionRefusedError

    async with bus(app, worker, kafka, account_id, {ThingCreated: on_created}):
        await make_thing(app, account_id)
        await until(lambda: tries >= 8, 30)
    assert await _has_letters(app, account_id, [])


async def test_one_accounts_dead_letter_parks_nothing_of_another_with_the_same_key(
    app: Database, worker: Database, kafka: KafkaCluster, account_id: UUID
) -> None:
    other, key = uuid7(), uuid7()
    seen: list[tuple[UUID | None, str]] = []
    mended = False

    async def on_created(db: Db, event: ThingCreated) -> None:
        if event.name == "poison" and not mended:
            raise ValueError("poison")
        seen.append((db.account_id, event.name))

    async with whole_bus(app, worker, kafka, {ThingCreated: on_created}):
        await emit_things(app, account_id, key, "poison", "waits")
        await until(lambda: _has_letters(app, account_id, ["dead", "parked"]), 20)
        await emit_things(app, other, key, "theirs")
        await until(lambda: (other, "theirs") in seen)
        assert await _has_letters(app, other, [])
        mended = True
        await ask_for_replay(app, account_id)
        await until(lambda: _has_letters(app, account_id, ["replayed"] * 2))
        await emit_things(app, account_id, key, "freed")
        await until(lambda: (account_id, "freed") in seen)
    assert [name for owner, name in seen if owner == account_id] == ["poison", "waits", "freed"]


async def test_an_outage_during_a_replay_is_waited_for_and_kills_no_other_letter(
    app: Database, worker: Database, kafka: KafkaCluster, account_id: UUID
) -> None:
    mode, tries = "poison", 0

    async def on_created(db: Db, event: ThingCreated) -> None:
        nonlocal tries
        if mode == "poison" and event.name == "poison":
            raise ValueError("poison")
        if mode == "outage":
            tries += 1
            raise Unavailable("The database is catching up.")

    async with bus(app, worker, kafka, account_id, {ThingCreated: on_created}):
        await emit_things(app, account_id, uuid7(), "poison", "next")
        await until(lambda: _has_letters(app, account_id, ["dead", "parked"]), 20)
        mode = "outage"
        await ask_for_replay(app, account_id)
        await until(lambda: tries >= 2)
        assert await _has_letters(app, account_id, ["dead", "parked"])
        mode = "fine"
        await until(lambda: _has_letters(app, account_id, ["replayed"] * 2))


async def test_a_failure_whose_words_cannot_be_stored_is_counted_too(
    app: Database, worker: Database, kafka: KafkaCluster, account_id: UUID
) -> None:
    seen: list[str] = []

    async def on_created(db: Db, event: ThingCreated) -> None:
        if event.name == "poison":
            raise ValueError("a\x00b")
        seen.append(event.name)

    async with bus(app, worker, kafka, account_id, {ThingCreated: on_created}):
        await make_thing(app, account_id, "poison")
        await make_thing(app, account_id, "fine")
        await until(lambda: _has_letters(app, account_id, ["dead"]), 20)
        await until(lambda: seen == ["fine"])


def test_a_reason_is_text_that_can_be_stored() -> None:
    assert reason_of(ValueError("half \ud800 of a pair")) == "ValueError: half ? of a pair"


@pytest.mark.parametrize("error", [ValueError, KeyError, ZeroDivisionError])
async def test_a_condition_that_fails_makes_a_letter_and_loses_nothing(
    app: Database, worker: Database, kafka: KafkaCluster, account_id: UUID, error: type[Exception]
) -> None:
    def is_fine(event: ThingCreated) -> bool:
        if event.name == "poison":
            raise error(event.name)
        return event.name == "fine"

    seen: list[str] = []

    async def on_created(db: Db, event: ThingCreated) -> None:
        seen.append(event.name)

    async with whole_bus(app, worker, kafka, {ThingCreated: Only(is_fine, on_created)}):
        for name in ("poison", "unwanted", "fine"):
            await make_thing(app, account_id, name)
        await until(lambda: _has_letters(app, account_id, ["dead"]), 20)
        await until(lambda: seen == ["fine"])


async def test_what_no_condition_wants_leaves_no_trace(
    app: Database, worker: Database, kafka: KafkaCluster, account_id: UUID
) -> None:
    seen: list[str] = []

    async def on_created(db: Db, event: ThingCreated) -> None:
        seen.append(event.name)

    only = Only(lambda event: event.name == "wanted", on_created)
    async with whole_bus(app, worker, kafka, {ThingCreated: only}):
        for name in ("other", "wanted"):
            await make_thing(app, account_id, name)
        await until(lambda: seen == ["wanted"])
    async with worker.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM inbox") == 1
