"""Tenants, cancelled transactions: what every use case relies on."""

import asyncio
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from shared.bus.transient import is_transient
from shared.db.database import NOBODY, Database, RolledBack, Tenant, asyncpg_dsn
from shared.ids import uuid7
from tests.conftest import Urls
from tests.shared.sample import Thing


async def count(database: Database, tenant: Tenant) -> int:
    async with database.begin(tenant) as db:
        return len((await db.scalars(select(Thing))).all())


async def test_rows_of_another_tenant_are_not_there_and_cannot_be_written(app: Database, account_id: UUID) -> None:
    async with app.begin(Tenant(account_id)) as db:
        db.add(Thing(name="ours"))
    stranger = uuid7()
    assert await count(app, Tenant(account_id)) == 1
    assert await count(app, Tenant(stranger)) == 0
    assert await count(app, NOBODY) == 0
    with pytest.raises(DBAPIError, match="row-level security"):
        async with app.begin(Tenant(stranger)) as db:
            db.add(Thing(account_id=account_id, name="smuggled"))


async def test_the_tenant_is_gone_with_its_transaction(urls: Urls, account_id: UUID) -> None:
    database = urls.database(pool_size=1)
    async with database.begin(Tenant(account_id)) as db:
        db.add(Thing(name="ours"))
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM things") == 0
    await database.close()


async def test_a_change_of_tenant_within_a_transaction_hides_what_was_read_before(
    app: Database, account_id: UUID
) -> None:
    async with app.begin(Tenant(account_id)) as db:
        db.add(Thing(name="ours"))
        await db.become(Tenant(uuid7()))
        assert (await db.scalars(select(Thing))).all() == []
    assert await count(app, Tenant(account_id)) == 1


async def test_the_application_role_owns_nothing_and_bypasses_nothing(urls: Urls) -> None:
    connection = await asyncpg.connect(asyncpg_dsn(urls.app))
    try:
        role = await connection.fetchrow("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert tuple(role) == (False, False)
        assert await connection.fetchval("SELECT count(*) FROM pg_tables WHERE tableowner = current_user") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("ALTER TABLE things DISABLE ROW LEVEL SECURITY")
    finally:
        await connection.close()


async def test_every_edit_raises_the_row_version_whoever_writes(app: Database, account_id: UUID) -> None:
    async with app.begin(Tenant(account_id)) as db:
        thing = Thing(name="one")
        db.add(thing)
        await db.flush()
        assert thing.row_version == 1
        thing.name = "two"
        await db.flush()
        assert thing.row_version == 2
        await db.execute(text("UPDATE things SET name = 'three'"))
    async with app.begin(Tenant(account_id)) as db:
        assert (await db.scalars(select(Thing))).one().row_version == 3


async def test_a_cancelled_transaction_frees_its_lock_within_a_second(app: Database, account_id: UUID) -> None:
    async with app.begin(Tenant(account_id)) as db:
        db.add(Thing(name="locked"))
    holding = asyncio.Event()

    async def hold() -> None:
        async with app.begin(Tenant(account_id)) as db:
            await db.execute(select(Thing).with_for_update())
            holding.set()
            await db.execute(text("SELECT pg_sleep(30)"))

    task = asyncio.create_task(hold())
    await holding.wait()
    task.cancel()
    async with asyncio.timeout(10):
        await asyncio.gather(task, return_exceptions=True)
        async with app.begin(Tenant(account_id)) as db:
            assert (await db.scalars(select(Thing).with_for_update())).one().name == "locked"


async def test_connections_killed_in_the_pool_cost_no_request(app: Database, urls: Urls, account_id: UUID) -> None:
    await asyncio.gather(*(count(app, Tenant(account_id)) for _ in range(8)))
    connection = await asyncpg.connect(asyncpg_dsn(urls.owner).replace(f"{urls.service}_owner:test@", "postgres@"))
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()",
        urls.name,
    )
    await connection.close()
    assert await asyncio.gather(*(count(app, Tenant(account_id)) for _ in range(8))) == [0] * 8


async def test_what_is_only_appended_cannot_be_changed_and_goes_with_its_row_alone(
    app: Database, account_id: UUID
) -> None:
    async with app.begin(Tenant(account_id)) as db:
        thing = Thing(name="told of")
        db.add(thing)
        await db.flush()
        await db.execute(text("INSERT INTO thing_histories (thing_id) VALUES (:id)"), {"id": thing.id})
    for statement in ("DELETE FROM thing_histories", "UPDATE thing_histories SET thing_id = uuidv7()"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with app.begin(Tenant(account_id)) as db:
                await db.execute(text(statement))
    async with app.begin(Tenant(account_id)) as db:
        await db.execute(text("DELETE FROM things"))
        assert await db.scalar(text("SELECT count(*) FROM thing_histories")) == 0


async def test_who_is_cancelled_while_a_transaction_begins_costs_the_next_one_nothing(
    urls: Urls, account_id: UUID
) -> None:
    async def begin_and_wait(database: Database) -> None:
        async with database.begin(Tenant(account_id)):
            await asyncio.sleep(5)

    for ticks in range(60):
        database = urls.database("app", pool_size=1)
        await count(database, Tenant(account_id))
        cancelled = asyncio.create_task(begin_and_wait(database))
        for _ in range(ticks):
            await asyncio.sleep(0)
        cancelled.cancel()
        await asyncio.gather(cancelled, return_exceptions=True)
        async with database.begin(Tenant(account_id)) as db:
            db.add(Thing(name=f"after {ticks}"))
        await database.close()
    database = urls.database("app")
    assert await count(database, Tenant(account_id)) == 60
    await database.close()


async def test_a_block_that_swallows_a_failed_statement_does_not_end_as_if_it_were_stored(
    app: Database, account_id: UUID
) -> None:
    async def write_and_swallow() -> None:
        async with app.begin(Tenant(account_id)) as db:
            db.add(Thing(name="lost"))
            await db.flush()
            with pytest.raises(asyncpg.DivisionByZeroError):
                await db.raw.execute("SELECT 1 / 0")

    with pytest.raises(RolledBack):
        await write_and_swallow()
    assert await count(app, Tenant(account_id)) == 0


async def test_a_refused_connection_raises_what_asyncpg_says_and_passes(app: Database, urls: Urls) -> None:
    owner = await asyncpg.connect(asyncpg_dsn(urls.owner))
    await owner.execute(f"ALTER DATABASE {urls.name} CONNECTION LIMIT 0")
    with pytest.raises(asyncpg.TooManyConnectionsError) as refused:
        async with app.connection():
            pass
    assert is_transient(refused.value)
    await owner.execute(f"ALTER DATABASE {urls.name} CONNECTION LIMIT -1")
    await owner.close()
    async with app.connection() as connection:
        assert await connection.fetchval("SELECT 1") == 1
