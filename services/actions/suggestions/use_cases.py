"""Suggests partners after an event: once to each person, with the reason."""

from uuid import UUID

from services.actions.action_items.rules import Origin
from services.actions.action_items.use_cases import make_item
from services.actions.replicas.models import Event
from services.actions.suggestions import queries
from services.actions.suggestions.rules import TOO_LATE, Partner, Person, begins_at, item_of, suggest
from shared.bus.outbox import emit
from shared.db.database import Db

US = Origin("system", "scheduler")


async def plan_round(db: Db, event_id: UUID) -> None:
    """The round of an event follows it until it begins; an event that was long over when we heard of it has none."""
    event = await db.get(Event, (db.account_id, event_id), populate_existing=True)
    if event is None or event.ends_on is None:
        return
    starts_at = begins_at(event.ends_on, event.time_zone)
    if event.deleted or event.status != "active" or starts_at < db.now - TOO_LATE:
        await queries.drop_round(db, event_id)
    else:
        await queries.plan_round(db, event_id, starts_at)


async def suggest_partners(db: Db, event_id: UUID, event: str | None, person: Person, partners: list[Partner]) -> None:
    for suggestion in suggest(person, partners):
        item, created = await make_item(db, item_of(person, suggestion, event_id, event), US)
        await emit(db, created)
        await queries.insert_suggestion(db, person.id, suggestion.partner.id, event_id, item.id, suggestion.reason)
