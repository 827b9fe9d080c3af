"""Learns from directory whose phone is whose."""

from services.messaging.contractors.models import Contractor
from services.messaging.conversations.queries import link_contractor
from shared.bus.replicas import replica
from shared.bus.subscription import Handler
from shared.contracts.base import Message
from shared.contracts.directory import (
    ContractorCreated,
    ContractorDeleted,
    ContractorSnapshot,
    ContractorState,
    ContractorUpdated,
)
from shared.db.database import Db


async def on_contractor_known(db: Db, event: ContractorState) -> None:
    """The replica has been brought up to date already; an older event than it holds links nothing."""
    row = await db.get(Contractor, (db.account_id, event.id))
    if row is not None and not row.deleted and row.row_version == event.row_version:
        await link_contractor(db, row.id, row.phone)
        await db.notify("messages")


async def on_contractor_deleted(db: Db, event: ContractorDeleted) -> None:
    """Their number is nobody's: whoever texts from it next is a stranger."""
    await link_contractor(db, event.id, None)


REPLICAS = replica(Contractor, ContractorCreated, ContractorUpdated, ContractorDeleted, ContractorSnapshot)
HANDLERS: dict[type[Message], Handler] = {
    ContractorCreated: on_contractor_known,
    ContractorUpdated: on_contractor_known,
    ContractorSnapshot: on_contractor_known,
    ContractorDeleted: on_contractor_deleted,
}
