"""Staff takes a conversation over, answers, and hands it back."""

from datetime import timedelta
from uuid import UUID

from services.messaging.conversations import queries
from services.messaging.conversations.models import Conversation
from services.messaging.messages import queries as messages
from services.messaging.messages.models import Message
from services.messaging.messages.use_cases import end_unsent
from services.messaging.sending.rules import is_taken_over
from shared.bus.outbox import emit
from shared.contracts.messaging import ConversationUpdated
from shared.db.database import Db
from shared.http.auth import Caller
from shared.ids import uuid7
from shared.text.segments import count_segments

REPLY_TIME = timedelta(hours=24)


async def take_over(db: Db, caller: Caller, conversation_id: UUID) -> Conversation:
    """The concierge falls silent: what it has not sent is cancelled, what it still thinks of belongs to an older epoch."""
    talk = await queries.lock_conversation(db, conversation_id)
    if talk.mode == "staff":
        talk.taken_over_by = caller.user_id
        await db.flush()
        return talk
    talk.mode, talk.conversation_epoch = "staff", talk.conversation_epoch + 1
    talk.taken_over_by, talk.taken_over_at = caller.user_id, db.now
    for message in await messages.lock_unsent(db, Message.conversation_id == talk.id):
        if is_taken_over(message.purpose or "", message.conversation_epoch, talk.conversation_epoch, True):
            await end_unsent(db, message, "taken_over")
    await _tell(db, talk)
    return talk


async def hand_back(db: Db, conversation_id: UUID) -> Conversation:
    talk = await queries.lock_conversation(db, conversation_id)
    if talk.mode == "staff":
        talk.mode, talk.taken_over_by, talk.taken_over_at = "concierge", None, None
        await _tell(db, talk)
    return talk


async def _tell(db: Db, talk: Conversation) -> None:
    await db.flush()
    told = {
        "conversation_id": talk.id,
        "contractor_id": talk.contractor_id,
        "mode": talk.mode,
        "conversation_epoch": talk.conversation_epoch,
    }
    await emit(db, ConversationUpdated.model_validate(told))


async def reply(db: Db, caller: Caller, conversation_id: UUID, body: str) -> Message:
    """A text of staff goes the way of every text."""
    talk = await queries.lock_conversation(db, conversation_id)
    message_id = uuid7()
    message = Message(
        id=message_id,
        conversation_id=talk.id,
        contractor_id=talk.contractor_id,
        direction="outbound",
        status="pending",
        channel=talk.channel,
        body=body,
        address=talk.address,
        our_address=talk.our_address,
        message_key=f"messaging:{message_id}",
        purpose="staff",
        origin_service="messaging",
        origin_type="user" if caller.user_id else "api_key",
        origin_id=caller.user_id or message_id,
        expires_at=db.now + REPLY_TIME,
        segments=count_segments(body),
    )
    db.add(message)
    await db.flush()
    await db.notify("messages")
    return message
