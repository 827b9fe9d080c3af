"""What the provider says about a message: kept as a log; the message's status only rises."""

import logging
from uuid import UUID

from services.messaging.delivery import queries
from services.messaging.inbound.forms import Status
from services.messaging.messages.rules import status_of_twilio, statuses_below
from shared.db.database import Database

log = logging.getLogger(__name__)


async def record_status(database: Database, account_id: UUID, message_id: UUID, told: Status) -> None:
    """Unknown messages are ignored. A callback may come before the provider's answer did, and settles a doubt."""
    status = status_of_twilio(told.status)
    outcome = await queries.follow_provider(
        database,
        account_id,
        message_id,
        sid=told.sid,
        told=told.status,
        status=status,
        below=statuses_below(status) if status else [],
        error_code=told.error_code,
        reason=f"Twilio: {told.status}" if status == "failed" else None,
    )
    if outcome == "other_sid":
        log.error("the provider tells of a second message for one of ours", extra={"sid": told.sid})


async def record_sent(database: Database, account_id: UUID, message_id: UUID, sid: str) -> None:
    """The provider has it: told once, whoever learns it first."""
    await queries.follow_provider(
        database, account_id, message_id, sid=sid, status="sent", below=statuses_below("sent")
    )
