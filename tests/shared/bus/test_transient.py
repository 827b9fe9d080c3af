"""What is waited for, and what is counted against its message."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from shared.bus.kafka import KafkaError
from shared.bus.transient import is_transient
from shared.db.database import Database, asyncpg_dsn
from shared.errors import Invalid, Unavailable

Failure = Callable[[Database], Coroutine[Any, Any, None]]


async def too_slow(app: Database) -> None:
    async with app.begin() as db:
        await db.execute(text("SET LOCAL statement_timeout = '10ms'"))
        await db.execute(text("SELECT pg_sleep(1)"))


async def two_at_once(app: Database) -> None:
    connection = await asyncpg.connect(asyncpg_dsn(app.url))
    try:
        slow = asyncio.create_task(connection.execute("SELECT pg_sleep(0.2)"))
        await asyncio.sleep(0.05)
        try:
            await connection.execute("SELECT 1")
        finally:
            await slow
    finally:
        await connection.close()


async def two_at_once_in_a_transaction(app: Database) -> None:
    async with app.begin() as db:
        raw = db.raw
        await asyncio.gather(raw.execute("SELECT pg_sleep(0.2)"), raw.execute("SELECT 1"))


async def no_such_file(_app: Database) -> None:
    await asyncio.to_thread(Path("/nowhere/card.png").read_bytes)


async def wrong_arguments(app: Database) -> None:
    async with app.begin() as db:
        await db.raw.execute("SELECT $1::int", 1, 2)


async def not_there(_app: Database) -> None:
    await asyncpg.connect("postgresql://app@/db?host=/nowhere")


async def pool_of_one_not_there(_app: Database) -> None:
    gone = Database("postgresql+asyncpg://app:test@/db?host=/nowhere", service="sample")
    async with gone.begin():
        pass


async def refused(_app: Database) -> None:
    await asyncio.open_connection("127.0.0.1", 1)


async def killed_in_the_middle(app: Database) -> None:
    async with app.begin() as db:
        await db.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


async def closed_before(app: Database) -> None:
    connection = await asyncpg.connect(asyncpg_dsn(app.url))
    await connection.close()
    await connection.execute("SELECT 1")


async def deadlocked(app: Database) -> None:
    async with app.begin() as db:
        await db.execute(text("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'deadlock_detected'; END $$"))


@pytest.mark.parametrize(
    "failure", [too_slow, two_at_once, two_at_once_in_a_transaction, no_such_file, wrong_arguments]
)
async def test_what_fails_by_itself_is_no_outage(app: Database, failure: Failure) -> None:
    assert not is_transient(await error_of(failure, app))


@pytest.mark.parametrize(
    "failure", [not_there, pool_of_one_not_there, refused, killed_in_the_middle, closed_before, deadlocked]
)
async def test_what_may_pass_is_an_outage(app: Database, failure: Failure) -> None:
    assert is_transient(await error_of(failure, app))


async def error_of(failure: Failure, app: Database) -> Exception:
    try:
        await failure(app)
    except Exception as error:
        return error
    raise AssertionError("it did not fail")


def test_the_broker_and_what_says_so_are_outages_and_a_refusal_is_none() -> None:
    assert is_transient(KafkaError())
    assert is_transient(Unavailable("The provider is down."))
    assert is_transient(TimeoutError())
    assert not is_transient(Invalid("no"))
