"""Takes back what the last turn of the day did."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from services.actions.action_items import queries as items
from services.actions.action_items.models import OPEN_STATUSES, ActionItem
from services.actions.action_items.rules import Origin, as_text
from services.actions.action_items.use_cases import change_item, retell_items_of
from services.actions.concierge.context import Knowledge
from services.actions.concierge.correcting import correct_note
from services.actions.concierge.examples import collect_of_turn
from services.actions.concierge.plan import Correction
from services.actions.drafts import queries as drafts
from services.actions.drafts.lifecycle import change_draft
from services.actions.notes.queries import find_note_for_update
from services.actions.notes.use_cases import remove_note
from shared.db.database import Db

_TAKEN_BACK: dict[str, Callable[[str], Any]] = {
    "status": str,
    "due_date": datetime.fromisoformat,
    "reminder_time": datetime.fromisoformat,
    "priority": int,
    "contractor_priority": int,
}


async def undo_last_turn(db: Db, known: Knowledge, done: list[dict[str, Any]]) -> list[str]:
    """The titles of what was taken back; what was done is added to `done`."""
    if known.last_turn is None:
        return []
    origin = Origin("contractor", "sms_conversation", known.turn.message_id)
    titles = await take_back(db, known.last_turn.changes, origin, known.turn.text, done)
    if done:
        await collect_of_turn(db, known.last_turn.id, {"undone": done}, "contractor")
    return titles


async def take_back(
    db: Db, changes: list[dict[str, Any]], origin: Origin, remark: str, done: list[dict[str, Any]]
) -> list[str]:
    titles = []
    for change in reversed(changes):
        title = await _undo_one(db, change, origin, remark)
        if title is not None:
            titles.append(title)
            done.append({**change, "what": "undone", "was": change["what"]})
    return titles


async def _undo_one(db: Db, change: dict[str, Any], origin: Origin, remark: str) -> str | None:
    if change["what"] == "note_captured":
        note_id = UUID(change["note_id"])
        await items.lock_items_of_note(db, note_id)
        note = await find_note_for_update(db, note_id)
        if note is None or note.deleted_at is not None:
            return None
        await remove_note(db, note)
        await retell_items_of(db, note_id, note.note_text, None)
        return "the note"
    if change["what"] == "note_corrected":
        back = Correction(UUID(change["note_id"]), change["field"], change["new"], change["old"])
        return change["new"] if await correct_note(db, back, origin, remark) else None
    if change["what"] == "draft_settled":
        return await _take_back_draft(db, change)
    if change["what"] not in ("action_item_created", "action_item_updated"):
        return None
    item = await items.lock_item(db, UUID(change["action_item_id"]))
    if change["what"] == "action_item_created":
        values = {"status": "cancelled"} if item.status in OPEN_STATUSES else {}
    else:
        values = values_before(item, change.get("changes", []))
    if not values:
        return None
    await change_item(db, item, values, origin, remark=remark)
    return item.title


def values_before(item: ActionItem, changes: list[dict[str, Any]]) -> dict[str, Any]:
    """Of each field that is still as the turn left it."""
    return {
        each["field"]: _TAKEN_BACK[each["field"]](each["old"]) if each["old"] is not None else None
        for each in changes
        if each["field"] in _TAKEN_BACK and as_text(getattr(item, each["field"])) == each["new"]
    }


async def _take_back_draft(db: Db, change: dict[str, Any]) -> str | None:
    """A draft that was approved, or dropped, waits again: unless it went out, or another was written."""
    draft = await drafts.lock_draft(db, UUID(change["draft_id"]))
    [told] = change["changes"]
    if draft.status != told["new"]:
        return None
    if draft.status == "discarded" and await drafts.lock_open_draft(db, draft.action_item_id) is not None:
        return None
    if told["old"] == "draft":
        await change_draft(db, draft, status="draft", approved_at=None, approved_by=None, reason=None)
    else:
        await change_draft(db, draft, status=told["old"], reason=None)
    return "the draft"
