"""Moves a development clock: only the owner role may, and only where FT_DEV_CLOCK is on."""

from datetime import timedelta

import asyncpg

from shared.db.database import asyncpg_dsn


async def move_clock(owner_url: str, shift: timedelta) -> None:
    """Add `shift` to `app_clock()` of one database; it never goes back."""
    if shift < timedelta(0):
        raise ValueError("The clock only goes forward: give a later time.")
    connection = await asyncpg.connect(asyncpg_dsn(owner_url))
    try:
        await connection.execute(
            "INSERT INTO clock_offset (shift) VALUES ($1)"
            " ON CONFLICT (single) DO UPDATE SET shift = clock_offset.shift + excluded.shift",
            shift,
        )
    finally:
        await connection.close()
