"""Every statement about policies."""

from dataclasses import fields
from datetime import time
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.followups.policies.models import FollowupPolicy
from services.followups.policies.rules import Policy
from services.followups.replicas.queries import find_account
from shared.db.database import Db

_FIELDS = {field.name: field.type for field in fields(Policy)}


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
    """Of an account's settings, those that are a policy's; times come as "HH:MM"."""
    known = {name: value for name, value in given.items() if name in _FIELDS and value is not None}
    return {
        name: time.fromisoformat(value) if isinstance(getattr(Policy, name), time) else value
        for name, value in known.items()
    }
