"""Every statement about other services' rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from services.followups.replicas.models import (
    OPEN_STATUSES,
    Account,
    ActionItem,
    Attendee,
    Contractor,
    Event,
    Suppression,
)
from shared.contracts.messaging import SuppressionChanged, SuppressionSnapshot
from shared.db.database import Db

RowT = TypeVar("RowT", Contractor, Event, ActionItem)


async def find_account(db: Db) -> Account | None:
    return await db.get(Account, (db.account_id, db.account_id))


async def find_contractor(db: Db, contractor_id: UUID) -> Contractor | None:
    """As it is now, whatever this transaction read before."""
    return await db.get(Contractor, (db.account_id, contractor_id), populate_existing=True)


async def find_event(db: Db, event_id: UUID | None) -> Event | None:
    return None if event_id is None else await db.get(Event, (db.account_id, event_id), populate_existing=True)


async def find_item(db: Db, item_id: UUID | None) -> ActionItem | None:
    return None if item_id is None else await db.get(ActionItem, (db.account_id, item_id), populate_existing=True)


async def by_ids(db: Db, model: type[RowT], ids: Sequence[UUID]) -> dict[UUID, RowT]:
    rows = await db.scalars(select(model).where(model.id.in_(ids)).execution_options(populate_existing=True))
    return {row.id: row for row in rows}


async def open_items_of_contractor(db: Db, contractor_id: UUID) -> Sequence[ActionItem]:
    return await _open_items(db, ActionItem.contractor_id == contractor_id)


async def open_items_at_event(db: Db, event_id: UUID, contractor_id: UUID) -> Sequence[ActionItem]:
    return await _open_items(db, ActionItem.event_id == event_id, ActionItem.contractor_id == contractor_id)


async def _open_items(db: Db, *conditions: object) -> Sequence[ActionItem]:
    statement = select(ActionItem).where(
        *conditions,  # type: ignore[arg-type]
        ActionItem.status.in_(OPEN_STATUSES),
        ActionItem.deleted.is_(False),
    )
    return (await db.scalars(statement.order_by(ActionItem.id))).all()


async def attends(db: Db, event_id: UUID, contractor_id: UUID) -> bool:
    return event_id in await events_attended(db, contractor_id)


async def events_attended(db: Db, contractor_id: UUID) -> Sequence[UUID]:
    statement = select(Attendee.event_id).where(
        Attendee.contractor_id == contractor_id,
        Attendee.event_id.is_not(None),
        Attendee.deleted.is_(False),
        func.coalesce(Attendee.status, "") != "cancelled",
    )
    return [row for row in (await db.scalars(statement.distinct())).all() if row is not None]


async def suppressed_among(db: Db, contractor_ids: Sequence[UUID]) -> set[UUID]:
    """Those whose number must not be written to."""
    statement = (
        select(Contractor.id)
        .join(
            Suppression, (Suppression.account_id == Contractor.account_id) & (Suppression.address == Contractor.phone)
        )
        .where(
            Contractor.id.in_(contractor_ids),
            Suppression.channel == "sms",
            Suppression.scope == "everything",
            Suppression.active,
        )
    )
    return set((await db.scalars(statement)).all())


async def contractors_at(db: Db, address: str) -> Sequence[UUID]:
    return (await db.scalars(select(Contractor.id).where(Contractor.phone == address))).all()


async def record_suppression(db: Db, event: SuppressionChanged | SuppressionSnapshot) -> bool:
    """False when something newer is known of this address."""
    values = event.model_dump(include={"address", "channel", "scope", "active", "changed_at"})
    statement = insert(Suppression).values(account_id=db.account_id, **values)
    written = await db.scalar(
        statement.on_conflict_do_update(
            index_elements=["account_id", "address", "channel", "scope"],
            set_={"active": statement.excluded.active, "changed_at": statement.excluded.changed_at},
            where=Suppression.changed_at <= statement.excluded.changed_at,
        ).returning(Suppression.id)
    )
    return written is not None


@dataclass(frozen=True)
class Known:
    contractor: bool
    event: bool
    item_of: UUID | None


_KNOWN = text(
    "SELECT EXISTS (SELECT FROM contractors WHERE account_id = app_account_id() AND id = :contractor_id"
    " AND row_version > 0 AND NOT deleted AND status IS DISTINCT FROM 'archived') AS contractor,"
    " EXISTS (SELECT FROM events WHERE account_id = app_account_id() AND id = :event_id"
    " AND row_version > 0 AND NOT deleted) AS event,"
    " (SELECT contractor_id FROM action_items WHERE account_id = app_account_id() AND id = :item_id"
    " AND row_version > 0 AND NOT deleted) AS item_of"
)


async def known(db: Db, contractor_id: UUID, event_id: UUID | None, item_id: UUID | None) -> Known:
    """Which of these their owners have told us of."""
    ids = {"contractor_id": contractor_id, "event_id": event_id, "item_id": item_id}
    return Known(*(await db.execute(_KNOWN, ids)).one())
