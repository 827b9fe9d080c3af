"""How a message that never reached the provider ends."""

from services.messaging.messages import facts
from services.messaging.messages.models import Message
from services.messaging.messages.rules import rises
from services.messaging.questions import queries as questions
from shared.bus.outbox import emit
from shared.db.database import Db

_STATUS_OF = {"expired": "expired", "cancelled": "cancelled", "suppressed": "suppressed", "taken_over": "cancelled"}


async def end_unsent(db: Db, message: Message, reason: str) -> None:
    """expired, cancelled, suppressed, taken_over or unroutable: its owner is told, and plans anew where that makes sense."""
    message.status = _STATUS_OF.get(reason, "failed")
    message.failure_reason, message.ended_at = reason, db.now
    message.leased_until = message.calling_at = None
    message.verify = False
    await questions.close_of_message(db, message.id)
    await emit(db, facts.expired(message, reason, db.now))


async def fail(db: Db, message: Message, reason: str, error_code: int | None = None) -> None:
    """The provider refused it for good, or would."""
    if not rises(message.status, "failed"):
        return
    message.status, message.failure_reason, message.error_code = "failed", reason[:500], error_code
    message.ended_at, message.leased_until, message.calling_at, message.verify = db.now, None, None, False
    await questions.close_of_message(db, message.id)
    await emit(db, facts.status_changed(message, db.now))
