"""Moves a development clock: only the owner role may, and only where FT_DEV_CLOCK is on."""

from datetime import datetime, timedelta

import asyncpg

from shared.db.database import asyncpg_dsn

_SET = (
    "INSERT INTO clock_offset (single, shift) VALUES (true, $1)"
    " ON CONFLICT (single) DO UPDATE SET shift = excluded.shift RETURNING app_clock()"
)


async def clock_shift(connection: asyncpg.Connection) -> timedelta:
    """How far `app_clock()` of this database is ahead of the real time."""
    return await connection.fetchval("SELECT shift FROM clock_offset") or timedelta(0)


async def set_clock(connection: asyncpg.Connection, shift: timedelta) -> datetime:
    """Set how far it is ahead; what the clock says then. The connection is the owner's."""
    moment: datetime = await connection.fetchval(_SET, shift)
    return moment


async def move_clock(owner_url: str, shift: timedelta) -> None:
    """Add `shift` to the clock of one database; here it never goes back."""
    if shift < timedelta(0):
        raise ValueError("The clock only goes forward: give a later time.")
    connection = await asyncpg.connect(asyncpg_dsn(owner_url))
    try:
        await set_clock(connection, await clock_shift(connection) + shift)
    finally:
        await connection.close()
