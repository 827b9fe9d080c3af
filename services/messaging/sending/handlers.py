"""The commands that other services give."""

import logging

from services.messaging.consent.rules import normal_address
from services.messaging.consent.use_cases import Why, obey_reading
from services.messaging.sending import use_cases
from shared.bus.subscription import Handler
from shared.contracts.base import Message
from shared.contracts.messaging import CancelRequested, SendRequested, SuppressionRequested
from shared.db.database import Db
from shared.errors import Invalid

log = logging.getLogger(__name__)


async def on_send_requested(db: Db, command: SendRequested) -> None:
    await use_cases.accept(db, command)


async def on_cancel_requested(db: Db, command: CancelRequested) -> None:
    await use_cases.cancel(db, command.message_key)


def _addresses(command: SuppressionRequested) -> set[tuple[str, str]]:
    """What is no address keeps nobody from being left alone: nothing is ever sent there."""
    known = set()
    for given in command.addresses:
        try:
            known.add(normal_address(given))
        except Invalid:
            log.warning("a suppression names what is no address", extra={"request_id": str(command.request_id)})
    return known


async def on_suppression_requested(db: Db, command: SuppressionRequested) -> None:
    for channel, address in sorted(_addresses(command)):
        await obey_reading(db, channel, address, command.scope, Why(command.reason, command.evidence_message_id))


HANDLERS: dict[type[Message], Handler] = {
    SendRequested: on_send_requested,
    CancelRequested: on_cancel_requested,
    SuppressionRequested: on_suppression_requested,
}
