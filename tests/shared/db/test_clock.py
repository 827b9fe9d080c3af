"""Business time: moved by the owner where that is allowed, by nobody else, and never the leases' time."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text

from shared.db.clock import allow_clock, clock_shift, set_clock
from shared.db.database import Database, Tenant, asyncpg_dsn
from tests.conftest import Urls

DAYS = timedelta(days=3)


async def test_a_moved_clock_moves_business_time_and_leaves_leases_alone(
    app: Database, urls: Urls, account_id: UUID
) -> None:
    async with app.begin(Tenant(account_id)) as db:
        before = db.now
    await allow_clock(urls.owner, True)
    owner = await asyncpg.connect(asyncpg_dsn(urls.owner))
    assert DAYS <= await set_clock(owner, DAYS) - before < DAYS + timedelta(minutes=1)
    await owner.close()
    async with app.begin(Tenant(account_id)) as db:
        assert DAYS <= db.now - before < DAYS + timedelta(minutes=1)
        assert await db.scalar(text("SELECT clock_timestamp() < :now"), {"now": db.now - timedelta(days=2)})


async def test_a_clock_that_was_not_allowed_cannot_be_moved_and_one_that_no_longer_is_shows_the_real_time(
    urls: Urls,
) -> None:
    owner = await asyncpg.connect(asyncpg_dsn(urls.owner))
    with pytest.raises(PermissionError, match="FT_DEV_CLOCK=on"):
        await set_clock(owner, DAYS)
    await allow_clock(urls.owner, True)
    await set_clock(owner, DAYS)
    await allow_clock(urls.owner, True)
    assert await clock_shift(owner) == DAYS
    await allow_clock(urls.owner, False)
    assert await owner.fetchval("SELECT app_clock() - clock_timestamp() < interval '1 second'")
    with pytest.raises(PermissionError):
        await set_clock(owner, DAYS)
    await owner.close()


@pytest.mark.parametrize("role", ["app", "worker"])
async def test_the_services_cannot_move_the_clock_themselves(urls: Urls, role: str) -> None:
    await allow_clock(urls.owner, True)
    connection = await asyncpg.connect(asyncpg_dsn(getattr(urls, role)))
    for statement in ("DELETE FROM clock_offset", "UPDATE clock_offset SET shift = '1 day'"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    await connection.close()
