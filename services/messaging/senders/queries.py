"""Every statement about our numbers and how much goes from them."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from services.messaging.senders.models import SenderNumber
from shared.db.database import Database, Db
from shared.errors import NotFound

if TYPE_CHECKING:
    from services.messaging.senders.use_cases import Assignment


async def lock_number(db: Db, number_id: UUID) -> SenderNumber:
    statement = select(SenderNumber).where(SenderNumber.account_id == db.account_id, SenderNumber.id == number_id)
    row = await db.scalar(statement.with_for_update())
    if row is None:
        raise NotFound("There is no such number.")
    return row


async def upsert_number(db: Db, given: "Assignment") -> SenderNumber:
    values = {
        "number": given.number,
        "label": given.label,
        "max_segments_per_second": given.max_segments_per_second,
        "max_daily_limit": given.max_daily_limit,
    }
    row = insert(SenderNumber).values(account_id=db.account_id, **values)
    kept = row.on_conflict_do_update(
        index_elements=["account_id", "number"],
        set_=values | {"label": func.coalesce(row.excluded.label, SenderNumber.label)},
    )
    return (await db.scalars(kept.returning(SenderNumber))).one()


async def find_account(database: Database, number: str) -> UUID | None:
    """Whose number it is, asked before a tenant is known."""
    async with database.connection() as connection:
        found: UUID | None = await connection.fetchval("SELECT account_of_number($1)", number)
    return found


async def listing_window(db: Db, number: str, first: timedelta, overlap: timedelta) -> tuple[datetime, datetime]:
    """(from when on to list, now) by the real clock: what came before was listed, but for an overlap."""
    row = await db.raw.fetchrow(
        "SELECT coalesce((SELECT listed_until FROM number_states WHERE account_id = $1 AND number = $2) - $4::interval,"
        " clock_timestamp() - $3::interval), clock_timestamp()",
        *(db.account_id, number, first, overlap),
    )
    return row[0], row[1]


async def keep_listed_until(db: Db, number: str, until: datetime) -> None:
    await db.raw.execute(
        "INSERT INTO number_states (account_id, number, listed_until) VALUES ($1, $2, $3)"
        " ON CONFLICT (account_id, number) DO UPDATE SET listed_until = excluded.listed_until",
        *(db.account_id, number, until),
    )


async def known_sids(db: Db, sids: list[str]) -> set[str]:
    rows = await db.raw.fetch(
        "SELECT provider_sid FROM messages WHERE account_id = $1 AND provider_sid = ANY($2)", db.account_id, sids
    )
    return {row["provider_sid"] for row in rows}
