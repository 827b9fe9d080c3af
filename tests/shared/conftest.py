"""The sample service's database, migrated by its own statements."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import pytest

from deploy.local.embedded import PostgresServer
from shared.bus.consumer import Consumer
from shared.bus.dead_letters import Replayer
from shared.bus.kafka import KafkaCluster
from shared.bus.relay import Relay
from shared.bus.subscription import Handler, Subscription
from shared.contracts.base import Message
from shared.db.database import Database, Db, asyncpg_dsn
from shared.db.listen import Wakeups
from shared.db.migrations import ROLES, provision
from shared.db.platform import platform_statements
from tests.conftest import PASSWORD, Databases, Urls
from tests.shared.sample import PROTECTION, TABLES


@pytest.fixture(scope="session")
def databases(postgres: PostgresServer) -> Databases:
    databases = Databases(postgres)
    databases.use_template("sample", _make_sample(postgres.admin_url))
    return databases


async def _make_sample(admin_url: str) -> None:
    urls = await provision(admin_url, "sample", dict.fromkeys(ROLES, PASSWORD))
    connection = await asyncpg.connect(asyncpg_dsn(urls["owner"]))
    await connection.execute(platform_statements("sample") + TABLES + ";\n".join(PROTECTION))
    await connection.close()


@pytest.fixture
async def urls(database_of: Callable[[str], Awaitable[Urls]]) -> Urls:
    return await database_of("sample")


@pytest.fixture
async def app(urls: Urls) -> AsyncIterator[Database]:
    database = urls.database("app", pool_size=8)
    yield database
    await database.close()


@pytest.fixture
async def worker(urls: Urls) -> AsyncIterator[Database]:
    database = urls.database("worker", pool_size=8)
    yield database
    await database.close()


@asynccontextmanager
async def running(*loops: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """The loops run until the block ends."""
    tasks = [asyncio.ensure_future(loop()) for loop in loops]
    try:
        yield
    finally:
        while tasks and not all(
            task.done() for task in tasks
        ):  # a library's wait_for may swallow the first cancellation
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=5)


@asynccontextmanager
async def bus(
    app: Database,
    worker: Database,
    kafka: KafkaCluster,
    account_id: UUID,
    handlers: dict[type[Message], Handler],
    urgent: Collection[type[Message]] | None = None,
) -> AsyncIterator[Consumer]:
    """Relay, consumer and replayer as a worker process runs them; other tests' accounts, on the same broker, are passed over."""
    wakeups = Wakeups(worker.url)
    subscription = Subscription({kind: _only(account_id, handler) for kind, handler in handlers.items()}, urgent=urgent)
    consumer = Consumer(app, kafka, subscription, member="test-member")
    relay = Relay(worker, kafka, wakeups)
    replayer = Replayer(app, worker, subscription, wakeups)
    try:
        async with running(relay.run, consumer.run, replayer.run, wakeups.run):
            yield consumer
    finally:
        await relay.close()


def _only(account_id: UUID, handler: Handler) -> Handler:
    async def handle(db: Db, event: Message) -> None:
        if db.account_id == account_id:
            await handler(db, event)

    return handle


async def until(condition: Callable[[], bool | Awaitable[bool]], seconds: float = 30) -> None:
    """Wait for `condition`; fails when it does not come true."""
    async with asyncio.timeout(seconds):
        while True:
            answer = condition()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.02)
