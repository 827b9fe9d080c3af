"""Every statement about preparations."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, text

from services.followups.jobs import begin_job
from services.followups.schedules.models import FollowupSchedule
from services.followups.wording.models import Preparation
from shared.db.database import Db
from shared.db.jobs import Queue

AHEAD = timedelta(hours=24)
PREPARATIONS = Queue(
    "followup_preparations",
    "done_at IS NULL AND prepare_from <= app_clock()",
    order="prepare_from",
    dead="done_at = app_clock()",
    max_attempts=4,
)


async def prepare(db: Db, row: FollowupSchedule) -> None:
    """Have the words of `row` prepared (again), a day before they are needed. What is under way loses its lease."""
    if not row.ai_should_personalize:
        return
    starts = row.send_at - AHEAD
    await begin_job(db, Preparation, row.id, prepare_from=starts)
    if starts <= db.now:
        await db.notify(PREPARATIONS.table)


async def prepare_from(db: Db, row: FollowupSchedule) -> None:
    """`row` was moved: what is not prepared yet follows it."""
    await db.execute(
        text(
            "UPDATE followup_preparations SET prepare_from = :starts"
            " WHERE account_id = :account_id AND id = :id AND done_at IS NULL"
        ),
        {"starts": row.send_at - AHEAD, "account_id": db.account_id, "id": row.id},
    )


async def find_waiting(db: Db, schedule_id: UUID) -> FollowupSchedule | None:
    found: FollowupSchedule | None = await db.scalar(_WAITING.where(FollowupSchedule.id == schedule_id))
    return found


async def lock_waiting(db: Db, schedule_id: UUID) -> FollowupSchedule | None:
    """The schedule before its preparation: everybody locks in this order."""
    statement = _WAITING.where(FollowupSchedule.id == schedule_id).with_for_update()
    found: FollowupSchedule | None = await db.scalar(statement, execution_options={"populate_existing": True})
    return found


_WAITING = select(FollowupSchedule).where(
    FollowupSchedule.status == "scheduled", FollowupSchedule.handed_over_at.is_(None)
)


async def finish(db: Db, schedule_id: UUID) -> None:
    statement = "UPDATE followup_preparations SET done_at = :now, leased_until = NULL WHERE account_id = :account_id AND id = :id"
    await db.execute(text(statement), {"now": db.now, "account_id": db.account_id, "id": schedule_id})


async def renew(db: Db, action_item_id: UUID) -> None:
    """The promise reads otherwise now: what was prepared about it is prepared anew."""
    statement = _WAITING.where(FollowupSchedule.action_item_id == action_item_id).order_by(FollowupSchedule.id)
    for row in (await db.scalars(statement.with_for_update(), execution_options={"populate_existing": True})).all():
        row.prepared_body = row.prepared_at = None
        await db.flush()
        await prepare(db, row)
