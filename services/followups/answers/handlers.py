"""Which messages of messaging and actions tell what became of a check-in."""

from services.followups.answers import use_cases
from services.followups.planning.people import resume_contractor
from services.followups.replicas import queries as replicas
from shared.bus.subscription import Handler, Only
from shared.contracts.actions import ReplyInterpreted
from shared.contracts.base import Message
from shared.contracts.messaging import MessageExpired, MessageSent, MessageStatusChanged, SuppressionChanged
from shared.db.database import Db


def is_ours(event: MessageSent | MessageExpired) -> bool:
    return event.origin.service == "followups"


def is_our_failure(event: MessageStatusChanged) -> bool:
    return event.origin.service == "followups" and event.status == "failed"


async def on_message_sent(db: Db, event: MessageSent) -> None:
    await use_cases.record_sent(db, event.message_key, event.message_id, event.sent_at)


async def on_message_status_changed(db: Db, event: MessageStatusChanged) -> None:
    await use_cases.record_not_sent(db, event.message_key, event.message_id, event.reason or "failed")


async def on_message_expired(db: Db, event: MessageExpired) -> None:
    await use_cases.record_not_sent(db, event.message_key, event.message_id, event.reason)


async def on_reply_interpreted(db: Db, event: ReplyInterpreted) -> None:
    await use_cases.take_reply(db, event)


async def on_suppression_changed(db: Db, event: SuppressionChanged) -> None:
    if not await replicas.record_suppression(db, event) or event.channel != "sms" or event.scope != "everything":
        return
    people = await replicas.contractors_at(db, event.address)
    if event.active:
        await use_cases.end_for_opted_out(db, people)
    else:
        for contractor_id in people:
            await resume_contractor(db, contractor_id)


HANDLERS: dict[type[Message], Handler | Only] = {
    MessageSent: Only(is_ours, on_message_sent),
    MessageStatusChanged: Only(is_our_failure, on_message_status_changed),
    MessageExpired: Only(is_ours, on_message_expired),
    ReplyInterpreted: on_reply_interpreted,
    SuppressionChanged: on_suppression_changed,
}
