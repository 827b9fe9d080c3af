"""What a person corrects in what the concierge read, told as an example for those who train and measure models."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.actions.concierge.models import ConciergeTurn
from services.actions.concierge.tasks import READ_TURN
from shared.bus.outbox import emit
from shared.contracts.ai import AiExampleCollected
from shared.db.database import Db
from shared.ids import uuid7

# What is read in words. Dates, ranks and statuses are not here: life changes them, not a mistake.
OF_NOTES = {"note_type", "extracted_entities", "ai_categorization", "ai_priority_score", "ai_tags", "topic"}
OF_ITEMS = {"title", "action_type", "person_name", "topic"}


def as_read(row: Any, fields: set[str]) -> dict[str, Any]:
    """What the concierge read, before somebody edits it; nothing where it read nothing."""
    return {name: getattr(row, name) for name in fields} if row.source_message_id else {}


async def collect_correction(db: Db, row: Any, was: dict[str, Any]) -> None:
    """`was` is `as_read` of the row before the edit."""
    wrong = {name: {"was": old, "is": getattr(row, name)} for name, old in was.items() if getattr(row, name) != old}
    if wrong:
        run_id = await db.scalar(
            select(ConciergeTurn.ai_run_id).where(ConciergeTurn.message_id == row.source_message_id)
        )
        await emit(db, _example(db, row.id, run_id, wrong, "api"))


async def collect_undo(db: Db, turn_id: UUID, run_id: UUID | None, undone: list[dict[str, Any]]) -> None:
    if undone:
        await emit(db, _example(db, turn_id, run_id, {"undone": undone}, "sms_conversation"))


def _example(
    db: Db, subject_id: UUID, run_id: UUID | None, correction: dict[str, Any], origin: str
) -> AiExampleCollected:
    """Nobody is asked yet whether their words may train a model: `consent` is false."""
    return AiExampleCollected(
        example_id=uuid7(),
        run_id=run_id,
        task=READ_TURN.name,
        service=db.service,
        subject_id=subject_id,
        correction=correction,
        origin=origin,
        consent=False,
    )
