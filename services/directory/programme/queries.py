"""What belongs to an event."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from shared.db.database import Db


async def lock_of_event(db: Db, model: Any, event_id: UUID) -> Sequence[Any]:
    """The event's rows of `model`, oldest first."""
    rows = select(model).where(model.event_id == event_id).order_by(model.id)
    return (await db.scalars(rows.with_for_update())).all()
