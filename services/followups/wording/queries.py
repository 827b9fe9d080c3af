"""Every statement about preparations."""

from datetime import timedelta

from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import insert

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
    statement = insert(Preparation).values(account_id=db.account_id, id=row.id, prepare_from=starts)
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=["account_id", "id"],
            set_={
                "prepare_from": starts,
                "done_at": None,
                "leased_until": None,
                "attempts": 0,
                "run_after": func.clock_timestamp(),
                "fence": Preparation.fence + 1,
            },
        )
    )
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
