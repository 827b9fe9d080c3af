"""Over the real broker: a text told by messaging comes back as a command to say something."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from services.actions.settings import ActionsSettings
from services.actions.worker import build
from shared.bus.envelope import Envelope, decode_headers
from shared.bus.kafka import KafkaCluster, TopicPartition
from shared.contracts.base import Message
from shared.contracts.directory import ContractorCreated
from shared.ids import uuid7
from tests.services.actions.conftest import PHONE, Actions

JOHN = "Met John Smith - amazing insights on AI automation. 555-1234, john@example.com"


class Bus:
    """What other services publish, and what the commands' topic holds for this test's account."""

    def __init__(self, actions: Actions, kafka: KafkaCluster, producer: Any, consumer: Any) -> None:
        self.actions, self.kafka, self.producer, self.consumer = actions, kafka, producer, consumer
        self.commands: list[dict[str, Any]] = []

    async def publish(self, message: Message, publisher: str, times: int = 1) -> None:
        envelope = Envelope(
            id=uuid7(),
            source=f"/services/{publisher}",
            type=message.type,
            time=datetime.now(UTC),
            subject=message.subject,
            account_id=self.actions.account_id,
            key=message.key,
            topic=message.topic_for(publisher),
            payload=message.model_dump_json(),
        )
        value = envelope.payload.encode()
        for _ in range(times):
            await self.producer.send_and_wait(
                envelope.topic, value, key=envelope.key.encode(), headers=envelope.headers()
            )

    async def wait_for_commands(self, count: int, seconds: float = 20) -> list[dict[str, Any]]:
        end = time.monotonic() + seconds
        while len(self.commands) < count and time.monotonic() < end:
            for records in (await self.consumer.getmany(timeout_ms=100)).values():
                for record in records:
                    if decode_headers(record.headers).get("ce_accountid") == str(self.actions.account_id):
                        self.commands.append(json.loads(record.value))
        return self.commands


@pytest.fixture
async def bus(bare: Actions, kafka: KafkaCluster) -> AsyncIterator[Bus]:
    """The worker's own loops, as its process runs them."""
    settings = ActionsSettings(
        port=1,
        jwks_url="http://127.0.0.1:1/",
        database_url=bare.urls.app,
        worker_database_url=bare.urls.worker,
        kafka_bootstrap=kafka.bootstrap,
        kafka_embedded=True,
    )
    worker = build(settings)
    await kafka.ensure_topics(
        ["followthrough.messaging.commands", "followthrough.messaging", "followthrough.directory"]
    )
    producer, consumer = kafka.producer("test"), kafka.consumer("test-commands", group=None)
    await producer.start()
    await kafka.start(consumer)
    consumer.assign(partitions_of_commands())
    await consumer.seek_to_end()
    loops = [asyncio.ensure_future(loop()) for loop in await worker._start()]
    while not worker.consumer.ready:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    yield Bus(bare, kafka, producer, consumer)
    for loop in loops:
        loop.cancel()
    await asyncio.gather(*loops, return_exceptions=True)
    await worker._close()
    await producer.stop()
    await consumer.stop()


def partitions_of_commands() -> list[Any]:
    topic = "followthrough.messaging.commands"
    return [TopicPartition(topic, number) for number in range(3)]


async def test_a_text_told_twice_by_the_broker_becomes_one_note_and_one_command(bus: Bus) -> None:
    actions = bus.actions
    known = {"id": actions.contractor_id, "row_version": 1, "full_name": "Maria Lopez", "phone": PHONE}
    await bus.publish(ContractorCreated.model_validate(known), "directory")
    event = actions.received(JOHN)
    await bus.publish(event, "messaging", times=2)
    await bus.publish(event, "messaging")
    [command] = await bus.wait_for_commands(1)
    assert command["body"].startswith("Got it: John Smith (AI automation).")
    assert command["in_reply_to_message_id"] == str(event.message_id)
    assert len(await bus.wait_for_commands(2, seconds=1)) == 1
    assert len(await actions.notes()) == 1


async def test_a_strangers_text_is_answered_once_directory_has_made_the_contractor(bus: Bus) -> None:
    actions = bus.actions
    await bus.publish(actions.received(JOHN, contractor_id=None), "messaging")
    assert await bus.wait_for_commands(1, seconds=1) == []
    known = {"id": actions.contractor_id, "row_version": 1, "phone": PHONE, "provisional": True}
    await bus.publish(ContractorCreated.model_validate(known), "directory")
    [command] = await bus.wait_for_commands(1)
    assert "STOP" in command["body"]


async def test_texts_of_one_person_are_answered_in_order_and_soon(bus: Bus) -> None:
    actions = bus.actions
    known = {"id": actions.contractor_id, "row_version": 1, "full_name": "Maria Lopez", "phone": PHONE}
    await bus.publish(ContractorCreated.model_validate(known), "directory")
    events = [actions.received(f"Booth {number} shows a new roofing tool") for number in range(10)]
    started = time.monotonic()
    for event in events:
        await bus.publish(event, "messaging")
    commands = await bus.wait_for_commands(10)
    assert time.monotonic() - started < 10
    said = {command["in_reply_to_message_id"] for command in commands}
    assert said == {str(event.message_id) for event in events}
    turns = await actions.turns()
    assert [turn["message_id"] for turn in turns] == [event.message_id for event in events]
    assert [turn["finished_at"] for turn in turns] == sorted(turn["finished_at"] for turn in turns)
