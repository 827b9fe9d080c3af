"""Whether an id that a caller names is known here."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from shared.db.database import Db
from shared.errors import Forbidden, Invalid, ReferenceNotFound
from shared.http.auth import Caller


async def require_known(db: Db, references: Iterable[tuple[str, Any, UUID | None]]) -> None:
    """`references` are (field, model, id). Raises ReferenceNotFound for an id that stays unknown, another tenant's too."""
    for field, model, row_id in references:
        if row_id is not None and not await _is_known(db, model, row_id):
            raise ReferenceNotFound(f"There is no such row for {field}.", field=field, row_id=row_id)


async def _is_known(db: Db, model: Any, row_id: UUID) -> bool:
    wanted = select(model.id).where(model.account_id == db.account_id, model.id == row_id)
    if hasattr(model, "deleted"):
        wanted = wanted.where(model.deleted.is_(False))
    return await db.scalar(wanted) is not None


def contractor_for(caller: Caller, contractor_id: UUID | None) -> UUID:
    """Whose row a caller makes: a contractor's own, whatever else is asked for is refused."""
    if caller.role == "contractor":
        if caller.contractor_id is None or contractor_id not in (None, caller.contractor_id):
            raise Forbidden("You can only write your own notes and action items.", field="contractor_id")
        return caller.contractor_id
    if contractor_id is None:
        raise Invalid("Say whose it is: contractor_id is missing.", field="contractor_id")
    return contractor_id
