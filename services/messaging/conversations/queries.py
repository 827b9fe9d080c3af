"""Every statement about conversations."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select, update

from services.messaging.conversations.models import Conversation
from services.messaging.messages.models import Message
from shared.db.database import Db
from shared.errors import NotFound


async def lock_conversation(db: Db, conversation_id: UUID) -> Conversation:
    statement = select(Conversation).where(Conversation.account_id == db.account_id, Conversation.id == conversation_id)
    locked = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    conversation = await db.scalar(locked)
    if conversation is None:
        raise NotFound("There is no such conversation.")
    return conversation


async def get_conversation(db: Db, conversation_id: UUID) -> Conversation:
    statement = select(Conversation).where(Conversation.account_id == db.account_id, Conversation.id == conversation_id)
    conversation = await db.scalar(statement)
    if conversation is None:
        raise NotFound("There is no such conversation.")
    return conversation


async def link_contractor(db: Db, contractor_id: UUID, phone: str | None) -> Sequence[UUID]:
    """Conversations at `phone` are this contractor's, and no others; returns those that became so."""
    mine = Conversation.contractor_id == contractor_id
    at_phone = Conversation.address == phone
    own = Conversation.account_id == db.account_id
    options = {"synchronize_session": False}
    await db.execute(
        update(Conversation)
        .where(own, mine, Conversation.channel == "sms", ~at_phone if phone else mine)
        .values(contractor_id=None)
        .execution_options(**options)
    )
    if phone is None:
        return []
    linked = await db.scalars(
        update(Conversation)
        .where(own, at_phone, Conversation.contractor_id.is_distinct_from(contractor_id))
        .values(contractor_id=contractor_id)
        .returning(Conversation.id)
        .execution_options(**options)
    )
    conversation_ids = linked.all()
    if conversation_ids:
        await db.execute(
            update(Message)
            .where(
                Message.account_id == db.account_id,
                Message.conversation_id.in_(conversation_ids),
                Message.contractor_id.is_(None),
            )
            .values(contractor_id=contractor_id)
            .execution_options(**options)
        )
    return conversation_ids


def filtered(db: Db, **wanted: object) -> Select[Conversation]:
    conditions = [getattr(Conversation, name) == value for name, value in wanted.items() if value is not None]
    return select(Conversation).where(Conversation.account_id == db.account_id, *conditions)
