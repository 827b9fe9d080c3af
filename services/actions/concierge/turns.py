"""What people may see of turns, and do with one that failed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.actions.concierge import queries
from services.actions.concierge.models import ConciergeTurn, LabelledText
from shared.db.database import Db
from shared.errors import Conflict, NotFound


class TurnNotFound(NotFound):
    code = "concierge_turn_not_found"


class TurnNotFailed(Conflict):
    code = "concierge_turn_not_failed"


class TurnNotOver(Conflict):
    code = "concierge_turn_not_over"


def list_turns(equal: Mapping[str, Any]) -> Select[ConciergeTurn]:
    """`equal` by column name; what is None there does not count."""
    return select(ConciergeTurn).where(
        *(getattr(ConciergeTurn, name) == value for name, value in equal.items() if value is not None)
    )


def list_labels(contractor_id: UUID | None) -> Select[LabelledText]:
    statement = select(LabelledText)
    return statement if contractor_id is None else statement.where(LabelledText.contractor_id == contractor_id)


async def get_turn(db: Db, turn_id: UUID) -> ConciergeTurn:
    turn = await db.scalar(select(ConciergeTurn).where(ConciergeTurn.id == turn_id))
    if turn is None:
        raise TurnNotFound("There is no such turn.")
    return turn


async def lock_turn(db: Db, turn_id: UUID) -> ConciergeTurn:
    await get_turn(db, turn_id)
    return await db.get_one(ConciergeTurn, (db.account_id, turn_id), with_for_update=True, populate_existing=True)


async def retry_turn(db: Db, turn_id: UUID) -> ConciergeTurn:
    """A turn that was given up runs again, before what came after it. Raises TurnNotFailed."""
    turn = await get_turn(db, turn_id)
    if turn.contractor_id is None:
        raise TurnNotFailed("This turn waits for its contractor to become known.")
    await queries.open_lane(db, turn.contractor_id)
    if not await queries.queue_again(db, turn_id):
        raise TurnNotFailed(f"This turn is {turn.status}; only one that failed can be run again.")
    await db.refresh(turn)
    return turn
