"""How each queue is filled, claimed from and finished: ours, pgqueuer and procrastinate, each by its own calls."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
from pgqueuer.db import AsyncpgDriver
from pgqueuer.domain.types import QueueEntrypoint, QueueManagerId
from pgqueuer.models import Job as PgqueuerJob
from pgqueuer.ports.repository import EntrypointExecutionParameter
from pgqueuer.queries import Queries
from procrastinate import App, PsycopgConnector
from procrastinate.jobs import Job as ProcrastinateJob
from procrastinate.jobs import Status

from benchmarks.places import migrated, superuser_dsn
from deploy.local.embedded import PostgresServer
from services.followups.planning.replans import REPLANS
from shared.db.database import Database
from shared.db.jobs import Lease, tenant_of

Address = dict[str, str]
Claim = Callable[[int], Awaitable[list[Any]]]
Done = Callable[[list[Any]], Awaitable[None]]
NOOP = QueueEntrypoint("noop")
PATIENCE = timedelta(seconds=30)
ACCOUNTS = 10
_FILL_OURS = """
INSERT INTO followup_replans (account_id, id, subject)
SELECT md5('account ' || n % $2)::uuid, uuidv7(), 'event' FROM generate_series(1, $1) AS n
"""


@dataclass(frozen=True)
class Way:
    """`open` gives what claims at most so many jobs, and what finishes those that were claimed."""

    make: Callable[[Address], Awaitable[None]]
    fill: Callable[[Address, int], Awaitable[None]]
    open: Callable[[Address], AbstractAsyncContextManager[tuple[Claim, Done]]]


async def make_ready(server: PostgresServer) -> dict[str, Address]:
    """A database for each queue, all of one server; their addresses by the queue's name."""
    followups = await migrated(server, "followups")
    admin = await asyncpg.connect(superuser_dsn(server, "postgres"))
    addresses = {}
    for name, way in WAYS.items():
        if way is not OURS:
            await admin.execute(f"CREATE DATABASE {name}")
        addresses[name] = followups | {"dsn": superuser_dsn(server, "followups" if way is OURS else name)}
        await way.make(addresses[name])
    await admin.close()
    return addresses


async def fill(name: str, address: Address, jobs: int) -> None:
    """And let the planner know of them, as autovacuum would."""
    await WAYS[name].fill(address, jobs)
    await _execute(address, "VACUUM ANALYZE")


async def _execute(address: Address, statement: str, *values: object) -> None:
    connection = await asyncpg.connect(address["dsn"])
    await connection.execute(statement, *values)
    await connection.close()


async def _is_made(_address: Address) -> None:
    """By the migrations."""


async def _fill_ours(address: Address, jobs: int) -> None:
    await _execute(address, _FILL_OURS, jobs, ACCOUNTS)


@asynccontextmanager
async def _open_ours(address: Address) -> AsyncIterator[tuple[Claim, Done]]:
    worker, app = (Database(address[role], service="followups", pool_size=1) for role in ("worker", "app"))

    async def claim(limit: int) -> list[Lease]:
        return await REPLANS.claim(worker, limit)

    async def done(leases: list[Lease]) -> None:
        for lease in leases:
            async with app.begin(tenant_of(lease)) as db:
                await REPLANS.hold(db, lease)
                ended = "UPDATE followup_replans SET done_at = app_clock(), leased_until = NULL"
                await db.raw.execute(f"{ended} WHERE account_id = $1 AND id = $2", lease.account_id, lease.id)

    yield claim, done
    await worker.close()
    await app.close()


async def _make_pgqueuer(address: Address) -> None:
    connection = await asyncpg.connect(address["dsn"])
    await Queries(AsyncpgDriver(connection)).install()
    await connection.close()


async def _fill_pgqueuer(address: Address, jobs: int) -> None:
    connection = await asyncpg.connect(address["dsn"])
    await Queries(AsyncpgDriver(connection)).enqueue([NOOP] * jobs, [None] * jobs, [0] * jobs)
    await connection.close()


@asynccontextmanager
async def _open_pgqueuer(address: Address) -> AsyncIterator[tuple[Claim, Done]]:
    connection = await asyncpg.connect(address["dsn"])
    queries = Queries(AsyncpgDriver(connection))
    entrypoints = {NOOP: EntrypointExecutionParameter(concurrency_limit=0)}
    me = QueueManagerId(uuid4())

    async def claim(limit: int) -> list[PgqueuerJob]:
        return await queries.dequeue(limit, entrypoints, me, None, PATIENCE)

    async def done(jobs: list[PgqueuerJob]) -> None:
        await queries.log_jobs([(job, "successful", None) for job in jobs])

    yield claim, done
    await connection.close()


def _procrastinate(address: Address) -> App:
    app = App(connector=PsycopgConnector(conninfo=address["dsn"], min_size=1, max_size=1))
    app.configure_task("noop")
    return app


async def _make_procrastinate(address: Address) -> None:
    async with _procrastinate(address).open_async() as app:
        await app.schema_manager.apply_schema_async()


async def _fill_procrastinate(address: Address, jobs: int) -> None:
    async with _procrastinate(address).open_async() as app:
        await app.configure_task("noop").batch_defer_async(*({} for _ in range(jobs)))


@asynccontextmanager
async def _open_procrastinate(address: Address) -> AsyncIterator[tuple[Claim, Done]]:
    async with _procrastinate(address).open_async() as app:
        manager = app.job_manager
        me = await manager.register_worker()

        async def claim(_limit: int) -> list[ProcrastinateJob]:
            job = await manager.fetch_job(None, me)
            return [] if job is None else [job]

        async def done(jobs: list[ProcrastinateJob]) -> None:
            for job in jobs:
                await manager.finish_job(job, Status.SUCCEEDED, delete_job=False)

        yield claim, done


OURS = Way(_is_made, _fill_ours, _open_ours)
WAYS = {
    "followthrough": OURS,
    "pgqueuer": Way(_make_pgqueuer, _fill_pgqueuer, _open_pgqueuer),
    "procrastinate": Way(_make_procrastinate, _fill_procrastinate, _open_procrastinate),
}
