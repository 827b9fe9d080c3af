"""The statements of sending."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from services.messaging.contractors.models import Contractor
from services.messaging.messages.models import Message
from shared.db.database import Db
from shared.db.jobs import Queue

# A text waits for the earlier ones of its conversation, but not for those that are not due yet.
_DUE = "({0}.not_before IS NULL OR {0}.not_before <= app_clock() OR {0}.expires_at <= app_clock())"
TO_SEND = Queue(
    "messages",
    ready=(
        f"status = 'pending' AND {_DUE.format('messages')}"
        " AND NOT EXISTS (SELECT FROM messages earlier WHERE earlier.account_id = messages.account_id"
        " AND earlier.conversation_id = messages.conversation_id AND earlier.status = 'pending'"
        f" AND earlier.seq < messages.seq AND {_DUE.format('earlier')})"
    ),
    dead="status = 'failed'",
    max_attempts=20,
    backoff_limit=30,
)
IN_DOUBT = Queue("messages", ready="status = 'in_doubt'", max_attempts=1_000, backoff_limit=30)


async def insert_message_once(db: Db, values: Mapping[str, Any]) -> UUID | None:
    """None when a message with this `message_key` exists: the command came twice."""
    statement = insert(Message).values(account_id=db.account_id, **values)
    once = statement.on_conflict_do_nothing(index_elements=["account_id", "message_key"]).returning(Message.id)
    found: UUID | None = await db.scalar(once)
    return found


async def find_contractor(db: Db, contractor_id: UUID | None) -> Contractor | None:
    if contractor_id is None:
        return None
    statement = select(Contractor).where(Contractor.account_id == db.account_id, Contractor.id == contractor_id)
    return await db.scalar(statement)


async def find_unsent_by_key(db: Db, message_key: str) -> Message | None:
    """Not locked."""
    statement = select(Message).where(Message.account_id == db.account_id, Message.message_key == message_key)
    return await db.scalar(statement)


async def exists_key(db: Db, message_key: str) -> bool:
    return await find_unsent_by_key(db, message_key) is not None


async def real_now(db: Db) -> Any:
    """The real clock: leases, backoff and the provider's times are told by it."""
    return await db.scalar(select(func.clock_timestamp()))


async def sids_taken(db: Db, sids: list[str]) -> set[str]:
    """Those that belong to a message of ours already."""
    statement = select(Message.provider_sid).where(Message.account_id == db.account_id, Message.provider_sid.in_(sids))
    return {sid for sid in (await db.scalars(statement)).all() if sid is not None}


def postpone(message: Message, seconds: float, reason: str | None = None) -> None:
    """Free for the next claim, not before `seconds` from now by the real clock."""
    message.leased_until = None
    message.failure_reason = reason
    message.run_after = func.clock_timestamp() + timedelta(seconds=seconds)
