"""Every statement about policies."""

import logging
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.followups.policies.models import FollowupPolicy
from services.followups.policies.rules import Policy, hours_misfit
from services.followups.policies.schemas import PolicyChange
from services.followups.replicas.queries import find_account
from shared.db.database import Db

log = logging.getLogger(__name__)


async def get_policy(db: Db) -> FollowupPolicy:
    """The account's row; made from what its account was set up with, or from our defaults, when it is first asked for."""
    found: FollowupPolicy | None = await db.scalar(select(FollowupPolicy))
    if found is not None:
        return found
    account = await find_account(db)
    given = _usable(account.followup_policy if account else {})
    values = {"account_id": db.account_id, "id": db.account_id, **given}
    await db.execute(insert(FollowupPolicy).values(**values).on_conflict_do_nothing())
    return (await db.scalars(select(FollowupPolicy))).one()


async def lock_policy(db: Db) -> FollowupPolicy:
    await get_policy(db)
    statement = select(FollowupPolicy).with_for_update().execution_options(populate_existing=True)
    return (await db.scalars(statement)).one()


def _usable(given: dict[str, Any]) -> dict[str, Any]:
    """Of an account's settings, those that are a policy's; none where they do not fit: nobody is asked at night."""
    known = {name: value for name, value in given.items() if name in PolicyChange.model_fields and value is not None}
    try:
        values = PolicyChange.model_validate(known).sent()
    except ValidationError:
        log.warning("an account's follow-up settings do not fit: the defaults hold")
        return {}
    return {} if hours_misfit(Policy(**values)) else values
