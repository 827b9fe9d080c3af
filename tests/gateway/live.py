"""A listener of the live stream, and what there is to hear: events published as the services' relays do."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx

from shared.bus.envelope import Envelope
from shared.bus.kafka import KafkaCluster
from shared.ids import uuid7

TOPIC = "followthrough.actions"


async def publish(
    kafka: KafkaCluster, account_id: UUID, *types: str, topic: str = TOPIC, ids: list[UUID] | None = None
) -> list[UUID]:
    """The events' ids, in order."""
    ids = ids or [uuid7() for _ in types]
    await kafka.ensure_topics([topic])
    async with kafka.producer("tests") as producer:
        sent = [await producer.send(topic, b"{}", key=b"k", headers=_headers(account_id, each, type_))
                for each, type_ in zip(ids, types, strict=True)]  # fmt: skip
        await asyncio.gather(*sent)
    kafka.ring(set(types))
    return ids


def _headers(account_id: UUID, event_id: UUID, type_: str) -> list[tuple[str, bytes]]:
    now = datetime.now(UTC)
    return Envelope(event_id, "tests", type_, now, str(uuid7()), account_id, "k", TOPIC, "{}").headers()


@dataclass(frozen=True)
class Event:
    name: str
    id: str
    data: dict[str, Any]


class Live:
    """An open stream."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()
        self._known: set[UUID] = set()

    async def next(self, seconds: float = 10) -> Event | None:
        """The next event; None at the stream's end. Comments are passed over."""
        async with asyncio.timeout(seconds):
            fields: dict[str, str] = {}
            async for line in self._lines:
                name, _, value = line.partition(": ")
                if line.startswith(":") or not (line or fields):
                    continue
                if not line:
                    return Event(fields["event"], fields.get("id", ""), json.loads(fields["data"]))
                fields[name] = value
            return None

    async def ids(self, number: int) -> list[UUID]:
        """Of the next events, but those it knows: after a resume some are told twice."""
        found: list[UUID] = []
        while len(found) < number and (event := await self.next()):
            each = UUID(event.data["id"])
            if each not in self._known:
                self._known.add(each)
                found.append(each)
        return found


@asynccontextmanager
async def listening(client: httpx.AsyncClient, **request: Any) -> AsyncIterator[Live]:
    async with client.stream("GET", "/api/v1/stream", **request) as answer:
        live = Live(answer)
        if answer.status_code == 200:
            async with asyncio.timeout(15):
                assert await anext(live._lines) == ": connected"
        else:
            await answer.aread()
        yield live
