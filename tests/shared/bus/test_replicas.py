"""What is gone stays gone in a replica, until its owner brings it back."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from services.followups.replicas.handlers import REPLICAS
from services.followups.replicas.models import Contractor
from shared.contracts.directory import (
    ContractorCreated,
    ContractorDeleted,
    ContractorSnapshot,
    ContractorState,
    ContractorUpdated,
)
from shared.db.database import Database, Tenant
from shared.ids import uuid7
from tests.conftest import Urls


async def deleted_after(database: Database, account_id: UUID, *events: ContractorState) -> list[bool]:
    """Whether the replica says so, after each event."""
    found = []
    for event in events:
        async with database.begin(Tenant(account_id)) as db:
            await REPLICAS[type(event)](db, event)
        async with database.begin(Tenant(account_id)) as db:
            row = await db.get(Contractor, (account_id, event.id))
            assert row is not None
            found.append(row.deleted)
    return found


async def test_what_is_told_of_an_archived_row_does_not_bring_it_back(
    database_of: Callable[[str], Awaitable[Urls]], account_id: UUID
) -> None:
    database = (await database_of("followups")).database("app")
    contractor_id = uuid7()
    try:
        found = await deleted_after(
            database,
            account_id,
            ContractorCreated(id=contractor_id, row_version=1),
            ContractorDeleted(id=contractor_id, row_version=2, status="archived"),
            ContractorUpdated(id=contractor_id, row_version=3, status="archived"),
            ContractorSnapshot(id=contractor_id, row_version=4, status="archived"),
            ContractorUpdated(id=contractor_id, row_version=5, status="active"),
            ContractorDeleted(id=contractor_id, row_version=6),
        )
        assert found == [False, True, True, True, False, True]
        emptied = await deleted_after(
            database, account_id, ContractorSnapshot(id=uuid7(), row_version=4, status="archived")
        )
        assert emptied == [True]
    finally:
        await database.close()
