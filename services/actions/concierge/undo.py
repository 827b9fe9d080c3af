"""Takes back what the last turn of the day did."""

from typing import Any
from uuid import UUID

from services.actions.action_items import queries as items
from services.actions.action_items.models import OPEN_STATUSES
from services.actions.action_items.rules import Origin
from services.actions.action_items.use_cases import change_item, retell_items_of
from services.actions.concierge.context import Knowledge
from services.actions.concierge.examples import collect_undo
from services.actions.notes.queries import find_note_for_update
from services.actions.notes.use_cases import remove_note
from shared.db.database import Db

_STATUS = "status"


async def undo_last_turn(db: Db, known: Knowledge, done: list[dict[str, Any]]) -> list[str]:
    """The titles of what was taken back; what was done is added to `done`."""
    if known.last_turn is None:
        return []
    origin = Origin("contractor", "sms_conversation", known.turn.message_id)
    titles = []
    for change in reversed(known.last_turn.changes):
        title = await _undo_one(db, change, origin, known.turn.text)
        if title is not None:
            titles.append(title)
            done.append({**change, "what": "undone", "was": change["what"]})
    await collect_undo(db, known.last_turn.id, known.last_turn.ai_run_id, done)
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
    if change["what"] not in ("action_item_created", "action_item_updated"):
        return None
    item = await items.lock_item(db, UUID(change["action_item_id"]))
    was = next((c["old"] for c in change.get("changes", []) if c["field"] == _STATUS), None)
    if change["what"] == "action_item_created":
        was = "cancelled" if item.status in OPEN_STATUSES else None
    if was is None:
        return None
    await change_item(db, item, {_STATUS: was}, origin, remark=remark)
    return item.title
