"""Moves a development clock: only the owner role may, and only where provisioning was told FT_DEV_CLOCK=on."""

from datetime import datetime, timedelta

import asyncpg

from shared.db.database import asyncpg_dsn


async def allow_clock(owner_url: str, allowed: bool) -> None:
    """Whether the clock of one database may be moved from now on. One that may not shows the real time again."""
    connection = await asyncpg.connect(asyncpg_dsn(owner_url))
    try:
        if allowed:
            await connection.execute("INSERT INTO clock_offset (shift) VALUES ('0') ON CONFLICT DO NOTHING")
        else:
            await connection.execute("DELETE FROM clock_offset")
    finally:
        await connection.close()


async def clock_shift(connection: asyncpg.Connection) -> timedelta:
    """How far `app_clock()` of this database is ahead of the real time."""
    return await connection.fetchval("SELECT shift FROM clock_offset") or timedelta(0)


async def set_clock(connection: asyncpg.Connection, shift: timedelta) -> datetime:
    """Set how far it is ahead; what the clock says then. The connection is the owner's.

    Raises PermissionError where that is not allowed."""
    if not await connection.fetchval("UPDATE clock_offset SET shift = $1 RETURNING true", shift):
        raise PermissionError("this clock shows the real time: databases provisioned with FT_DEV_CLOCK=on can be moved")
    moment: datetime = await connection.fetchval("SELECT app_clock()")
    return moment
