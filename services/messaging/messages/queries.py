"""Statements about messages that more than one part of messaging needs."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select

from services.messaging.conversations.models import Conversation
from services.messaging.messages.models import Message
from shared.db.database import Db
from shared.errors import NotFound

# Wanted, and the provider was not asked yet: such a message can still be taken back.
UNSENT: ColumnElement[bool] = and_(
    Message.status == "pending",
    Message.direction == "outbound",
    Message.calling_at.is_(None),
    Message.verify.is_(False),
)


async def lock_message(db: Db, message_id: UUID) -> tuple[Message, Conversation | None]:
    """Conversation first, then message: everybody who emits about a conversation holds its row. Raises NotFound."""
    owner = select(Message.conversation_id).where(Message.account_id == db.account_id, Message.id == message_id)
    conversation = await db.scalar(
        select(Conversation)
        .where(Conversation.account_id == db.account_id, Conversation.id == owner.scalar_subquery())
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    message = await db.scalar(
        select(Message)
        .where(Message.account_id == db.account_id, Message.id == message_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if message is None:
        raise NotFound("There is no such message.")
    return message, conversation


async def lock_unsent(db: Db, *conditions: ColumnElement[bool]) -> Sequence[Message]:
    """The unsent messages that meet `conditions`, locked; their conversations must be locked already."""
    statement = (
        select(Message)
        .where(Message.account_id == db.account_id, UNSENT, *conditions)
        .order_by(Message.seq)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await db.scalars(statement)).all()


async def get_message(db: Db, message_id: UUID) -> Message:
    message = await db.scalar(select(Message).where(Message.account_id == db.account_id, Message.id == message_id))
    if message is None:
        raise NotFound("There is no such message.")
    return message


def filtered(db: Db, **wanted: Any) -> Select[Message]:
    """Messages whose columns have the values that are not None."""
    conditions = [getattr(Message, name) == value for name, value in wanted.items() if value is not None]
    return select(Message).where(Message.account_id == db.account_id, *conditions)
