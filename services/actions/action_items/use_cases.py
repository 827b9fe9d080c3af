"""What happens to promises: made, changed, remarked on; every change with its audit rows and its domain event."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm.attributes import set_committed_value

from services.actions.action_items import queries
from services.actions.action_items.models import ActionItem, ActionItemUpdate
from services.actions.action_items.rules import Change, Origin, changes_of, followup_is_completed, with_completion
from services.actions.notes.queries import find_note_for_update
from services.actions.notes.use_cases import change_note
from shared.bus.outbox import emit
from shared.contracts.actions import ActionItemCreated, ActionItemUpdated
from shared.db.database import Db


async def make_item(
    db: Db, values: dict[str, Any], origin: Origin, *, note_text: str | None = None, note_is_new: bool = False
) -> ActionItem:
    """`values` are columns; `note_text` is what the related note says."""
    completed_at = db.now if values.get("status") == "completed" else None
    item = ActionItem(account_id=db.account_id, completed_at=completed_at, source=origin.update_source, **values)
    db.add(item)
    await db.flush()
    set_committed_value(item, "note_text", note_text)
    await emit(db, ActionItemCreated.model_validate(item))
    if item.related_note_id is not None and not note_is_new:
        await settle_note(db, item.related_note_id)
    return item


async def change_item(
    db: Db, item: ActionItem, values: dict[str, Any], origin: Origin, *, remark: str | None = None
) -> list[Change]:
    """`item` is locked. Answers what changed; where nothing does, nothing is written."""
    note_id, note_text = item.related_note_id, item.note_text
    changes = changes_of(item, values)
    if not changes:
        return []
    for name, value in with_completion(item, values, db.now).items():
        setattr(item, name, value)
    for change in changes:
        add_update(
            db,
            item,
            origin,
            update_type=change.update_type,
            field_name=change.field,
            old_value=change.old_value,
            new_value=change.new_value,
            update_note=remark,
        )
    await db.flush()
    fields = [change.field for change in changes]
    if item.related_note_id == note_id:
        set_committed_value(item, "note_text", note_text)  # the flush forgot it
    else:
        await db.refresh(item, ["note_text"])
    await emit(db, ActionItemUpdated.model_validate(item).model_copy(update={"changed": fields}))
    if {"status", "related_note_id"} & set(fields):
        for each in sorted({note_id, item.related_note_id} - {None}, key=str):
            await settle_note(db, each)  # type: ignore[arg-type]
    return changes


def add_update(db: Db, item: ActionItem, origin: Origin, **columns: Any) -> ActionItemUpdate:
    update = ActionItemUpdate(
        account_id=db.account_id,
        action_item_id=item.id,
        contractor_id=item.contractor_id,
        updated_by=origin.updated_by,
        update_source=origin.update_source,
        message_id=origin.message_id,
        **columns,
    )
    db.add(update)
    return update


async def settle_note(db: Db, note_id: UUID) -> None:
    """`followup_completed` follows the note's items. The note is locked first, so that the last two cannot miss each other."""
    note = await find_note_for_update(db, note_id)
    if note is not None:
        kept = followup_is_completed(*await queries.count_of_note(db, note_id))
        await change_note(db, note, {"followup_completed": kept})
