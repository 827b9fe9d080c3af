"""Every statement of handing over."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select, text

from services.followups.dispatch.rules import A_DAY
from services.followups.schedules.models import WAITING, FollowupSchedule
from shared.db.database import Database, Db

WINDOW = 2000
_DUE_ACCOUNTS = (
    "SELECT DISTINCT account_id FROM (SELECT account_id FROM contractor_followup_schedules"
    f" WHERE {WAITING} AND send_at <= app_clock() ORDER BY send_at LIMIT {WINDOW}) AS due"
)
_LOCK_PEOPLE = text(
    "SELECT contractors.id FROM (SELECT DISTINCT contractor_id FROM (SELECT contractor_id"
    f" FROM contractor_followup_schedules WHERE account_id = :account_id AND {WAITING} AND send_at <= :now"
    " AND (CAST(:only AS uuid) IS NULL OR contractor_id = :only)"
    f" ORDER BY send_at LIMIT {WINDOW}) AS due) AS people"
    " JOIN contractors ON contractors.account_id = :account_id AND contractors.id = people.contractor_id"
    " LIMIT :limit FOR NO KEY UPDATE OF contractors SKIP LOCKED"
)
_HAND_OVER = (
    "UPDATE contractor_followup_schedules AS row SET handed_over_at = $4, message_key = given.key"
    " FROM unnest($2::uuid[], $3::text[]) AS given (id, key)"
    " WHERE row.account_id = $1 AND row.id = given.id RETURNING row.id, row.row_version"
)
_PUT_OFF = (
    "UPDATE contractor_followup_schedules AS row SET send_at = given.at FROM unnest($2::uuid[], $3::timestamptz[])"
    " AS given (id, at) WHERE row.account_id = $1 AND row.id = given.id"
)
_CANCEL = (
    "UPDATE contractor_followup_schedules AS row SET status = 'cancelled', cancel_reason = given.reason"
    " FROM unnest($2::uuid[], $3::text[]) AS given (id, reason)"
    " WHERE row.account_id = $1 AND row.id = given.id RETURNING row.id, row.row_version"
)
MAX_ATTEMPTS = 5
TRY_AGAIN = timedelta(minutes=10)
_COUNT_FAILURE = (
    "UPDATE contractor_followup_schedules SET attempts = attempts + 1, send_at = $3::timestamptz + $6::interval * 2 ^ attempts,"
    " status = CASE WHEN attempts + 1 >= $4 THEN 'cancelled' ELSE status END,"
    " cancel_reason = CASE WHEN attempts + 1 >= $4 THEN $5::text ELSE cancel_reason END"
    f" WHERE account_id = $1 AND id = $2 AND {WAITING} RETURNING status"
)


async def due_accounts(worker: Database) -> Sequence[UUID]:
    """Whose rows are due, by the worker role, which sees all tenants."""
    async with worker.connection() as connection:
        return [row["account_id"] for row in await connection.fetch(_DUE_ACCOUNTS)]


async def lock_people(db: Db, limit: int, only: UUID | None = None) -> Sequence[UUID]:
    """Contractors with due rows, whom no other dispatcher has. The lock is on the person, so that one gets one digest."""
    given = {"account_id": db.account_id, "now": db.now, "limit": limit, "only": only}
    return (await db.scalars(_LOCK_PEOPLE, given)).all()


async def lock_due(db: Db, contractor_ids: Sequence[UUID], only: UUID | None = None) -> Sequence[FollowupSchedule]:
    """Their due rows, or `only` this. What these depend on is read after this, so that nothing older than the lock decides."""
    statement = (
        select(FollowupSchedule)
        .where(
            FollowupSchedule.contractor_id.in_(contractor_ids),
            text(WAITING),
            FollowupSchedule.send_at <= db.now,
            *([FollowupSchedule.id == only] if only else []),
        )
        .order_by(FollowupSchedule.contractor_id, FollowupSchedule.scheduled_time, FollowupSchedule.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await db.scalars(statement)).all()


async def last_planned_texts(db: Db, contractor_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When something of the policy's last went to each; what messaging never sent does not count."""
    statement = (
        select(FollowupSchedule.contractor_id, func.max(FollowupSchedule.handed_over_at))
        .where(
            FollowupSchedule.contractor_id.in_(contractor_ids),
            FollowupSchedule.planned_by == "policy",
            FollowupSchedule.handed_over_at > db.now - A_DAY - timedelta(hours=1),
            (FollowupSchedule.status != "cancelled") | FollowupSchedule.sent_at.is_not(None),
        )
        .group_by(FollowupSchedule.contractor_id)
    )
    return {person: at for person, at in await db.execute(statement) if at is not None}


async def hand_over(db: Db, keys: dict[UUID, str]) -> dict[UUID, int]:
    """Mark rows as messaging's, with the message that each is part of; answers their new versions."""
    rows = await db.raw.fetch(_HAND_OVER, db.account_id, list(keys), list(keys.values()), db.now)
    return {row["id"]: row["row_version"] for row in rows}


async def put_off(db: Db, times: dict[UUID, datetime]) -> None:
    await db.raw.execute(_PUT_OFF, db.account_id, list(times), list(times.values()))


async def cancel(db: Db, reasons: dict[UUID, str]) -> dict[UUID, int]:
    rows = await db.raw.fetch(_CANCEL, db.account_id, list(reasons), list(reasons.values()))
    return {row["id"]: row["row_version"] for row in rows}


async def list_due(db: Db, contractor_id: UUID) -> Sequence[UUID]:
    """Ids of a person's due rows, without reading the rows: one of them may be what cannot be read."""
    conditions = (FollowupSchedule.contractor_id == contractor_id, text(WAITING), FollowupSchedule.send_at <= db.now)
    return (await db.scalars(select(FollowupSchedule.id).where(*conditions).order_by(FollowupSchedule.id))).all()


async def count_failure(db: Db, row_id: UUID, reason: str) -> bool:
    """Try it again later, each time after twice as long; whether it was tried for the last time, and is cancelled."""
    given = (db.account_id, row_id, db.now, MAX_ATTEMPTS, reason, TRY_AGAIN)
    status = await db.raw.fetchval(_COUNT_FAILURE, *given)
    return bool(status == "cancelled")


def upcoming_to_send(now: datetime) -> Select[FollowupSchedule]:
    """Document 000's "upcoming follow-ups to send", with its ruling: nothing early, nothing that was handed over."""
    return (
        select(FollowupSchedule)
        .where(text(WAITING), FollowupSchedule.scheduled_time <= now, FollowupSchedule.send_at <= now)
        .order_by(FollowupSchedule.scheduled_time)
    )
