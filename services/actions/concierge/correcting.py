"""Sets right what was read in a note, and what its promises repeat of it."""

import re
from typing import Any

from services.actions.action_items import queries as items
from services.actions.action_items.rules import Origin
from services.actions.action_items.use_cases import change_item
from services.actions.concierge.plan import Correction
from services.actions.notes.queries import find_note_for_update
from services.actions.notes.use_cases import change_note
from shared.db.database import Db


async def correct_note(db: Db, correction: Correction, origin: Origin, remark: str) -> bool:
    """False when the note is gone, or no longer says what is to be corrected."""
    await items.lock_items_of_note(db, correction.note_id)
    note = await find_note_for_update(db, correction.note_id)
    if note is None or note.deleted_at is not None:
        return False
    values = list(note.extracted_entities.get(correction.field, []))
    if correction.was is not None and correction.was not in values:
        return False
    entities = {**note.extracted_entities, correction.field: replaced(values, correction)}
    changes: dict[str, Any] = {"extracted_entities": entities}
    if note.ai_categorization:
        changes["ai_categorization"] = repeated(note.ai_categorization, correction)
    await change_note(db, note, changes)
    for item in await items.items_of_note(db, note.id):
        told = {name: getattr(item, name) for name in ("title", "person_name") if getattr(item, name)}
        changed = {name: repeated(said, correction) for name, said in told.items()}
        await change_item(db, item, changed, origin, remark=remark)
    return True


def replaced(values: list[str], correction: Correction) -> list[str]:
    kept = [correction.now if value == correction.was else value for value in values]
    kept += [correction.now] if correction.was is None else []
    return list(dict.fromkeys(value for value in kept if value))


def repeated(said: str, correction: Correction) -> str:
    """What repeats the wrong name, or the one word of it that was wrong, says the right one."""
    if not (correction.was and correction.now):
        return said
    was, now = correction.was.split(), correction.now.split()
    pairs = list(zip(was, now, strict=True)) if len(was) == len(now) else [(correction.was, correction.now)]
    for wrong, right in pairs:
        said = re.sub(rf"(?<!\w){re.escape(wrong)}(?!\w)", right.replace("\\", r"\\"), said)
    return said
