"""Statements that show turns to people."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.actions.concierge.models import ConciergeTurn
from shared.db.database import Db
from shared.errors import NotFound


class TurnNotFound(NotFound):
    code = "concierge_turn_not_found"


def list_turns(equal: Mapping[str, Any]) -> Select[ConciergeTurn]:
    """`equal` by column name; what is None there does not count."""
    return select(ConciergeTurn).where(
        *(getattr(ConciergeTurn, name) == value for name, value in equal.items() if value is not None)
    )


async def get_turn(db: Db, turn_id: UUID) -> ConciergeTurn:
    turn = await db.scalar(select(ConciergeTurn).where(ConciergeTurn.id == turn_id))
    if turn is None:
        raise TurnNotFound("There is no such turn.")
    return turn
