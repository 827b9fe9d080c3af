"""From a command to a message row, and the transaction before the provider is asked."""

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.messaging.consent.queries import lock_address
from services.messaging.consent.rules import normal_address
from services.messaging.messages.models import Message
from services.messaging.messages.queries import UNSENT, lock_message, lock_unsent
from services.messaging.messages.use_cases import end_unsent, fail
from services.messaging.questions.use_cases import open_question, plan_asking
from services.messaging.sending import queries, rules
from services.messaging.sending.finishing import doubt
from services.messaging.sending.limits import Limits
from shared.contracts.messaging import SendRequested
from shared.db.database import Db
from shared.db.jobs import Lease, LeaseLost
from shared.errors import Invalid
from shared.text.phones import is_sendable, time_zones_of
from shared.text.segments import count_segments

UNKNOWN_CONTRACTOR_SECONDS = 2.0


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
    if due.verify and not looked:
        # Before anything else is decided: what the provider has taken can be neither dropped nor held back.
        return Call(due.id, due.address, due.our_address, due.body, look_first=True)
    if due.calling_at is not None and not due.verify:
        message, _ = await lock_message(db, lease.id)
        await doubt(db, message, "the sender died while it asked the provider")
        return None
    if due.conversation_id is None or not due.from_active:
        message, _ = await lock_message(db, lease.id)
        return await _place(db, lease, limits, message)
    decision = rules.decide(_facts(due, db.now), db.now)
    if not isinstance(decision, rules.Go):
        await _do_not_send(db, lease, decision)
        return None
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


async def _place(db: Db, lease: Lease, limits: Limits, message: Message) -> Call | None:
    """The address was not known when the command came, or our number has been deactivated since."""
    talk = await queries.place_conversation(db, message)
    has_address = message.address is not None or await queries.has_phone(db, message.contractor_id)
    if talk is not None:
        message.conversation_id, message.address, message.our_address = talk["id"], talk["address"], talk["our_address"]
        await db.flush()
        await lock_address(db, message.channel, talk["address"])
        return await prepare(db, lease, limits, looked=True)
    if message.channel != "sms" or has_address or (message.expires_at is not None and message.expires_at <= db.now):
        await end_unsent(db, message, "unroutable")
        return None
    message.attempts = 0
    queries.postpone(message, UNKNOWN_CONTRACTOR_SECONDS, "nobody knows this contractor's phone yet")
    return None


def _facts(due: queries.Due, now: datetime) -> rules.Facts:
    return rules.Facts(
        purpose=due.purpose,
        is_prompted=rules.is_prompted(due.purpose, due.in_reply_to_message_id is not None, due.last_received_at, now),
        sendable=is_sendable(due.address),
        expires_at=due.expires_at,
        not_before=due.not_before,
        epoch=due.conversation_epoch,
        current_epoch=due.current_epoch,
        staff_mode=due.mode == "staff",
        scopes=due.scopes,
        zones=rules.zones_for(due.time_zone, due.planned_zone, time_zones_of(due.address)),
    )


async def _begin(db: Db, due: queries.Due, limits: Limits) -> Call | None:
    """The last checks, which count; then it is durable that the provider is being asked."""
    body = due.body
    if due.asks:
        message, _ = await lock_message(db, due.id)
        asking = await plan_asking(db, message)
        if asking.is_answered:
            await end_unsent(db, message, "cancelled")
            return None
        body = asking.body
    if len(body) > rules.MAX_BODY:
        message, _ = await lock_message(db, due.id)
        await fail(db, message, f"too_long: a text holds {rules.MAX_BODY} characters, this one {len(body)}")
        return None
    cost, rate, day_limit = count_segments(body), limits.rate(due), limits.day(due)
    verdict = await queries.begin_call(db, due, body, cost=cost, rate=rate, day_limit=day_limit)
    if verdict != "go":
        await _no_room(db, due.id, verdict)
        return None
    if due.asks:
        await open_question(db, message, asking)
    return Call(due.id, due.address, due.our_address, body)


async def _no_room(db: Db, message_id: UUID, verdict: str) -> None:
    """With `wait` it has its slot already."""
    if verdict == "wait":
        return
    message, _ = await lock_message(db, message_id)
    if verdict == "day":
        await _wait_for_tomorrow(db, message)
    else:
        await end_unsent(db, message, "expired")


async def _wait_for_tomorrow(db: Db, message: Message) -> None:
    midnight = datetime.combine(db.now.astimezone(UTC).date() + timedelta(days=1), datetime.min.time(), UTC)
    if message.expires_at is not None and midnight >= message.expires_at:
        await end_unsent(db, message, "expired")
        return
    message.not_before, message.attempts = midnight, 0
    queries.postpone(message, 0, "the account's daily limit is reached")
