"""What the provider says about a message: kept as a log; the message's status only rises."""

import logging
from uuid import UUID

from services.messaging.delivery.models import DeliveryUpdate
from services.messaging.inbound.forms import Status
from services.messaging.messages import facts
from services.messaging.messages.models import Message
from services.messaging.messages.queries import lock_message
from services.messaging.messages.rules import rises, status_of_twilio
from services.messaging.messages.use_cases import fail, record_sent
from shared.bus.outbox import emit
from shared.db.database import Db
from shared.errors import NotFound

log = logging.getLogger(__name__)


async def record_status(db: Db, message_id: UUID, told: Status) -> None:
    """Unknown messages are ignored. A callback may come before the provider's answer did, and settles a doubt."""
    try:
        message, _ = await lock_message(db, message_id)
    except NotFound:
        log.warning("a status for a message nobody knows")
        return
    if message.direction != "outbound":
        return
    raised = False
    if message.provider_sid in (None, told.sid):
        raised = await _follow(db, message, told)
    else:
        log.error("the provider tells of a second message for one of ours", extra={"sid": told.sid})
    db.add(
        DeliveryUpdate(
            message_id=message.id,
            provider_sid=told.sid,
            provider_status=told.status,
            error_code=told.error_code,
            raised=raised,
        )
    )


async def _follow(db: Db, message: Message, told: Status) -> bool:
    status = status_of_twilio(told.status)
    if status is None or not rises(message.status, status):
        return False
    await record_sent(db, message, told.sid)
    if status == "failed":
        await fail(db, message, f"Twilio: {told.status}", told.error_code)
    elif status != "sent":
        message.status = status
        message.delivered_at = message.delivered_at or db.now
        await emit(db, facts.status_changed(message, db.now))
    return True
