"""The statement that follows the provider."""

from collections.abc import Sequence
from uuid import UUID

from shared import crash_points
from shared.db.database import Database
from shared.telemetry.traces import current_traceparent

_FOLLOW = "SELECT follow_provider($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"


async def follow_provider(
    database: Database,
    account_id: UUID,
    message_id: UUID,
    *,
    sid: str,
    status: str | None,
    below: Sequence[str],
    told: str | None = None,
    error_code: int | None = None,
    reason: str | None = None,
) -> str:
    """A transaction of one round trip; migrations/sending.sql tells what it returns. `told` is kept in the log."""
    crash_points.passing("record.before")
    async with database.connection() as connection:
        outcome: str = await connection.fetchval(
            _FOLLOW,
            *(account_id, message_id, sid, told, status, list(below), error_code, reason, told is not None),
            current_traceparent(),
        )
    crash_points.passing("record.after")
    return outcome
