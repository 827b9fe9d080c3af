"""Every statement about conversations."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import insert

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


async def find_of_message(db: Db, message_id: UUID) -> Conversation | None:
    statement = (
        select(Conversation)
        .join(Message, (Message.account_id == Conversation.account_id) & (Message.conversation_id == Conversation.id))
        .where(Message.account_id == db.account_id, Message.id == message_id)
    )
    return await db.scalar(statement)


async def find_latest(db: Db, channel: str, address: str) -> Conversation | None:
    """Where this address was last talked with: the number a person knows us by."""
    statement = select(Conversation).where(
        Conversation.account_id == db.account_id, Conversation.channel == channel, Conversation.address == address
    )
    return await db.scalar(statement.order_by(Conversation.last_message_at.desc()).limit(1))


async def open_conversation(
    db: Db, channel: str, our_address: str, address: str, contractor_id: UUID | None, service: str
) -> Conversation:
    """The conversation of these two addresses, locked, made where there was none."""
    values = {
        "account_id": db.account_id,
        "channel": channel,
        "our_address": our_address,
        "address": address,
        "contractor_id": contractor_id,
        "last_service": service,
    }
    statement = insert(Conversation).values(values)
    upsert = statement.on_conflict_do_update(
        index_elements=["account_id", "channel", "our_address", "address"],
        set_={
            "contractor_id": func.coalesce(Conversation.contractor_id, statement.excluded.contractor_id),
            "last_service": statement.excluded.last_service,
            "last_message_at": func.app_clock(),
        },
    ).returning(Conversation)
    found = await db.scalars(upsert, execution_options={"populate_existing": True})
    return found.one()


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
