"""Where a benchmark runs: servers of its own, on disks that are synced, and processes of its own."""

import argparse
import asyncio
import multiprocessing
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from deploy.local.embedded import PostgresServer, running_kafka, running_postgres
from shared.bus.kafka import KafkaCluster
from shared.db.database import asyncpg_dsn
from shared.db.migrations import ROLES, migrate, provision
from tests.faults.servers import has_apache_kafka

PASSWORD = "benchmark"
BROKERS = ("embedded", "apache")


@contextmanager
def postgres(*, fsync: bool = True) -> Iterator[PostgresServer]:
    with tempfile.TemporaryDirectory() as home, running_postgres(Path(home) / "postgres", fsync=fsync) as server:
        yield server


async def migrated(server: PostgresServer, service: str) -> dict[str, str]:
    """A service's database; its URL for each role."""
    urls = await provision(server.admin_url, service, dict.fromkeys(ROLES, PASSWORD))
    await migrate(urls["owner"], service)
    return urls


def superuser_dsn(server: PostgresServer, database: str) -> str:
    """For filling and counting: this role passes row-level security by."""
    return make_url(asyncpg_dsn(server.admin_url)).set(database=database).render_as_string(hide_password=False)


def choose_brokers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--broker", choices=BROKERS, action="append", help="only this")


def brokers(asked: list[str] | None) -> list[str]:
    """Those that were asked for, else all that are here."""
    if asked or has_apache_kafka():
        return asked or list(BROKERS)
    print("Apache Kafka is not measured: it needs Java and Maven, and they are not here.")
    return ["embedded"]


@contextmanager
def broker(kind: str) -> Iterator[KafkaCluster]:
    """With as many partitions as deploy/topology.py gives it."""
    is_embedded = kind == "embedded"
    with tempfile.TemporaryDirectory() as home, running_kafka(Path(home) / "kafka", kind) as server:
        yield KafkaCluster(server.bootstrap, embedded=is_embedded, partitions=1 if is_embedded else 3)


@contextmanager
def processes(count: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that begin with nothing of this one's."""
    with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


async def until(condition: Callable[[], Awaitable[bool]], pause: float, within: float = 550) -> None:
    """Ask again after each pause; TimeoutError when it does not come true."""
    async with asyncio.timeout(within):
        while True:
            if await condition():
                return
            await asyncio.sleep(pause)
