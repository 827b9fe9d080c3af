"""The statements of sending."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.messaging.contractors.models import Contractor
from services.messaging.messages.models import Message
from shared.contracts.messaging import SendRequested
from shared.db.database import Db
from shared.db.jobs import Lease, Queue
from shared.ids import uuid7

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
    max_attempts=20,
    backoff_limit=30,
)
IN_DOUBT = Queue("messages", ready="status = 'in_doubt'", notified=False, max_attempts=1_000, backoff_limit=30)


_ACCEPT = "SELECT accept_message($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
_LOCK_TALK = """
SELECT 1 FROM conversations WHERE account_id = $1
AND id = (SELECT conversation_id FROM messages WHERE account_id = $1 AND id = $2) FOR NO KEY UPDATE
"""
# A statement of its own, so that it sees what was committed while the conversation's lock was waited for.
_DUE_MESSAGE = """
SELECT m.id, m.conversation_id, m.purpose, m.body, m.address, m.our_address, m.in_reply_to_message_id, m.expires_at,
    m.not_before, m.conversation_epoch, m.calling_at, m.verify, m.counted_on, m.slot_at, m.question IS NOT NULL AS asks,
    m.time_zone AS planned_zone, c.conversation_epoch AS current_epoch, c.mode, c.last_received_at, p.time_zone,
    n.active IS TRUE AS from_active, n.segments_per_second, n.daily_limit, n.max_segments_per_second, n.max_daily_limit,
    active_scopes(m.channel, m.address) AS scopes
FROM messages m
LEFT JOIN conversations c ON c.account_id = m.account_id AND c.id = m.conversation_id
LEFT JOIN contractors p ON p.account_id = m.account_id AND p.id = coalesce(m.contractor_id, c.contractor_id)
LEFT JOIN sender_numbers n ON n.account_id = m.account_id AND n.number = m.our_address
WHERE m.account_id = $1 AND m.id = $2 AND m.fence = $3 AND m.status = 'pending' FOR NO KEY UPDATE OF m
"""
_BEGIN = "SELECT begin_call($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"


@dataclass(frozen=True)
class Due:
    """A leased message and what decides about it."""

    id: UUID
    conversation_id: UUID | None
    purpose: str
    body: str
    address: str
    our_address: str
    in_reply_to_message_id: UUID | None
    expires_at: datetime
    not_before: datetime | None
    conversation_epoch: int | None
    calling_at: datetime | None
    verify: bool
    counted_on: date | None
    slot_at: datetime | None
    asks: bool
    planned_zone: str | None
    current_epoch: int
    mode: str
    last_received_at: datetime | None
    time_zone: str | None
    from_active: bool
    segments_per_second: float | None
    daily_limit: int | None
    max_segments_per_second: float | None
    max_daily_limit: int | None
    scopes: list[str]


async def accept_message(db: Db, command: SendRequested, address: str | None, segments: int) -> bool:
    """False when a message with this `message_key` exists: the command came twice."""
    origin, question = command.origin, command.question
    made: bool = await db.raw.fetchval(
        _ACCEPT,
        *(uuid7(), command.message_key, command.channel, address, command.contractor_id),
        *(command.in_reply_to_message_id, command.purpose, command.body, origin.service, origin.type, origin.id),
        question.model_dump_json() if question else None,
        *(command.conversation_epoch, command.not_before, command.expires_at, segments, command.time_zone),
    )
    return made


async def lock_due(db: Db, lease: Lease) -> Due | None:
    """Conversation first, then message; None when another has the lease, or it is pending no more."""
    raw = db.raw
    await raw.execute(_LOCK_TALK, lease.account_id, lease.id)
    row = await raw.fetchrow(_DUE_MESSAGE, lease.account_id, lease.id, lease.fence)
    return None if row is None else Due(**dict(row))


async def begin_call(db: Db, due: Due, body: str, *, cost: int, rate: float, day_limit: int) -> str:
    """`go`, `day`, `wait` or `late`: see migrations/sending.sql."""
    today = db.now.astimezone(UTC).date()
    counts = due.purpose != "consent" and due.counted_on != today
    verdict: str = await db.raw.fetchval(
        _BEGIN,
        *(due.id, due.our_address, body, float(cost), rate, day_limit, counts, today, due.slot_at, due.expires_at),
    )
    return verdict


async def place_conversation(db: Db, message: Message) -> Any:
    """Its row, locked, or None while nobody knows where this person is."""
    return await db.raw.fetchrow(
        "SELECT id, address, our_address FROM place_conversation($1, $2, $3, NULL)",
        *(message.channel, message.address, message.contractor_id),
    )


async def has_phone(db: Db, contractor_id: UUID | None) -> bool:
    statement = select(Contractor.phone).where(
        Contractor.account_id == db.account_id, Contractor.id == contractor_id, Contractor.deleted.is_(False)
    )
    return await db.scalar(statement) is not None


async def find_unsent_by_key(db: Db, message_key: str) -> Message | None:
    """Not locked."""
    statement = select(Message).where(Message.account_id == db.account_id, Message.message_key == message_key)
    return await db.scalar(statement)


async def real_now(db: Db) -> Any:
    """The real clock: leases, backoff and the provider's times are told by it."""
    return await db.scalar(select(func.clock_timestamp()))


async def sids_taken(db: Db, sids: list[str]) -> set[str]:
    """Those that belong to a message of ours already."""
    statement = select(Message.provider_sid).where(Message.account_id == db.account_id, Message.provider_sid.in_(sids))
    return {sid for sid in (await db.scalars(statement)).all() if sid is not None}


async def count_rivals(db: Db, message: Message, asked_after: datetime, asked_before: datetime) -> int:
    """Other messages with the same ends and words whose fate is unknown, asked for in that time."""
    statement = select(func.count()).where(
        Message.account_id == db.account_id,
        Message.conversation_id == message.conversation_id,
        Message.id != message.id,
        Message.body == message.body,
        Message.status.in_(("pending", "in_doubt")),
        Message.calling_at >= asked_after,
        Message.asked_at <= asked_before,
    )
    return await db.scalar(statement) or 0


def postpone(message: Message, seconds: float, reason: str | None = None) -> None:
    """Free for the next claim, not before `seconds` from now by the real clock."""
    message.leased_until = None
    message.failure_reason = reason
    message.run_after = func.clock_timestamp() + timedelta(seconds=seconds)
