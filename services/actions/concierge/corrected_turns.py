"""Staff correct a turn: what followed from it is taken back, and what is right follows instead. Nothing is texted."""

import json
from typing import Any
from uuid import UUID

from services.actions.action_items import queries as items
from services.actions.action_items.rules import Origin
from services.actions.concierge import knowing, queries
from services.actions.concierge.context import knowledge_of
from services.actions.concierge.examples import collect_of_turn
from services.actions.concierge.models import ConciergeTurn
from services.actions.concierge.reading import Reading
from services.actions.concierge.rules import input_of
from services.actions.concierge.second_opinion import is_quoted
from services.actions.concierge.turns import TurnNotOver, lock_turn
from services.actions.concierge.undo import take_back
from services.actions.concierge.use_cases import apply, messages_of, parts_json, plan_turn
from services.actions.notes.models import EventNote
from services.actions.notes.queries import find_note_for_update
from shared.bus.outbox import emit_all
from shared.db.database import Db
from shared.errors import Invalid

REMARK = "Corrected by staff"


async def correct_turn(db: Db, turn_id: UUID, reading: Reading) -> ConciergeTurn:
    """Raises TurnNotFound, TurnNotOver, and Invalid where the reading quotes what the text does not say."""
    turn = await lock_turn(db, turn_id)
    if turn.contractor_id is None or turn.status in ("queued", "running"):
        raise TurnNotOver("This turn is not over yet. Correct it when it is done.")
    origin = Origin("user", "api", turn.message_id)
    done: list[dict[str, Any]] = []
    note, rest = await _note_of(db, turn), [each for each in turn.changes if each["what"] != "note_captured"]
    await take_back(db, rest, origin, REMARK, done)
    known = knowledge_of(await knowing.look_at_turn(db, turn.contractor_id, turn_id))
    if not is_quoted(input_of(known), reading):
        raise Invalid("The reading quotes words that are not in the text, or a promise that is not open.")
    if note is not None:
        known = known.model_copy(update={"notes": [each for each in known.notes if each.id != note.id]})
    plan = await plan_turn(db, known, reading)
    outcome = await apply(db, known, plan, origin, note, texts=False)
    await emit_all(db, [*outcome.events, *messages_of(db, known, plan, None, None)])
    await collect_of_turn(db, turn_id, {"reading": reading.model_dump(mode="json", exclude_defaults=True)}, "staff")
    told = (reading.model_dump_json(exclude_defaults=True), parts_json(plan), json.dumps([*done, *outcome.done]))
    await queries.record_correction(db, turn_id, plan.intent, *told)
    await db.refresh(turn)
    return turn


async def _note_of(db: Db, turn: ConciergeTurn) -> EventNote | None:
    """What it led to, removed or not; locked after its items."""
    captured = next((each for each in turn.changes if each["what"] == "note_captured"), None)
    if captured is None:
        return None
    note_id = UUID(captured["note_id"])
    await items.lock_items_of_note(db, note_id)
    return await find_note_for_update(db, note_id)
