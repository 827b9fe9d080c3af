"""How drafts follow their promise: asked for when it is made, discarded when it is dropped."""

from collections.abc import Sequence
from typing import Any

from services.actions.action_items.models import OPEN_STATUSES, ActionItem
from services.actions.action_items.rules import Change
from services.actions.drafts import queries
from services.actions.drafts.models import EmailIntroDraft
from shared.bus.outbox import emit
from shared.contracts.actions import EmailIntroDraftUpdated
from shared.db.database import Db


async def begin_with(db: Db, item: ActionItem) -> None:
    if item.action_type == "email_intro" and item.status in OPEN_STATUSES:
        await queries.request(db, item.id)


async def follow(db: Db, item: ActionItem, changes: Sequence[Change]) -> None:
    """A draft that somebody discarded is not written again, unless the promise itself comes back."""
    was = {change.field: change.old_value for change in changes}
    if "status" in was and item.status == "cancelled":
        draft = await queries.lock_open_draft(db, item.id)
        if draft is not None:
            await change_draft(db, draft, status="discarded", reason="item_cancelled")
    elif "action_type" in was or was.get("status") == "cancelled":
        await begin_with(db, item)


async def change_draft(db: Db, draft: EmailIntroDraft, **values: Any) -> None:
    """`draft` is locked. Where nothing changes, nothing is written."""
    changed = [name for name, value in values.items() if getattr(draft, name) != value]
    if changed:
        for name in changed:
            setattr(draft, name, values[name])
        await db.flush()
        await emit(db, EmailIntroDraftUpdated.of_row(draft, changed))
