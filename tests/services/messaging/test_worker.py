"""The worker as a process of its own, on a real broker: killed where it hurts."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from shared.bus.envelope import Envelope
from shared.bus.kafka import KafkaCluster
from shared.contracts.base import Message
from shared.ids import uuid7
from tests.services.messaging.stack import Messaging

pytestmark = pytest.mark.fault


class Process:
    """`python -m services.messaging.worker`, started and killed at will."""

    def __init__(self, environment: dict[str, str], port: int) -> None:
        self._environment = environment
        self._port = port
        self._running: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        command = (sys.executable, "-m", "services.messaging.worker")
        self._running = await asyncio.create_subprocess_exec(*command, env={**os.environ, **self._environment})
        async with asyncio.timeout(30), httpx.AsyncClient() as client:
            while not await self._is_ready(client):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def _is_ready(self, client: httpx.AsyncClient) -> bool:
        try:
            return (await client.get(f"http://127.0.0.1:{self._port}/readyz")).status_code == 200
        except httpx.TransportError:
            return False

    async def kill(self) -> None:
        assert self._running is not None
        if self._running.returncode is None:
            self._running.kill()
        await self._running.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
async def process(messaging: Messaging, kafka: KafkaCluster, tmp_path: Path) -> AsyncIterator[Process]:
    port = free_port()
    told = messaging.settings.model_dump(exclude_none=True)
    environment = {f"FT_{name.upper()}": str(value) for name, value in told.items()} | {
        "FT_PORT": str(port),
        "FT_KAFKA_BOOTSTRAP": kafka.bootstrap,
        "FT_KAFKA_EMBEDDED": "on",
        "FT_OBJECTS_URL": f"file://{tmp_path}/objects",
        "FT_LISTING_SECONDS": "1",
    }
    process = Process(environment, port)
    await process.start()
    yield process
    await process.kill()


Publish = Callable[[Message], Awaitable[None]]


@pytest.fixture
async def publish(messaging: Messaging, kafka: KafkaCluster) -> AsyncIterator[Publish]:
    """As another service's relay would."""
    async with _producing(kafka, messaging.account_id) as publish:
        yield publish


@asynccontextmanager
async def _producing(kafka: KafkaCluster, account_id: UUID) -> AsyncIterator[Publish]:
    producer = kafka.producer("test")
    await producer.start()

    async def publish(message: Message) -> None:
        topic = message.topic_for("actions")
        envelope = Envelope(
            id=uuid7(),
            source="/services/actions",
            type=message.type,
            time=datetime.now(UTC),
            subject=message.subject,
            account_id=account_id,
            key=message.key,
            topic=topic,
            payload=message.model_dump_json(),
        )
        await kafka.ensure_topics([topic])
        await producer.send_and_wait(
            topic, envelope.payload.encode(), key=envelope.key.encode(), headers=envelope.headers()
        )

    try:
        yield publish
    finally:
        await producer.stop()


async def test_a_command_over_the_bus_arrives_and_a_photo_is_fetched(
    messaging: Messaging, process: Process, publish: Publish
) -> None:
    command = messaging.command("over the bus")
    await publish(command)
    await publish(command)
    await messaging.until("EXISTS (SELECT FROM messages WHERE status = 'delivered')")
    await messaging.text("a card", media=[{"content_type": "image/jpeg", "base64": "/9j/4AA="}])
    await messaging.until("EXISTS (SELECT FROM message_media WHERE status = 'stored')")
    assert await messaging.bodies() == ["over the bus"]
    await messaging.until("NOT EXISTS (SELECT FROM outbox)")


async def test_killed_after_twilio_accepted_and_before_it_was_recorded(
    messaging: Messaging, process: Process, publish: Publish
) -> None:
    await messaging.fault("drop_callbacks")
    await messaging.fault("slow_after", seconds=2)
    await publish(messaging.command("once"))
    async with asyncio.timeout(20):
        while await messaging.bodies() != ["once"]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await process.kill()
    assert [row["status"] for row in await messaging.messages("outbound")] == ["pending"]
    await messaging.sql("UPDATE messages SET leased_until = clock_timestamp()")  # as if 20 seconds had passed
    await process.start()
    await messaging.until("EXISTS (SELECT FROM messages WHERE status = 'sent')")
    assert await messaging.bodies() == ["once"]


async def test_killed_before_it_heard_of_a_text_which_is_durable_all_the_same(
    messaging: Messaging, process: Process
) -> None:
    await process.kill()
    assert (await messaging.text("durable"))["webhook_status"] == 200
    await messaging.text("missed", deliver=False)
    assert len(await messaging.events("message.received")) == 1
    await process.start()
    await messaging.until("(SELECT count(*) FROM messages) = 2")
    await messaging.until("NOT EXISTS (SELECT FROM outbox)")
