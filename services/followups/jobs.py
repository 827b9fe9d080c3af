"""Jobs that are rows: asked for once more, they begin from the beginning."""

from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from shared.db.database import Db


async def begin_job(db: Db, job: type[Any], job_id: UUID, **values: object) -> None:
    """`job` is a table with `done_at`, `values` its own columns. Who is at it loses the lease."""
    statement = insert(job).values(account_id=db.account_id, id=job_id, **values)
    anew = {"done_at": None, "leased_until": None, "attempts": 0, "fence": job.fence + 1}
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=["account_id", "id"], set_={**values, **anew, "run_after": func.clock_timestamp()}
        )
    )
