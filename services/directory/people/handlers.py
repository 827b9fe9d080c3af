"""Domain events that move directory: a stranger's text makes a provisional contractor, an introduction names them."""

import re

from services.directory.people import use_cases
from shared.bus.subscription import Handler, Only
from shared.contracts.actions import ContractorIntroduced
from shared.contracts.base import Message
from shared.contracts.messaging import MessageReceived
from shared.db.database import Db

_E164 = re.compile(r"\+[1-9]\d{6,14}")


def is_from_a_stranger(event: MessageReceived) -> bool:
    unknown = event.contractor_id is None and event.channel == "sms" and event.handler == "actions"
    return unknown and _E164.fullmatch(event.address) is not None


async def on_message_received(db: Db, event: MessageReceived) -> None:
    await use_cases.insert_provisional_once(db, event.address)


async def on_contractor_introduced(db: Db, event: ContractorIntroduced) -> None:
    await use_cases.introduce(db, event.contractor_id, event.full_name, event.event_text)


HANDLERS: dict[type[Message], Handler | Only] = {
    MessageReceived: Only(is_from_a_stranger, on_message_received),
    ContractorIntroduced: on_contractor_introduced,
}
