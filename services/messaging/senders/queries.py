"""Every statement about our numbers and how much goes from them."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from services.messaging.senders.models import SenderNumber
from shared.db.database import Database, Db
from shared.errors import NotFound
from shared.ids import uuid7

# One text is let through when the bucket holds what it costs (a text that costs more than the bucket: when it is full).
_TAKE = """
INSERT INTO number_states AS state (account_id, id, number, tokens, refilled_at)
VALUES ($1, $2, $3, $5::float8 - least($4::float8, $5::float8), clock_timestamp())
ON CONFLICT (account_id, number) DO UPDATE SET
    tokens = least($5, state.tokens + $6::float8 * extract(epoch FROM clock_timestamp() - state.refilled_at)) - least($4, $5),
    refilled_at = clock_timestamp()
WHERE least($5, state.tokens + $6 * extract(epoch FROM clock_timestamp() - state.refilled_at)) >= least($4, $5)
RETURNING 0::float8
"""
_WAIT = """
SELECT greatest(0.01, (least($4::float8, $3::float8) - tokens) / $5::float8
                      - extract(epoch FROM clock_timestamp() - refilled_at))::float8
FROM number_states WHERE account_id = $1 AND number = $2
"""
_COUNT = """
INSERT INTO daily_counts AS counted (account_id, id, day, messages) VALUES ($1, $2, $3, 1)
ON CONFLICT (account_id, day) DO UPDATE SET messages = counted.messages + 1 WHERE counted.messages < $4
RETURNING 1
"""


async def take_tokens(db: Db, number: str, segments: int, *, rate: float) -> float:
    """Seconds to wait until the number may send so many segments; 0 when they were taken. The bucket holds one second's worth."""
    raw = await db.raw()
    size = max(rate, 1.0)
    taken = await raw.fetchval(_TAKE, db.account_id, uuid7(), number, float(segments), size, rate)
    if taken is not None:
        return 0.0
    return float(await raw.fetchval(_WAIT, db.account_id, number, size, float(segments), rate) or 0.1)


async def count_message(db: Db, day: date, limit: int) -> bool:
    """Count one more text of the account's day; False when the limit is reached."""
    return bool(await (await db.raw()).fetchval(_COUNT, db.account_id, uuid7(), day, limit))


async def find_number(db: Db, number: str) -> SenderNumber | None:
    statement = select(SenderNumber).where(SenderNumber.account_id == db.account_id, SenderNumber.number == number)
    return await db.scalar(statement)


async def find_default_number(db: Db) -> SenderNumber | None:
    """The account's first active number."""
    statement = select(SenderNumber).where(SenderNumber.account_id == db.account_id, SenderNumber.active)
    return await db.scalar(statement.order_by(SenderNumber.id).limit(1))


async def lock_number(db: Db, number_id: UUID) -> SenderNumber:
    statement = select(SenderNumber).where(SenderNumber.account_id == db.account_id, SenderNumber.id == number_id)
    row = await db.scalar(statement.with_for_update())
    if row is None:
        raise NotFound("There is no such number.")
    return row


async def find_account(database: Database, number: str) -> UUID | None:
    """Whose number it is, asked before a tenant is known."""
    async with database.connection() as connection:
        found: UUID | None = await connection.fetchval("SELECT account_of_number($1)", number)
    return found


async def listing_window(db: Db, number: str, first: timedelta, overlap: timedelta) -> tuple[datetime, datetime]:
    """(from when on to list, now) by the real clock: what came before was listed, but for an overlap."""
    row = await (await db.raw()).fetchrow(
        "SELECT coalesce((SELECT listed_until FROM number_states WHERE account_id = $1 AND number = $2) - $4::interval,"
        " clock_timestamp() - $3::interval), clock_timestamp()",
        *(db.account_id, number, first, overlap),
    )
    return row[0], row[1]


async def keep_listed_until(db: Db, number: str, until: datetime) -> None:
    await (await db.raw()).execute(
        "INSERT INTO number_states (account_id, number, listed_until) VALUES ($1, $2, $3)"
        " ON CONFLICT (account_id, number) DO UPDATE SET listed_until = excluded.listed_until",
        *(db.account_id, number, until),
    )


async def known_sids(db: Db, sids: list[str]) -> set[str]:
    rows = await (await db.raw()).fetch(
        "SELECT provider_sid FROM messages WHERE account_id = $1 AND provider_sid = ANY($2)", db.account_id, sids
    )
    return {row["provider_sid"] for row in rows}
