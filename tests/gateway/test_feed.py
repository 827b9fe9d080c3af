"""The feed under strain: listeners that do not read, and that were away for too much."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from gateway.feed import BACKLOG, OVERLAP_MS, REPLAYED_AT_MOST, RESOURCES, Feed, TooFarBehind
from shared.bus.kafka import KafkaCluster
from shared.contracts import actions, directory, followups, messaging
from shared.contracts.base import Message, State
from shared.http.permissions import SCOPES
from shared.ids import uuid7
from tests.gateway.live import publish


@pytest.fixture
async def topic(kafka: KafkaCluster) -> str:
    name = f"test.feed.{uuid7().hex[-8:]}"
    await kafka.ensure_topics([name])
    return name


@pytest.fixture
async def feed(kafka: KafkaCluster, topic: str) -> AsyncIterator[Feed]:
    feed = Feed(kafka, [topic])
    tail = asyncio.create_task(feed.run())
    yield feed
    tail.cancel()
    await asyncio.gather(tail, return_exceptions=True)


async def test_a_listener_that_does_not_read_is_told_to_start_again_and_others_hear_on(
    feed: Feed, kafka: KafkaCluster, topic: str, account_id: UUID
) -> None:
    await feed.open()
    heard: list[UUID] = []
    with feed.listen(account_id) as asleep, feed.listen(account_id) as awake, feed.listen(uuid7()) as other:

        async def read() -> None:
            while len(heard) < BACKLOG + 100:
                item = await awake.get()
                assert item is not None
                heard.append(item.id)

        reading = asyncio.create_task(read())
        ids = await publish(kafka, account_id, *["note.created.v1"] * (BACKLOG + 100), topic=topic)
        await asyncio.wait_for(reading, 30)
        assert sorted(heard) == sorted(ids)
        left = [asleep.get_nowait() for _ in range(asleep.qsize())]
        assert other.empty(), "another account's burst fills nobody's queue"
    assert len(left) == BACKLOG
    assert left[-1] is None
    assert None not in left[:-1]


async def test_what_was_missed_comes_in_the_order_of_time_from_all_partitions(
    feed: Feed, kafka: KafkaCluster, topic: str, account_id: UUID
) -> None:
    ids = await publish(kafka, account_id, *["note.created.v1"] * 20, topic=topic)
    assert [item.id for item in await feed.since(0)] == ids
    newest = (await feed.since(0))[-1].timestamp
    assert await feed.since(newest + OVERLAP_MS + 1000) == []


async def test_who_missed_too_much_must_start_again(
    feed: Feed, kafka: KafkaCluster, topic: str, account_id: UUID
) -> None:
    await publish(kafka, account_id, *["note.created.v1"] * (REPLAYED_AT_MOST + 1), topic=topic)
    with pytest.raises(TooFarBehind):
        await feed.since(0)


def test_every_noun_that_services_tell_of_is_somebodys_to_read() -> None:
    told = {
        kind.type.partition(".")[0]
        for module in (actions, directory, followups, messaging)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, State) and kind is not State and "type" in vars(kind)
    }
    assert len(told) > 10
    assert issubclass(State, Message)
    assert told - set(RESOURCES) == set(), "a listener would never hear of these"
    assert {f"{resource}:read" for resource in RESOURCES.values()} <= SCOPES
