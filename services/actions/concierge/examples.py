"""What a person corrects in what the concierge read, told as an example for those who train and measure models."""

from typing import Any, Literal
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import select

from services.actions.concierge.models import ConciergeTurn, LabelledText
from services.actions.concierge.tasks import READ_TURN
from services.actions.concierge.turns import get_turn
from shared.bus.outbox import emit
from shared.contracts.ai import AiExampleCollected
from shared.db.database import Db
from shared.ids import uuid7

# What is read in words. Dates, ranks and statuses are not here: life changes them, not a mistake.
OF_NOTES = {"note_type", "extracted_entities", "ai_categorization", "ai_priority_score", "ai_tags", "topic"}
OF_ITEMS = {"title", "action_type", "person_name", "topic"}
CorrectedBy = Literal["contractor", "staff"]
ORIGINS: dict[CorrectedBy, str] = {"contractor": "sms_conversation", "staff": "api"}


def as_read(row: Any, fields: set[str]) -> dict[str, Any]:
    """What the concierge read, before somebody edits it; nothing where it read nothing."""
    return {name: getattr(row, name) for name in fields} if row.source_message_id else {}


async def collect_correction(db: Db, row: Any, was: dict[str, Any]) -> None:
    """Of a note or an item that somebody edits over HTTP; `was` is `as_read` of the row before the edit."""
    wrong = {name: {"was": old, "is": getattr(row, name)} for name, old in was.items() if getattr(row, name) != old}
    if wrong:
        turn = await db.scalar(select(ConciergeTurn).where(ConciergeTurn.message_id == row.source_message_id))
        await collect(db, turn, row.contractor_id, row.id, wrong, "staff")


async def collect(
    db: Db,
    turn: ConciergeTurn | None,
    contractor_id: UUID,
    subject_id: UUID,
    correction: dict[str, Any],
    corrected_by: CorrectedBy,
) -> None:
    """Keep a correction with the text it is about, and publish it without the text.

    Nobody is asked yet whether their words may train a model: `consent` is false."""
    example_id = uuid7()
    kept = to_jsonable_python(correction)
    if turn is not None:
        label = LabelledText(
            id=example_id,
            turn_id=turn.id,
            contractor_id=contractor_id,
            text="\n".join(said["body"] for said in turn.messages if said.get("body")),
            was_read=turn.reading or {},
            correction=kept,
            corrected_by=corrected_by,
        )
        db.add(label)
        await db.flush()
    event = AiExampleCollected(
        example_id=example_id,
        run_id=turn.ai_run_id if turn else None,
        task=READ_TURN.name,
        service=db.service,
        subject_id=subject_id,
        correction=correction,
        origin=ORIGINS[corrected_by],
        consent=False,
    )
    await emit(db, event)


async def collect_of_turn(db: Db, turn_id: UUID, correction: dict[str, Any], corrected_by: CorrectedBy) -> None:
    turn = await get_turn(db, turn_id)
    assert turn.contractor_id is not None
    await collect(db, turn, turn.contractor_id, turn.id, correction, corrected_by)
