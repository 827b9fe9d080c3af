"""What people do with a draft: change, approve, discard it, say that it went out."""

from typing import Any

from services.actions.action_items.queries import get_item
from services.actions.action_items.rules import origin_of
from services.actions.action_items.use_cases import add_update
from services.actions.drafts.errors import DraftIsClosed
from services.actions.drafts.lifecycle import change_draft
from services.actions.drafts.models import EmailIntroDraft
from shared.db.database import Db
from shared.http.auth import Caller

_TOO_LATE = {
    "draft": "It is not approved yet. Approve it first.",
    "approved": "It is approved. Discard it, or report it sent.",
    "sent": "It was sent already.",
    "discarded": "It was discarded.",
}


async def edit_draft(db: Db, draft: EmailIntroDraft, values: dict[str, Any]) -> None:
    """`draft` is locked, here and below. What was approved stays as it was read."""
    _require(draft, "draft")
    await change_draft(db, draft, **values)


async def approve_draft(db: Db, draft: EmailIntroDraft, caller: Caller) -> None:
    _require(draft, "draft")
    await change_draft(db, draft, status="approved", approved_by=caller.user_id, approved_at=db.now)


async def discard_draft(db: Db, draft: EmailIntroDraft, reason: str | None) -> None:
    _require(draft, "draft", "approved")
    await change_draft(db, draft, status="discarded", reason=reason)


async def report_sent(db: Db, draft: EmailIntroDraft, caller: Caller) -> None:
    """The approved words went out, by whatever road; the promise's history tells so."""
    _require(draft, "approved")
    item = await get_item(db, draft.action_item_id)
    await change_draft(db, draft, status="sent", sent_at=db.now)
    to = f" to {draft.to_email or draft.to_name}" if draft.to_email or draft.to_name else ""
    add_update(db, item, origin_of(caller.role), update_type="email_sent", update_note=f'"{draft.subject}"{to}')
    await db.flush()


def _require(draft: EmailIntroDraft, *statuses: str) -> None:
    if draft.status not in statuses:
        raise DraftIsClosed(f"This draft cannot be changed like that. {_TOO_LATE[draft.status]}", field="status")
