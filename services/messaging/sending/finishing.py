"""The transactions after the provider was asked, or could not be: why it was not taken, or that nobody knows."""

from services.messaging.consent.use_cases import Why, suppress
from services.messaging.messages import facts
from services.messaging.messages.models import Message
from services.messaging.messages.queries import lock_message
from services.messaging.messages.use_cases import end_unsent, fail
from services.messaging.sending import queries
from services.messaging.sending.outcomes import (
    UNSUBSCRIBED,
    LookFirst,
    Outcome,
    Refused,
    TryLater,
    Unknown,
    Unsubscribed,
)
from shared.bus.outbox import emit
from shared.db.database import Db
from shared.db.jobs import Lease, LeaseLost

FIRST_LOOK_SECONDS = 2.0
MAX_BACKOFF_SECONDS = 30.0
MAX_RETRY_AFTER_SECONDS = 120.0
# The provider's bad days do not use up a message's attempts: they are for errors of our own.
_COUNTED = 6


async def finish(db: Db, lease: Lease, outcome: Outcome, verify_seconds: float) -> None:
    """Record why it was not taken, or that nobody knows."""
    message = await _lock(db, lease)
    match outcome:
        case Unknown(reason):
            await doubt(db, message, reason)
        case Unsubscribed():
            await _unsubscribe(db, message)
        case Refused(code, reason):
            await fail(db, message, reason, code)
        case TryLater(reason, seconds):
            _take_back(message)
            pause = max(min(0.5 * 2**lease.attempts, MAX_BACKOFF_SECONDS), min(seconds, MAX_RETRY_AFTER_SECONDS))
            _again(message, pause, reason)
        case LookFirst(reason):
            message.verify = True
            _again(message, verify_seconds, reason)


async def _lock(db: Db, lease: Lease) -> Message:
    message, _ = await lock_message(db, lease.id)
    if message.fence != lease.fence or message.status != "pending":
        raise LeaseLost
    return message


def _take_back(message: Message) -> None:
    """This time nothing was taken; an earlier time it may have been."""
    if message.asked_at == message.calling_at:
        message.asked_at = None
    message.calling_at = None


def _again(message: Message, seconds: float, reason: str) -> None:
    message.attempts = min(message.attempts, _COUNTED)
    queries.postpone(message, seconds, reason)


async def _unsubscribe(db: Db, message: Message) -> None:
    message.calling_at, message.error_code = None, UNSUBSCRIBED
    assert message.address is not None
    why = Why(f"Twilio: unsubscribed ({UNSUBSCRIBED})", by_provider=True)
    await suppress(db, message.channel, message.address, "everything", why)
    if message.status == "pending":
        await end_unsent(db, message, "suppressed")


async def doubt(db: Db, message: Message, reason: str) -> None:
    """Nobody knows whether the provider has it. It is looked for, and never sent again blindly."""
    message.status, message.attempts, message.verify = "in_doubt", 0, False
    queries.postpone(message, FIRST_LOOK_SECONDS, reason[:500])
    await db.flush()
    await emit(db, facts.status_changed(message, db.now))


async def give_up(db: Db, lease: Lease, reason: str) -> None:
    """Errors of our own used up its attempts: its owner hears of it, and the next of its conversation may go."""
    message = await _lock(db, lease)
    if message.calling_at is not None:
        await doubt(db, message, reason)
    elif message.conversation_id is None:
        await end_unsent(db, message, "unroutable")
    else:
        await fail(db, message, reason)
