"""Obeys and records who may be written to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from services.messaging.consent import queries, wording
from services.messaging.consent.models import Suppression
from services.messaging.consent.rules import is_suppressed, normal_address
from services.messaging.messages import queries as messages
from services.messaging.messages.models import Message
from services.messaging.messages.use_cases import end_unsent
from shared.bus.outbox import emit
from shared.contracts.messaging import MessageReceived, Scope, SuppressionChanged, SuppressionSnapshot
from shared.db.database import Db
from shared.errors import Conflict
from shared.ids import uuid7
from shared.text.consent import Consent

Obeyed = Literal["opt_out", "opt_in", "help"]
CONFIRMATION_TIME = timedelta(hours=24)


class StoppedAtProvider(Conflict):
    code = "stopped_at_provider"


@dataclass(frozen=True)
class Why:
    """What a suppression, or its end, rests on. `by_provider`: Twilio knows, and has told the person."""

    reason: str
    evidence_message_id: UUID | None = None
    requested_by: UUID | None = None
    by_provider: bool = False


async def obey(db: Db, received: MessageReceived, wish: Consent) -> tuple[Obeyed | None, bool]:
    """What was obeyed, and whether the person is opted out now; the text's conversation is locked."""
    if wish.kind == "help":
        if not wish.carrier_word:
            _say(db, received, received.message_id, wording.HELP)
        return "help", received.opted_out
    why = Why(f"texted: {wish.kind}", received.message_id, by_provider=wish.carrier_word)
    if wish.kind == "opt_out":
        is_new = await suppress(db, "sms", received.address, "everything", why)
        if is_new and not wish.carrier_word:
            _say(db, received, received.message_id, wording.OPT_OUT_CONFIRMED)
        return "opt_out", True
    if not received.opted_out:
        return None, False
    return "opt_in", not await _opt_in(db, received, why)


async def _opt_in(db: Db, received: MessageReceived, why: Why) -> bool:
    """What they told Twilio they must take back there: until then it would refuse whatever we send."""
    try:
        lifted = await lift(db, "sms", received.address, why)
    except StoppedAtProvider:
        _say(db, received, received.message_id, wording.START_NEEDED)
        return False
    if not any(row.by_provider for row in lifted):
        _say(db, received, received.message_id, wording.OPT_IN_CONFIRMED)
    return True


async def lock(db: Db, channel: str, address: str) -> None:
    """Who suppresses, lifts or sends waits for the others: at the conversation, or at the address where there is none yet."""
    await queries.lock_conversations(db, channel, address)
    await queries.lock_address(db, channel, address)


async def suppress(db: Db, channel: str, address: str, scope: Scope, why: Why) -> bool:
    """Nothing of this scope is leased for sending after the commit; False when that was so already."""
    await lock(db, channel, address)
    holds = [row for row in await queries.list_active(db, channel, address) if row.scope == scope]
    if holds:
        if why.by_provider and not any(row.by_provider for row in holds):
            _line(db, channel, address, holds[0].contractor_id, scope, True, why)
        return False
    await _log(db, channel, address, scope, True, why)
    await _end_waiting(db, channel, address, frozenset({scope}))
    return True


async def obey_reading(db: Db, channel: str, address: str, scope: Scope, why: Why) -> None:
    """A service asks. Where it read the wish in what the person said, they are told once, as for a wish we recognise."""
    if not await suppress(db, channel, address, scope, why) or why.evidence_message_id is None:
        return
    said = await queries.find_text_from(db, why.evidence_message_id, channel, address)
    if said is not None and scope == "everything":
        _say(db, said, said.id, wording.OPT_OUT_CONFIRMED)
        await db.notify("messages")


async def lift(
    db: Db, channel: str, address: str, why: Why, scopes: Collection[str] = ("everything", "bulk")
) -> list[Suppression]:
    """End what suppresses this address; returns what did. Raises StoppedAtProvider where only the person's START does."""
    await lock(db, channel, address)
    active = [row for row in await queries.list_active(db, channel, address) if row.scope in scopes]
    if any(row.by_provider for row in active) and not why.by_provider:
        raise StoppedAtProvider(
            "This person told Twilio to stop, and Twilio obeys nobody else: ask them to text START to our number."
        )
    for row in active:
        await _log(db, channel, address, row.scope, False, why)
    return active


async def _log(db: Db, channel: str, address: str, scope: str, active: bool, why: Why) -> None:
    """A line that changes something: told."""
    contractor = await queries.find_contractor(db, address) if channel == "sms" else None
    row = _line(db, channel, address, contractor.id if contractor else None, scope, active, why)
    await emit(db, SuppressionChanged.model_validate({**_columns(row), "changed_at": db.now}))


def _line(
    db: Db, channel: str, address: str, contractor_id: UUID | None, scope: str, active: bool, why: Why
) -> Suppression:
    row = Suppression(
        channel=channel,
        address=address,
        contractor_id=contractor_id,
        scope=scope,
        active=active,
        reason=why.reason,
        by_provider=why.by_provider,
        evidence_message_id=why.evidence_message_id,
        requested_by=why.requested_by,
    )
    db.add(row)
    return row


def suppression_snapshot(row: Suppression) -> SuppressionSnapshot:
    """Of the whole log, oldest first: the newest of each scope is what a replica keeps."""
    return SuppressionSnapshot.model_validate({**_columns(row), "changed_at": row.created_at})


def _columns(row: Suppression) -> dict[str, object]:
    names = ("address", "channel", "contractor_id", "scope", "active", "reason", "evidence_message_id")
    return {name: getattr(row, name) for name in names}


async def _end_waiting(db: Db, channel: str, address: str, scopes: frozenset[str]) -> None:
    for message in await messages.lock_unsent(db, Message.channel == channel, Message.address == address):
        if is_suppressed(message.purpose or "", scopes):
            await end_unsent(db, message, "suppressed")


def _say(db: Db, received: MessageReceived | Message, received_id: UUID, body: str) -> None:
    """The confirmation goes the way of every text, only past the suppression."""
    message_id = uuid7()
    db.add(
        Message(
            id=message_id,
            conversation_id=received.conversation_id,
            contractor_id=received.contractor_id,
            direction="outbound",
            status="pending",
            body=body,
            address=received.address,
            our_address=received.our_address,
            message_key=f"messaging:{message_id}",
            purpose="consent",
            origin_service="messaging",
            origin_type="message",
            origin_id=received_id,
            in_reply_to_message_id=received_id,
            expires_at=db.now + CONFIRMATION_TIME,
        )
    )


async def change(
    db: Db, user_id: UUID | None, given: str, scope: Scope, active: bool, reason: str
) -> Suppression | None:
    """Staff suppresses or lifts; the new line of the log, or None when nothing changed. Raises Invalid."""
    channel, address = normal_address(given)
    why = Why(reason, requested_by=user_id)
    if active:
        changed = await suppress(db, channel, address, scope, why)
    else:
        changed = bool(await lift(db, channel, address, why, (scope,)))
    return await queries.find_newest(db, channel, address, scope) if changed else None
