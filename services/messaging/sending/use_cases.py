"""From a command to a message row, and the transactions before and after the provider is asked."""

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func

from services.messaging.consent import queries as consent
from services.messaging.consent.rules import normal_address
from services.messaging.consent.use_cases import Why, suppress
from services.messaging.conversations import queries as conversations
from services.messaging.conversations.models import Conversation
from services.messaging.messages import facts
from services.messaging.messages.models import Message
from services.messaging.messages.queries import UNSENT, lock_message, lock_unsent
from services.messaging.messages.use_cases import end_unsent, fail, record_sent
from services.messaging.questions.use_cases import open_question, plan_asking
from services.messaging.senders import queries as senders
from services.messaging.sending import queries, rules
from services.messaging.sending.outcomes import (
    Accepted,
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
from shared.ids import uuid7
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
    if await queries.exists_key(db, command.message_key):
        return
    talk = await _conversation_for(db, command)
    await queries.insert_message_once(db, {**_columns(command), **_addresses(talk, command)})
    await db.notify("messages")


def _columns(command: SendRequested) -> dict[str, object]:
    return {
        "id": uuid7(),
        "direction": "outbound",
        "status": "pending",
        "channel": command.channel,
        "body": command.body,
        "message_key": command.message_key,
        "purpose": command.purpose,
        "origin_service": command.origin.service,
        "origin_type": command.origin.type,
        "origin_id": command.origin.id,
        "in_reply_to_message_id": command.in_reply_to_message_id,
        "question": command.question.model_dump(mode="json") if command.question else None,
        "conversation_epoch": command.conversation_epoch,
        "not_before": command.not_before,
        "expires_at": command.expires_at,
        "segments": count_segments(command.body),
    }


def _addresses(talk: Conversation | None, command: SendRequested) -> dict[str, object]:
    if talk is None:
        return {"address": command.address, "contractor_id": command.contractor_id}
    return {
        "conversation_id": talk.id,
        "address": talk.address,
        "our_address": talk.our_address,
        "contractor_id": command.contractor_id or talk.contractor_id,
    }


async def _conversation_for(db: Db, command: SendRequested) -> Conversation | None:
    """Where it is to be said, locked: where it was asked, else where the person was last talked with, else our first number."""
    if command.in_reply_to_message_id is not None:
        answered = await conversations.find_of_message(db, command.in_reply_to_message_id)
        if answered is not None and command.channel == answered.channel:
            return await _locked(db, answered, command.contractor_id, command.origin.service)
    address = command.address
    if address is None:
        contractor = await queries.find_contractor(db, command.contractor_id)
        address = contractor.phone if contractor is not None and not contractor.deleted else None
    return await route(db, command.channel, address, command.contractor_id, command.origin.service)


async def route(
    db: Db, channel: str, address: str | None, contractor_id: UUID | None, service: str
) -> Conversation | None:
    """None while nobody knows the address, or the account has no number."""
    if address is None or channel != "sms":
        return None
    with contextlib.suppress(Invalid):  # what is no number is kept as it was given, and never sent to
        address = normal_address(address)[1]
    latest = await conversations.find_latest(db, channel, address)
    if latest is not None:
        return await _locked(db, latest, contractor_id, service)
    number = await senders.find_default_number(db)
    if number is None:
        return None
    return await conversations.open_conversation(db, channel, number.number, address, contractor_id, service)


async def _locked(db: Db, talk: Conversation, contractor_id: UUID | None, service: str) -> Conversation:
    return await conversations.open_conversation(
        db, talk.channel, talk.our_address, talk.address, contractor_id, service
    )


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
    message, talk = await lock_message(db, lease.id)
    if message.fence != lease.fence or message.status != "pending":
        raise LeaseLost
    if message.calling_at is not None:
        await doubt(db, message, "the sender died while it asked the provider")
        return None
    if talk is None:
        talk = await _route_late(db, message)
        if talk is None:
            return None
    decision = rules.decide(await _facts(db, message, talk), db.now)
    if isinstance(decision, rules.Drop):
        await (fail(db, message, decision.reason) if decision.failed else end_unsent(db, message, decision.reason))
    elif isinstance(decision, rules.Wait):
        message.not_before = decision.until
        queries.postpone(message, 0)
        message.attempts = 0
    elif message.verify and not looked:
        return Call(message.id, message.address or "", message.our_address or "", message.body, look_first=True)
    else:
        return await _begin(db, message, limits)
    return None


async def _route_late(db: Db, message: Message) -> Conversation | None:
    """The address was not known when the command came: it may be by now."""
    contractor = await queries.find_contractor(db, message.contractor_id)
    address = message.address or (contractor.phone if contractor is not None and not contractor.deleted else None)
    talk = await route(db, message.channel, address, message.contractor_id, message.origin_service or "")
    hopeless = message.channel != "sms" or (address is not None and talk is None)
    if talk is not None:
        message.conversation_id, message.address, message.our_address = talk.id, talk.address, talk.our_address
    elif hopeless or (message.expires_at is not None and message.expires_at <= db.now):
        await end_unsent(db, message, "unroutable")
    else:
        message.attempts = 0
        queries.postpone(message, UNKNOWN_CONTRACTOR_SECONDS, "nobody knows this contractor's phone yet")
    return talk


async def _facts(db: Db, message: Message, talk: Conversation) -> rules.Facts:
    contractor = await queries.find_contractor(db, message.contractor_id or talk.contractor_id)
    address = message.address or ""
    return rules.Facts(
        purpose=message.purpose or "",
        is_answer=message.in_reply_to_message_id is not None,
        sendable=is_sendable(address),
        expires_at=message.expires_at or datetime.max.replace(tzinfo=UTC),
        not_before=message.not_before,
        epoch=message.conversation_epoch,
        current_epoch=talk.conversation_epoch,
        staff_mode=talk.mode == "staff",
        scopes=await consent.active_scopes(db, message.channel, address),
        zones=rules.zones_for(contractor.time_zone if contractor else None, time_zones_of(address)),
    )


async def _begin(db: Db, message: Message, limits: Limits) -> Call | None:
    """The last checks, which count; then it is durable that the provider is being asked."""
    asking = await plan_asking(db, message)
    if len(asking.body) > rules.MAX_BODY:
        await fail(db, message, f"too_long: a text holds {rules.MAX_BODY} characters, this one {len(asking.body)}")
        return None
    if not await _caps_allow(db, message, count_segments(asking.body), limits):
        return None
    await open_question(db, message, asking)
    message.calling_at, message.verify = func.clock_timestamp(), False
    return Call(message.id, message.address or "", message.our_address or "", asking.body)


async def _caps_allow(db: Db, message: Message, segments: int, limits: Limits) -> bool:
    """Count the text against the account's day and the number's bucket; when one is empty the message waits."""
    number = await senders.find_number(db, message.our_address or "")
    today = db.now.astimezone(UTC).date()
    if message.purpose != "consent" and message.counted_on != today:
        cap = number.daily_limit if number and number.daily_limit is not None else limits.daily_limit
        if not await senders.count_message(db, today, cap):
            await _wait_for_tomorrow(db, message)
            return False
        message.counted_on = today
    rate = number.segments_per_second if number and number.segments_per_second else limits.segments_per_second
    seconds = await senders.take_tokens(db, message.our_address or "", segments, rate=rate)
    if seconds > 0:
        message.attempts = 0
        queries.postpone(message, seconds)
        return False
    message.segments = segments
    return True


async def _wait_for_tomorrow(db: Db, message: Message) -> None:
    midnight = datetime.combine(db.now.astimezone(UTC).date() + timedelta(days=1), datetime.min.time(), UTC)
    if message.expires_at is not None and midnight >= message.expires_at:
        await end_unsent(db, message, "expired")
        return
    message.not_before, message.attempts = midnight, 0
    queries.postpone(message, 0, "the account's daily limit is reached")


async def finish(db: Db, lease: Lease, outcome: Outcome, limits: Limits) -> None:
    """Record what became of it. That the provider has it is a fact, whoever holds the lease by now."""
    message, _ = await lock_message(db, lease.id)
    if isinstance(outcome, Accepted):
        await record_sent(db, message, outcome.sid)
        return
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
