"""A stranger becomes a contractor."""

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from services.directory.people.models import Contractor
from services.directory.people.resources import CONTRACTORS
from shared.bus.outbox import emit
from shared.contracts.directory import ContractorCreated
from shared.db.database import Db
from shared.ids import uuid7


async def insert_provisional_once(db: Db, phone: str) -> None:
    """A contractor of whom we know only the phone, unless there is one with it."""
    claimed = (
        insert(Contractor)
        .values(account_id=db.account_id, phone=phone, user_id=uuid7(), provisional=True)
        .on_conflict_do_nothing(index_elements=["account_id", "phone"], index_where=text("status <> 'archived'"))
        .returning(Contractor)
    )
    row = (await db.scalars(claimed)).one_or_none()
    if row is not None:
        await CONTRACTORS.created(db, [row])
        await emit(db, ContractorCreated.model_validate(row))
