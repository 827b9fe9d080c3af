"""What Kafka would not take stops nobody: refused where it is written, set aside where it got in all the same."""

from uuid import UUID

import asyncpg
import pytest

from shared.bus.kafka import KafkaCluster
from shared.bus.outbox import MAX_PAYLOAD_BYTES, emit
from shared.bus.relay import Relay
from shared.db.database import Database, Db, Tenant
from shared.db.listen import Wakeups
from shared.errors import TooLarge
from shared.ids import uuid7
from tests.conftest import Urls
from tests.shared.bus.test_bus import make_thing, outbox_rows
from tests.shared.conftest import bus, running, until
from tests.shared.sample import ThingCreated


async def test_a_message_is_measured_in_bytes_not_in_characters(app: Database, urls: Urls, account_id: UUID) -> None:
    for name in ("a" * MAX_PAYLOAD_BYTES, "😀" * (MAX_PAYLOAD_BYTES // 4)):
        with pytest.raises(TooLarge):
            await make_thing(app, account_id, name)
    await make_thing(app, account_id, "😀" * (MAX_PAYLOAD_BYTES // 4 - 100))
    assert len(await outbox_rows(urls)) == 1


async def test_the_outbox_itself_refuses_what_kafka_would_not_take(app: Database, account_id: UUID) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        async with app.begin(Tenant(account_id)) as db:
            await _insert(db, "k", "😀" * (MAX_PAYLOAD_BYTES // 4 + 1))


async def _insert(db: Db, key: str, payload: str) -> None:
    await db.raw.execute(
        "INSERT INTO outbox (account_id, topic, key, type, subject, payload)"
        " VALUES ($1, 'followthrough.sample', $2, 'thing.created.v1', 's', $3)",
        *(db.account_id, key, payload),
    )


async def test_a_row_that_kafka_refuses_is_set_aside_and_the_others_go_once(
    app: Database, worker: Database, kafka: KafkaCluster, urls: Urls, account_id: UUID
) -> None:
    seen: list[str] = []

    async def on_created(db: Db, event: ThingCreated) -> None:
        seen.append(event.name)

    await make_thing(app, account_id, "before")
    async with app.begin(Tenant(account_id)) as db:
        await _insert(db, "k" * 1_100_000, "{}")
        await emit(db, ThingCreated(id=uuid7(), row_version=1, name="after"))
    relay = Relay(worker, kafka, Wakeups(worker.url))
    async with running(relay.run):
        await until(lambda: relay.published == 2)
        await until(lambda: _only_refused_is_left(urls))
        assert await relay.depth() == 0
    await relay.close()
    async with bus(app, worker, kafka, account_id, {ThingCreated: on_created}):
        await until(lambda: sorted(seen) == ["after", "before"])
    assert relay.published == 2


async def _only_refused_is_left(urls: Urls) -> bool:
    return [(len(row["key"]), row["refused_at"] is not None) for row in await outbox_rows(urls)] == [(1_100_000, True)]
