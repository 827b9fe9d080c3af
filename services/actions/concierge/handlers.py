"""Which domain events move the concierge."""

from collections.abc import Awaitable, Callable
from typing import Any

from services.actions.concierge import queries, use_cases
from services.actions.replicas.models import Contractor
from shared.bus.replicas import ensure_placeholders
from shared.contracts.base import Message
from shared.contracts.directory import ContractorCreated, ContractorState, ContractorUpdated
from shared.contracts.messaging import ConversationUpdated, MessageReceived, MessageSent
from shared.db.database import Db

Handlers = dict[type[Message], Callable[[Db, Any], Awaitable[None]]]


def handlers(burst_seconds: float) -> Handlers:
    async def on_message_received(db: Db, event: MessageReceived) -> None:
        if event.handler != "actions":
            return
        await ensure_placeholders(db, Contractor, [event.contractor_id])
        await use_cases.take_in(db, event, burst_seconds)

    return {
        MessageReceived: on_message_received,
        MessageSent: on_message_sent,
        ContractorCreated: on_contractor,
        ContractorUpdated: on_contractor,
        ConversationUpdated: on_conversation_updated,
    }


async def on_message_sent(db: Db, event: MessageSent) -> None:
    await queries.insert_message_once(
        db,
        message_id=event.message_id,
        conversation_id=event.conversation_id,
        contractor_id=event.contractor_id,
        direction="outbound",
        purpose=event.purpose,
        body=event.body,
        at=event.sent_at,
        origin=event.origin.model_dump(mode="json"),
    )


async def on_contractor(db: Db, event: ContractorState) -> None:
    await use_cases.adopt_stranger(db, event.id, event.phone)


async def on_conversation_updated(db: Db, event: ConversationUpdated) -> None:
    await queries.set_mode(db, event.conversation_id, event.mode, event.conversation_epoch)
