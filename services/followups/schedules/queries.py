"""Statements about schedules: those over HTTP, and the one lock that every feature takes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select

from services.followups.schedules.errors import ScheduleNotFound
from services.followups.schedules.models import FollowupSchedule
from shared.db.database import Db


async def get_schedule(db: Db, schedule_id: UUID) -> FollowupSchedule:
    return _found(await db.scalar(select(FollowupSchedule).where(FollowupSchedule.id == schedule_id)))


async def lock_schedule(db: Db, schedule_id: UUID) -> FollowupSchedule:
    statement = select(FollowupSchedule).where(FollowupSchedule.id == schedule_id).with_for_update()
    return _found(await db.scalar(statement, execution_options={"populate_existing": True}))


async def lock_schedules(db: Db, *conditions: object) -> Sequence[FollowupSchedule]:
    """In the order of ids, as they are now, whatever this transaction read before."""
    statement = select(FollowupSchedule).where(*conditions)  # type: ignore[arg-type]
    locked = statement.order_by(FollowupSchedule.id).with_for_update().execution_options(populate_existing=True)
    return (await db.scalars(locked)).all()


def _found(row: FollowupSchedule | None) -> FollowupSchedule:
    if row is None:
        raise ScheduleNotFound("There is no such follow-up.")
    return row


def list_schedules(
    *, equal: dict[str, Any], statuses: Sequence[str], due_before: datetime | None
) -> Select[FollowupSchedule]:
    """`equal` by column name; what is None there does not count."""
    statement = select(FollowupSchedule).where(
        *(getattr(FollowupSchedule, name) == value for name, value in equal.items() if value is not None)
    )
    if len(statuses) == 1:
        statement = statement.where(FollowupSchedule.status == statuses[0])
    elif statuses:
        statement = statement.where(FollowupSchedule.status.in_(statuses))
    return statement if due_before is None else statement.where(FollowupSchedule.scheduled_time < due_before)


async def count_by_contractor(db: Db, event_id: UUID) -> Sequence[Row[UUID, int, int]]:
    """Check-ins of an event: how many went to each person, and how many were answered."""
    statement = (
        select(
            FollowupSchedule.contractor_id,
            func.count().filter(FollowupSchedule.sent_at.is_not(None)).label("check_ins_sent"),
            func.count().filter(FollowupSchedule.response_received_at.is_not(None)).label("answered"),
        )
        .where(FollowupSchedule.event_id == event_id)
        .group_by(FollowupSchedule.contractor_id)
        .order_by(FollowupSchedule.contractor_id)
    )
    return (await db.execute(statement)).all()


async def list_waiting_until(db: Db, contractor_id: UUID, until: datetime) -> Sequence[FollowupSchedule]:
    """What will be due for a person when the dispatcher looks at `until`."""
    statement = (
        select(FollowupSchedule)
        .where(
            FollowupSchedule.contractor_id == contractor_id,
            FollowupSchedule.status == "scheduled",
            FollowupSchedule.handed_over_at.is_(None),
            FollowupSchedule.send_at <= until,
        )
        .order_by(FollowupSchedule.scheduled_time, FollowupSchedule.id)
    )
    return (await db.scalars(statement)).all()
