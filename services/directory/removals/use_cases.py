"""An event goes for good, with all that belongs to it."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.directory.people.resources import ATTENDEES, DEMO_BOOKINGS
from services.directory.programme.queries import lock_of_event
from services.directory.programme.resources import EVENTS, SESSIONS, SPEAKERS, SPONSORS
from services.directory.removals import queries
from services.directory.resource import Resource
from shared.db.database import Db
from shared.errors import Conflict, Forbidden, Invalid
from shared.http.auth import Caller

# In the order in which nothing refers to what goes.
BELONGING: tuple[Resource[Any], ...] = (DEMO_BOOKINGS, ATTENDEES, SESSIONS, SPEAKERS, SPONSORS)


class Removed(BaseModel):
    """How many rows went with the event, by their path."""

    id: UUID
    removed: dict[str, int]


async def remove_event(db: Db, caller: Caller, event_id: UUID, name: str) -> Removed:
    if caller.role != "owner" or caller.scope:
        raise Forbidden("Only an owner may remove an event for good, with a token that has no scope.")
    event = await EVENTS.get(db, event_id, lock=True)
    if not EVENTS.is_archived(event):
        raise Conflict("Archive the event first (DELETE), then remove it for good.")
    if name != event.name:
        raise Invalid("This is not the event's name. Write it as it stands, to confirm.", field="name")
    for booking in await queries.lock_bookings_elsewhere(db, event_id):
        await DEMO_BOOKINGS.write(db, booking, {"sponsor_id": None})
    removed = {}
    for resource in BELONGING:
        rows = await lock_of_event(db, resource.model, event_id)
        await resource.erase(db, rows)
        removed[resource.path] = len(rows)
    await EVENTS.erase(db, [event], for_good=True)
    return Removed(id=event_id, removed=removed)
