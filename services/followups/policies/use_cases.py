"""Changes how an account's people are asked; what waits follows at its time."""

from typing import Any

from services.followups.planning.replans import request_account
from services.followups.policies.models import FollowupPolicy
from services.followups.policies.rules import hours_misfit
from shared.db.database import Db
from shared.errors import Invalid


async def change_policy(db: Db, row: FollowupPolicy, values: dict[str, Any]) -> None:
    """`row` is locked. Raises Invalid where the hours do not fit together."""
    for name, value in values.items():
        setattr(row, name, value)
    misfit = hours_misfit(row)
    if misfit:
        raise Invalid(misfit[1], field=misfit[0])
    await db.flush()
    await request_account(db)
