"""What happens to promises: made, changed, remarked on; every change with its audit rows and its domain event."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm.attributes import set_committed_value

from services.actions.action_items import queries
from services.actions.action_items.models import ActionItem, ActionItemUpdate
from services.actions.action_items.rules import (
    Change,
    Origin,
    changes_of,
    due_at,
    followup_is_completed,
    origin_of,
    with_completion,
)
from services.actions.action_items.schemas import ItemToFollowUp
from services.actions.drafts import lifecycle as drafts
from services.actions.notes.models import EventNote
from services.actions.notes.queries import find_note_for_update
from services.actions.notes.use_cases import change_note
from services.actions.replicas.models import (
    Contractor,
    DemoBooking,
    Event,
    EventSpeaker,
    EventSponsor,
    Partner,
)
from services.actions.replicas.use_cases import contractor_for, require_known
from services.actions.zones import zone_of
from shared.bus.outbox import emit
from shared.contracts.actions import ActionItemCreated, ActionItemUpdated
from shared.db.database import Db
from shared.http.auth import Caller


async def write_item(db: Db, caller: Caller, values: dict[str, Any]) -> ActionItem:
    """A promise that somebody types. Raises ReferenceNotFound, Forbidden for another contractor's."""
    values["contractor_id"] = contractor_for(caller, values["contractor_id"])
    await require_known(db, references_of(values))
    values["due_date"] = due_at(values["due_date"], await zone_for(db, values["contractor_id"]))
    note_text = await queries.find_note_text(db, values["related_note_id"])
    item, created = await make_item(db, values, origin_of(caller.role), note_text=note_text)
    await emit(db, created)
    return item


async def edit_item(db: Db, item: ActionItem, values: dict[str, Any], origin: Origin, remark: str | None) -> None:
    """`item` is locked. A remark without a change is kept as one."""
    await require_known(db, references_of(values))
    if "due_date" in values:
        values["due_date"] = due_at(values["due_date"], await zone_for(db, item.contractor_id))
    if not await change_item(db, item, values, origin, remark=remark) and remark:
        add_update(db, item, origin, update_type="note", update_note=remark)


async def list_requiring_followup(db: Db, contractor_id: UUID) -> list[ItemToFollowUp]:
    zone = await zone_for(db, contractor_id)
    rows = await queries.list_requiring_followup(db, contractor_id, db.now.astimezone(zone).date(), zone)
    return [
        ItemToFollowUp.model_validate(row[0]).model_copy(update={"extracted_entities": row.extracted_entities})
        for row in rows
    ]


async def zone_for(db: Db, contractor_id: UUID) -> ZoneInfo:
    return zone_of(await queries.zone_name_of(db, contractor_id))


async def make_item(
    db: Db, values: dict[str, Any], origin: Origin, *, note_text: str | None = None, note_is_new: bool = False
) -> tuple[ActionItem, ActionItemCreated]:
    """`values` are columns; `note_text` is what the related note says. The caller emits the event."""
    completed_at = db.now if values.get("status") == "completed" else None
    item = ActionItem(account_id=db.account_id, completed_at=completed_at, source=origin.update_source, **values)
    db.add(item)
    await db.flush()
    set_committed_value(item, "note_text", note_text)
    created = ActionItemCreated.model_validate(item)
    await drafts.begin_with(db, item)
    if item.related_note_id is not None and not note_is_new:
        await settle_note(db, item.related_note_id)
    return item, created


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
    told = {"changed": fields, "updated_by": origin.updated_by}
    await emit(db, ActionItemUpdated.model_validate(item).model_copy(update=told))
    await drafts.follow(db, item, changes)
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


async def retell_items_of(db: Db, note_id: UUID, said: str, says: str | None) -> None:
    """What a note says has changed, or it is gone: its items are published again without its old words.

    The audit rows are silent, because they would keep what was taken away."""
    for item, is_reworded in await queries.reword_items_of_note(db, note_id, said, says):
        changed = ["description", "note_text"] if is_reworded else ["note_text"]
        await emit(db, ActionItemUpdated.model_validate(item).model_copy(update={"changed": changed}))


def references_of(values: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    models = {
        "contractor_id": Contractor,
        "event_id": Event,
        "related_partner_id": Partner,
        "related_peer_contractor_id": Contractor,
        "related_speaker_id": EventSpeaker,
        "related_sponsor_id": EventSponsor,
        "related_note_id": EventNote,
        "related_demo_booking_id": DemoBooking,
    }
    return [(name, model, values.get(name)) for name, model in models.items()]
