"""The commands that other services give."""

from services.messaging.consent.rules import normal_address
from services.messaging.consent.use_cases import Why, suppress
from services.messaging.sending import use_cases
from shared.bus.subscription import Handler
from shared.contracts.base import Message
from shared.contracts.messaging import CancelRequested, SendRequested, SuppressionRequested
from shared.db.database import Db


async def on_send_requested(db: Db, command: SendRequested) -> None:
    await use_cases.accept(db, command)


async def on_cancel_requested(db: Db, command: CancelRequested) -> None:
    await use_cases.cancel(db, command.message_key)


async def on_suppression_requested(db: Db, command: SuppressionRequested) -> None:
    for given in sorted(set(command.addresses)):
        channel, address = normal_address(given)
        await suppress(db, channel, address, command.scope, Why(command.reason, command.evidence_message_id))


HANDLERS: dict[type[Message], Handler] = {
    SendRequested: on_send_requested,
    CancelRequested: on_cancel_requested,
    SuppressionRequested: on_suppression_requested,
}
