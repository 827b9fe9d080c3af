"""A stranger becomes a contractor, and says who they are."""

from datetime import timedelta
from uuid import UUID

from services.directory.accounts.use_cases import operator_of
from services.directory.people import queries
from services.directory.people.resources import ATTENDEES, CONTRACTORS
from shared.bus.outbox import emit
from shared.contracts.directory import ContractorCreated
from shared.db.database import Db

ALIKE = 0.6
SOON = timedelta(days=30)


async def insert_provisional_once(db: Db, phone: str) -> None:
    """A contractor of whom we know only the phone, unless there is one with it."""
    row = await queries.insert_provisional_once(db, phone)
    if row is not None:
        await CONTRACTORS.created(db, [row])
        await emit(db, ContractorCreated.model_validate(row))


async def introduce(db: Db, contractor_id: UUID, full_name: str | None, event_text: str | None) -> None:
    """Take the name of someone who had none, and the event they speak of, where it is one of the present ones."""
    contractor = await queries.lock_active_contractor(db, contractor_id)
    if contractor is None:
        return
    if full_name and contractor.full_name is None:
        await CONTRACTORS.write(db, contractor, {"full_name": full_name, "provisional": False})
    if not event_text:
        return
    event_id = await queries.find_event_called(db, event_text, alike=ALIKE, today=db.now.date(), within=SOON)
    if event_id is not None and (event_id, contractor_id) not in await queries.find_parts(db, [contractor_id]):
        told = {"event_id": event_id, "contractor_id": contractor_id, "full_name": contractor.full_name}
        await ATTENDEES.create(db, operator_of(contractor.account_id), told)
