"""`/readyz` says what is so now, not what was so once."""

import asyncio
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from deploy.local.embedded import running_kafka
from shared.bus.kafka import KafkaCluster
from shared.bus.subscription import Subscription
from shared.db.database import Db
from shared.http import readiness
from shared.http.readiness import BrokerCheck
from shared.settings import ServiceSettings
from shared.worker import Worker
from tests.conftest import Urls
from tests.shared.conftest import running, until
from tests.shared.sample import ThingCreated


async def on_created(_db: Db, _event: ThingCreated) -> None: ...


async def test_a_worker_whose_broker_died_is_not_ready(
    tmp_path: Path, urls: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "newest", lambda _service: "0001")
    monkeypatch.setitem(readiness.GOOD_FOR_SECONDS, True, 0.1)
    broker = ExitStack()
    server = broker.enter_context(running_kafka(tmp_path))
    worker = Worker(_settings(urls, server.bootstrap), Subscription({ThingCreated: on_created}))
    async with running(worker.consumer.run):
        await until(lambda: worker.consumer.ready, 20)
        assert await worker._ready() == {"database": "ok", "broker": "ok"}
        broker.close()
        await until(lambda: _is_unreachable(worker))
    await worker._close()


async def _is_unreachable(worker: Worker) -> bool:
    return (await worker._ready())["broker"].startswith("unreachable")


def _settings(urls: Urls, bootstrap: str) -> ServiceSettings:
    return ServiceSettings(
        service="sample", port=1, jwks_url="http://127.0.0.1:1", kafka_bootstrap=bootstrap, kafka_embedded=True,
        database_url=urls.app, worker_database_url=urls.worker,
    )  # fmt: skip


async def test_many_probes_ask_the_broker_once(kafka: KafkaCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0
    ensure = KafkaCluster.ensure_topics

    async def counted(self: KafkaCluster, topics: list[str]) -> None:
        nonlocal asked
        asked += 1
        await ensure(self, topics)

    monkeypatch.setattr(KafkaCluster, "ensure_topics", counted)
    check = BrokerCheck(kafka, patience=2)
    assert [await check.answer() for _ in range(5)] == ["ok"] * 5
    assert asked == 1


async def test_a_frozen_broker_keeps_no_probe_waiting() -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    async with server:
        frozen = KafkaCluster(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
        started = time.monotonic()
        assert await BrokerCheck(frozen, patience=0.2).answer() == "unreachable (TimeoutError)"
        assert time.monotonic() - started < 5
