"""Every statement about promises and their audit rows."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, case, func, select, text, update

from services.actions.action_items.errors import ActionItemNotFound
from services.actions.action_items.models import OPEN_STATUSES, ActionItem, ActionItemUpdate
from services.actions.notes.models import EventNote
from shared.db.database import Db

FOLLOWUP_DAYS = 3


async def get_item(db: Db, item_id: UUID) -> ActionItem:
    return _found(await db.scalar(select(ActionItem).where(ActionItem.id == item_id)))


async def lock_item(db: Db, item_id: UUID) -> ActionItem:
    statement = select(ActionItem).where(ActionItem.id == item_id).with_for_update()
    return _found(await db.scalar(statement, execution_options={"populate_existing": True}))


def _found(item: ActionItem | None) -> ActionItem:
    if item is None:
        raise ActionItemNotFound("There is no such action item.")
    return item


async def find_note_text(db: Db, note_id: UUID | None) -> str | None:
    if note_id is None:
        return None
    statement = select(EventNote.note_text).where(EventNote.id == note_id, EventNote.deleted_at.is_(None))
    found: str | None = await db.scalar(statement)
    return found


async def lock_items_of_note(db: Db, note_id: UUID) -> None:
    """Items are locked before their note, always, so that nobody waits for each other."""
    await db.execute(
        select(ActionItem.id).where(ActionItem.related_note_id == note_id).order_by(ActionItem.id).with_for_update()
    )


async def items_of_note(db: Db, note_id: UUID) -> Sequence[ActionItem]:
    statement = select(ActionItem).where(ActionItem.related_note_id == note_id).order_by(ActionItem.id)
    return (await db.scalars(statement, execution_options={"populate_existing": True})).all()


async def reword_items_of_note(db: Db, note_id: UUID, said: str, says: str | None) -> list[tuple[ActionItem, bool]]:
    """As they read now, each with a new `row_version`, and whether its description was the note's words, which it follows."""
    theirs = ActionItem.related_note_id == note_id
    quoting = select(ActionItem.id).where(theirs, ActionItem.description == said)
    reworded = set((await db.scalars(quoting)).all())
    description = case((ActionItem.description == said, says), else_=ActionItem.description)
    touched = update(ActionItem).where(theirs).values(description=description, updated_at=func.app_clock())
    await db.execute(touched, execution_options={"synchronize_session": False})
    statement = select(ActionItem).where(theirs).order_by(ActionItem.id)
    items = (await db.scalars(statement, execution_options={"populate_existing": True})).all()
    return [(item, item.id in reworded) for item in items]


async def count_of_note(db: Db, note_id: UUID) -> tuple[int, int]:
    """How many items of the note are open, and how many completed."""
    is_open = func.count().filter(ActionItem.status.in_(OPEN_STATUSES))
    is_completed = func.count().filter(ActionItem.status == "completed")
    row = (await db.execute(select(is_open, is_completed).where(ActionItem.related_note_id == note_id))).one()
    return row[0], row[1]


def pending_items(contractor_id: UUID) -> Select[ActionItem]:
    """Document 000: a contractor's pending actions, ordered by priority."""
    return (
        select(ActionItem)
        .where(ActionItem.contractor_id == contractor_id, ActionItem.status == "pending")
        .order_by(ActionItem.priority, ActionItem.due_sort)
    )


def requiring_followup(contractor_id: UUID, today: date, zone: ZoneInfo) -> Select[Any, Any]:
    """Document 000: pending and due within three days of the contractor's own `today`, with what the note said."""
    day_after = today + timedelta(days=FOLLOWUP_DAYS + 1)
    return (
        select(ActionItem, EventNote.extracted_entities)
        .outerjoin(
            EventNote,
            (EventNote.account_id == ActionItem.account_id)
            & (EventNote.id == ActionItem.related_note_id)
            & EventNote.deleted_at.is_(None),
        )
        .where(
            ActionItem.contractor_id == contractor_id,
            ActionItem.status == "pending",
            ActionItem.due_date < datetime(day_after.year, day_after.month, day_after.day, tzinfo=zone),
        )
        .order_by(ActionItem.due_date, ActionItem.id)
        .limit(200)
    )


async def list_requiring_followup(db: Db, contractor_id: UUID, today: date, zone: ZoneInfo) -> list[Row[Any, Any]]:
    return list((await db.execute(requiring_followup(contractor_id, today, zone))).all())


def list_items(
    equal: Mapping[str, Any], statuses: Sequence[str], due_from: datetime | None, due_before: datetime | None
) -> Select[ActionItem]:
    """`equal` by column name; what is None there does not count."""
    statement = select(ActionItem).where(
        *(getattr(ActionItem, name) == value for name, value in equal.items() if value is not None)
    )
    if statuses:
        statement = statement.where(ActionItem.status.in_(statuses))
    if due_from is not None:
        statement = statement.where(ActionItem.due_date >= due_from)
    return statement if due_before is None else statement.where(ActionItem.due_date < due_before)


def counts_of_event(event_id: UUID, now: datetime) -> Select[UUID, int, int, int]:
    """promises (whatever was not called off), kept and overdue by contractor."""
    is_overdue = ActionItem.status.in_(OPEN_STATUSES) & (ActionItem.due_date < now)
    return (
        select(
            ActionItem.contractor_id,
            func.count().filter(ActionItem.status != "cancelled").label("promises"),
            func.count().filter(ActionItem.status == "completed").label("kept"),
            func.count().filter(is_overdue).label("overdue"),
        )
        .where(ActionItem.event_id == event_id)
        .group_by(ActionItem.contractor_id)
    )


def list_updates(item_id: UUID) -> Select[ActionItemUpdate]:
    return select(ActionItemUpdate).where(ActionItemUpdate.action_item_id == item_id)


async def zone_name_of(db: Db, contractor_id: UUID) -> str | None:
    """The contractor's own time zone, else the account's."""
    found: str | None = await db.scalar(
        text(
            "SELECT coalesce((SELECT time_zone FROM contractors WHERE account_id = app_account_id() AND id = :id),"
            " (SELECT time_zone FROM accounts WHERE account_id = app_account_id() AND id = app_account_id()))"
        ),
        {"id": contractor_id},
    )
    return found
