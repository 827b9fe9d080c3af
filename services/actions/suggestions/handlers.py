"""Which domain events move the rounds of suggestions."""

from services.actions.suggestions import use_cases
from shared.bus.subscription import Handler
from shared.contracts.base import Message
from shared.contracts.directory import EventCreated, EventDeleted, EventState, EventUpdated
from shared.db.database import Db


async def on_event(db: Db, event: EventState) -> None:
    await use_cases.plan_round(db, event.id)


HANDLERS: dict[type[Message], Handler] = dict.fromkeys((EventCreated, EventUpdated, EventDeleted), on_event)
