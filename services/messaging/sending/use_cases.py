"""From a command to a message row, and the transactions before and after the provider is asked."""

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.messaging.consent.rules import normal_address
from services.messaging.consent.use_cases import Why, suppress
from services.messaging.messages import facts
from services.messaging.messages.models import Message
from services.messaging.messages.queries import UNSENT, lock_message, lock_unsent
from services.messaging.messages.use_cases import end_unsent, fail
from services.messaging.questions.use_cases import open_question, plan_asking
from services.messaging.sending import queries, rules
from services.messaging.sending.outcomes import (
    LookFirst,
    Outcome,
    Refused,
    TryLater,
    Unknown,
    Unsubscribed,
)
from shared.bus.outbox import emit
from shared.contracts.messaging import SendRequested
from shared.db.database import Db
from shared.db.jobs import Lease, LeaseLost
from shared.errors import Invalid
from shared.text.phones import is_sendable, time_zones_of
from shared.text.segments import count_segments

UNKNOWN_CONTRACTOR_SECONDS = 2.0
FIRST_LOOK_SECONDS = 2.0
MAX_BACKOFF_SECONDS = 30.0


@dataclass(frozen=True)
class Limits:
    """What holds for numbers that have no limits of their own."""

    segments_per_second: float
    daily_limit: int
    verify_seconds: float


@dataclass(frozen=True)
class Call:
    """Ask the provider for this now. `look_first`: it may have it from an earlier try, asked for at that time."""

    message_id: UUID
    to: str
    from_: str
    body: str
    look_first: bool = False


async def accept(db: Db, command: SendRequested) -> None:
    """Make the message once; where it goes may only be known when it is due."""
    address = command.address
    if address is not None:
        with contextlib.suppress(Invalid):  # what is no number is kept as it was given, and never sent to
            address = normal_address(address)[1]
    await queries.accept_message(db, command, address, count_segments(command.body))


async def cancel(db: Db, message_key: str) -> None:
    """Wins until the message is leased for sending."""
    found = await queries.find_unsent_by_key(db, message_key)
    if found is None:
        return
    message, _ = await lock_message(db, found.id)
    for unsent in await lock_unsent(db, Message.id == message.id, UNSENT):
        await end_unsent(db, unsent, "cancelled")


async def prepare(db: Db, lease: Lease, limits: Limits, *, looked: bool = False) -> Call | None:
    """Decide in one transaction whether the leased message goes, and mark that the provider is being asked."""
    due = await queries.lock_due(db, lease)
    if due is None:
        raise LeaseLost
    if due.calling_at is not None:
        message, _ = await lock_message(db, lease.id)
        await doubt(db, message, "the sender died while it asked the provider")
        return None
    if due.conversation_id is None:
        message, _ = await lock_message(db, lease.id)
        return await _prepare_late(db, lease, limits, message)
    decision = rules.decide(_facts(due), db.now)
    if not isinstance(decision, rules.Go):
        await _do_not_send(db, lease, decision)
        return None
    if due.verify and not looked:
        return Call(due.id, due.address, due.our_address, due.body, look_first=True)
    return await _begin(db, due, limits)


async def _do_not_send(db: Db, lease: Lease, decision: rules.Drop | rules.Wait) -> None:
    message, _ = await lock_message(db, lease.id)
    if isinstance(decision, rules.Wait):
        message.not_before, message.attempts = decision.until, 0
        queries.postpone(message, 0)
    elif decision.failed:
        await fail(db, message, decision.reason)
    else:
        await end_unsent(db, message, decision.reason)


async def _prepare_late(db: Db, lease: Lease, limits: Limits, message: Message) -> Call | None:
    """The address was not known when the command came: it may be by now."""
    talk = await queries.place_conversation(db, message)
    has_address = message.address is not None or await queries.has_phone(db, message.contractor_id)
    if talk is not None:
        message.conversation_id, message.address, message.our_address = talk["id"], talk["address"], talk["our_address"]
        await db.flush()
        return await prepare(db, lease, limits)
    if message.channel != "sms" or has_address or (message.expires_at is not None and message.expires_at <= db.now):
        await end_unsent(db, message, "unroutable")
        return None
    message.attempts = 0
    queries.postpone(message, UNKNOWN_CONTRACTOR_SECONDS, "nobody knows this contractor's phone yet")
    return None


def _facts(due: queries.Due) -> rules.Facts:
    return rules.Facts(
        purpose=due.purpose,
        is_answer=due.in_reply_to_message_id is not None,
        sendable=is_sendable(due.address),
        expires_at=due.expires_at,
        not_before=due.not_before,
        epoch=due.conversation_epoch,
        current_epoch=due.current_epoch,
        staff_mode=due.mode == "staff",
        scopes=due.scopes,
        zones=rules.zones_for(due.time_zone, time_zones_of(due.address)),
    )


async def _begin(db: Db, due: queries.Due, limits: Limits) -> Call | None:
    """The last checks, which count; then it is durable that the provider is being asked."""
    body = due.body
    if due.asks:
        message, _ = await lock_message(db, due.id)
        asking = await plan_asking(db, message)
        body = asking.body
    if len(body) > rules.MAX_BODY:
        message, _ = await lock_message(db, due.id)
        await fail(db, message, f"too_long: a text holds {rules.MAX_BODY} characters, this one {len(body)}")
        return None
    verdict = await queries.begin_call(
        db,
        due,
        body,
        cost=count_segments(body),
        rate=due.segments_per_second or limits.segments_per_second,
        day_limit=limits.daily_limit if due.daily_limit is None else due.daily_limit,
    )
    if verdict != "go":
        await _wait_for_room(db, due.id, verdict)
        return None
    if due.asks:
        await open_question(db, message, asking)
    return Call(due.id, due.address, due.our_address, body)


async def _wait_for_room(db: Db, message_id: UUID, verdict: str) -> None:
    message, _ = await lock_message(db, message_id)
    if verdict == "day":
        await _wait_for_tomorrow(db, message)
    else:
        message.attempts = 0
        queries.postpone(message, float(verdict))


async def _wait_for_tomorrow(db: Db, message: Message) -> None:
    midnight = datetime.combine(db.now.astimezone(UTC).date() + timedelta(days=1), datetime.min.time(), UTC)
    if message.expires_at is not None and midnight >= message.expires_at:
        await end_unsent(db, message, "expired")
        return
    message.not_before, message.attempts = midnight, 0
    queries.postpone(message, 0, "the account's daily limit is reached")


async def finish(db: Db, lease: Lease, outcome: Outcome, limits: Limits) -> None:
    """Record why it was not taken, or that nobody knows."""
    message, _ = await lock_message(db, lease.id)
    if message.fence != lease.fence or message.status != "pending":
        raise LeaseLost
    match outcome:
        case Unknown(reason):
            await doubt(db, message, reason)
        case Unsubscribed():
            message.calling_at = None
            message.error_code = 21610
            assert message.address is not None
            await suppress(
                db,
                message.channel,
                message.address,
                "everything",
                Why("Twilio: unsubscribed (21610)", by_provider=True),
            )
            if message.status == "pending":
                await end_unsent(db, message, "suppressed")
        case Refused(code, reason):
            await fail(db, message, reason, code)
        case TryLater(reason):
            message.calling_at = None
            queries.postpone(message, min(0.5 * 2**lease.attempts, MAX_BACKOFF_SECONDS), reason)
        case LookFirst(reason):
            message.calling_at, message.verify = None, True
            queries.postpone(message, limits.verify_seconds, reason)


async def doubt(db: Db, message: Message, reason: str) -> None:
    """Nobody knows whether the provider has it. It is looked for, and never sent again blindly."""
    message.status, message.attempts = "in_doubt", 0
    queries.postpone(message, FIRST_LOOK_SECONDS, reason)
    await db.flush()
    await emit(db, facts.status_changed(message, db.now))
