"""Every statement about suppressions."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from services.messaging.consent.models import Suppression
from services.messaging.contractors.models import Contractor
from services.messaging.conversations.models import Conversation
from services.messaging.messages.models import Message
from shared.db.database import Db


async def list_active(db: Db, channel: str, address: str) -> Sequence[Suppression]:
    """The newest row of each scope, as far as it suppresses."""
    newest = (
        select(Suppression)
        .where(Suppression.account_id == db.account_id, Suppression.channel == channel, Suppression.address == address)
        .ext(distinct_on(Suppression.scope))
        .order_by(Suppression.scope, Suppression.seq.desc())
    )
    return [row for row in (await db.scalars(newest)).all() if row.active]


async def active_scopes(db: Db, channel: str, address: str) -> frozenset[str]:
    return frozenset(await db.scalar(select(func.active_scopes(channel, address))) or ())


async def lock_conversations(db: Db, channel: str, address: str) -> Sequence[Conversation]:
    """Everybody who leases a message to this address for sending locks its conversation first, and waits here."""
    statement = (
        select(Conversation)
        .where(
            Conversation.account_id == db.account_id, Conversation.channel == channel, Conversation.address == address
        )
        .order_by(Conversation.id)
        .with_for_update(key_share=True)
    )
    return (await db.scalars(statement)).all()


async def lock_address(db: Db, channel: str, address: str) -> None:
    """Where there is no conversation to lock. After conversations, never before: so nobody waits in a ring."""
    key = f"suppressions {db.account_id} {channel} {address}"
    await db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


async def find_contractor(db: Db, address: str) -> Contractor | None:
    statement = select(Contractor).where(
        Contractor.account_id == db.account_id, Contractor.phone == address, Contractor.deleted.is_(False)
    )
    return await db.scalar(statement.order_by(Contractor.id).limit(1))


async def find_text_from(db: Db, message_id: UUID, channel: str, address: str) -> Message | None:
    """What was said to us from this address."""
    statement = select(Message).where(
        Message.account_id == db.account_id,
        Message.id == message_id,
        Message.direction == "inbound",
        Message.channel == channel,
        Message.address == address,
    )
    return await db.scalar(statement)


def log_of(db: Db, address: str | None) -> Select[Suppression]:
    statement = select(Suppression).where(Suppression.account_id == db.account_id)
    return statement if address is None else statement.where(Suppression.address == address)


async def find_newest(db: Db, channel: str, address: str, scope: str) -> Suppression | None:
    statement = select(Suppression).where(
        Suppression.account_id == db.account_id,
        Suppression.channel == channel,
        Suppression.address == address,
        Suppression.scope == scope,
    )
    return await db.scalar(statement.order_by(Suppression.seq.desc()).limit(1))
