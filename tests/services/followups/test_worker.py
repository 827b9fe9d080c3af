"""The worker as it runs: a real broker, a real database, every loop."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.followups.settings import FollowupsSettings
from services.followups.worker import build
from shared.bus.kafka import KafkaCluster
from shared.bus.outbox import emit
from shared.bus.relay import Relay
from shared.contracts.actions import ActionItemCreated, ActionItemUpdated, ReplyInterpreted, ReplyPart
from shared.contracts.base import Message
from shared.contracts.directory import ContractorCreated
from shared.contracts.messaging import MessageSent, Origin
from shared.db.database import Database, Tenant
from shared.db.listen import Wakeups
from shared.ids import uuid7
from shared.worker import Worker
from tests.conftest import Urls
from tests.services.followups.conftest import World
from tests.shared.conftest import running, until

DAYTIME = ("America/Chicago", "Asia/Tokyo", "Europe/Berlin", "Pacific/Auckland", "Asia/Kolkata")


@pytest.fixture
async def followups(urls: Urls, kafka: KafkaCluster) -> AsyncIterator[Worker]:
    settings = FollowupsSettings(
        port=1,
        jwks_url="http://127.0.0.1:1",
        database_url=urls.app,
        worker_database_url=urls.worker,
        kafka_bootstrap=kafka.bootstrap,
        kafka_embedded=True,
    )
    worker = build(settings)
    async with running(*worker.loops, worker.wakeups.run):
        await until(lambda: worker.consumer.ready, 20)
        yield worker
    await worker.relay.close()
    await worker.database.close()
    await worker.worker_database.close()


class Others:
    """Other services' outbox and relay, and what followups asks of messaging."""

    def __init__(self, database: Database, account_id: UUID, kafka: KafkaCluster) -> None:
        self._database, self._account_id, self._kafka = database, account_id, kafka

    async def tell(self, *messages: Message) -> None:
        async with self._database.begin(Tenant(self._account_id)) as db:
            await emit(db, *messages)

    async def asked(self, kind: str, count: int) -> list[dict[str, object]]:
        """Commands that reached the broker's topic of messaging's commands, of this account."""
        consumer = self._kafka.consumer("test", group=None, auto_offset_reset="earliest")
        await self._kafka.ensure_topics(["followthrough.messaging.commands"])
        consumer.subscribe(["followthrough.messaging.commands"])
        await self._kafka.start(consumer)
        found: list[dict[str, object]] = []

        async def enough() -> bool:
            for records in (await consumer.getmany(timeout_ms=100)).values():
                for record in records:
                    headers = {name: value.decode() for name, value in record.headers}
                    if headers["ce_type"] == kind and headers["ce_accountid"] == str(self._account_id):
                        found.append(json.loads(record.value))
            return len(found) >= count

        try:
            await until(enough, 20)
        finally:
            await consumer.stop()
        return found


@pytest.fixture
async def others(database_of, kafka: KafkaCluster, account_id: UUID) -> AsyncIterator[Others]:  # type: ignore[no-untyped-def]
    """Speaks for directory, messaging and actions: topics come from the contracts, whoever publishes."""
    urls = await database_of("actions")
    app, worker = urls.database("app"), urls.database("worker")
    wakeups = Wakeups(worker.url)
    relay = Relay(worker, kafka, wakeups)
    async with running(relay.run, wakeups.run):
        yield Others(app, account_id, kafka)
    await relay.close()
    await app.close()
    await worker.close()


async def test_a_promise_becomes_a_text_and_its_answer_is_kept(
    followups: Worker, others: Others, app: Database, worker: Database, urls: Urls, account_id: UUID
) -> None:
    world = World(app, worker, urls, account_id)
    zone = min(DAYTIME, key=lambda name: abs(datetime.now(UTC).astimezone(ZoneInfo(name)).hour - 14))
    person, item = uuid7(), uuid7()
    state = {"id": item, "contractor_id": person, "title": "Call Lee Wong", "action_type": "follow_up", "priority": 5}
    await others.tell(
        ContractorCreated(id=person, row_version=1, full_name="Maria Lopez", phone="+12145550123", time_zone=zone),
        ActionItemCreated(**state, row_version=1, status="pending"),
    )

    async def is_planned() -> bool:
        rows = await world.schedules(action_item_id=item)
        return len(rows) == 1 and rows[0].planned_zone == zone

    await until(is_planned, 20)
    now = datetime.now(UTC)
    await world.clock_to(now + timedelta(days=4))
    (message,) = await others.asked("message.send_requested.v1", 1)
    assert "call Lee Wong" in str(message["body"])

    row = await world.one(action_item_id=item)
    sent = {"message_key": message["message_key"], "origin": Origin.model_validate(message["origin"])}
    at = now + timedelta(days=4)
    await others.tell(
        MessageSent(
            **sent,
            message_id=uuid7(),
            purpose="check_in",
            conversation_id=uuid7(),
            address="+12145550123",
            body="x",
            sent_at=at,
        ),
        ReplyInterpreted(
            message_id=uuid7(),
            contractor_id=person,
            intent="done",
            confidence=1,
            text="done",
            parts=[ReplyPart(schedule_id=row.id, action_item_id=item, intent="done")],
            received_at=at,
        ),
        ActionItemUpdated(**state, row_version=2, status="completed", completed_at=at, changed=["status"]),
    )

    async def is_over() -> bool:
        rows = await world.schedules(action_item_id=item)
        states = {(row.status, row.sent_at is not None) for row in rows}
        return states in ({("responded", True)}, {("responded", True), ("cancelled", False)})

    await until(is_over, 20)
