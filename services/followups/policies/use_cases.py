"""Changes how an account's people are asked; what waits follows at its time."""

from typing import Any

from services.followups.policies.models import FollowupPolicy
from shared.db.database import Db
from shared.errors import Invalid


async def change_policy(db: Db, row: FollowupPolicy, values: dict[str, Any]) -> None:
    """`row` is locked. Raises Invalid where the hours do not fit together."""
    for name, value in values.items():
        if value is None:
            raise Invalid(f"{name} cannot be null. Leave it out to keep it as it is.", field=name)
        setattr(row, name, value)
    if not row.quiet_until < row.quiet_from:
        raise Invalid("quiet_until must be earlier in the day than quiet_from.", field="quiet_until")
    if not row.quiet_until <= row.send_at < row.quiet_from:
        raise Invalid("send_at must be outside the quiet hours.", field="send_at")
    await db.flush()
