"""Every statement about messages and replies."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, text

from services.followups.schedules.models import FollowupSchedule
from services.followups.schedules.queries import lock_schedules
from shared.db.database import Db


async def lock_by_message(db: Db, message_key: str) -> Sequence[FollowupSchedule]:
    """The rows that a message speaks for."""
    return await lock_schedules(db, FollowupSchedule.message_key == message_key)


async def lock_asked(db: Db, contractor_id: UUID, schedule_id: UUID) -> Sequence[FollowupSchedule]:
    return await lock_schedules(
        db,
        FollowupSchedule.contractor_id == contractor_id,
        FollowupSchedule.id == schedule_id,
        FollowupSchedule.handed_over_at.is_not(None),
    )


async def lock_asked_together(db: Db, contractor_id: UUID, schedule_id: UUID) -> Sequence[FollowupSchedule]:
    """The row and those that share its message."""
    key = select(FollowupSchedule.message_key).where(FollowupSchedule.id == schedule_id).scalar_subquery()
    return await lock_schedules(
        db, FollowupSchedule.contractor_id == contractor_id, FollowupSchedule.message_key == key
    )


async def lock_last_asked(db: Db, contractor_id: UUID, action_item_id: UUID | None) -> Sequence[FollowupSchedule]:
    """What was last asked and not answered: about this promise, or about anything."""
    about = [FollowupSchedule.action_item_id == action_item_id] if action_item_id else []
    statement = (
        select(FollowupSchedule)
        .where(FollowupSchedule.contractor_id == contractor_id, FollowupSchedule.status == "sent", *about)
        .order_by(FollowupSchedule.sent_at.desc(), FollowupSchedule.id.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await db.scalars(statement)).all()


async def count_unanswered(db: Db, item_id: UUID) -> int:
    """Check-ins about a promise that are known to be sent, since the last one that was answered."""
    answered = (
        select(func.max(FollowupSchedule.response_received_at))
        .where(FollowupSchedule.action_item_id == item_id)
        .scalar_subquery()
    )
    statement = select(func.count()).where(
        FollowupSchedule.action_item_id == item_id,
        FollowupSchedule.status == "sent",
        FollowupSchedule.sent_at > func.coalesce(answered, text("'-infinity'::timestamptz")),
    )
    return await db.scalar(statement) or 0
