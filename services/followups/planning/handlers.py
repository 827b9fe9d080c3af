"""Which domain events move what is planned."""

from services.followups.planning import people, priorities, replans, use_cases
from services.followups.planning.rules import needs_confirmation
from services.followups.replicas.models import OPEN_STATUSES
from services.followups.wording import queries as preparations
from shared.bus.subscription import Handler
from shared.contracts.actions import ActionItemCreated, ActionItemDeleted, ActionItemState, ActionItemUpdated
from shared.contracts.base import Message, State
from shared.contracts.directory import (
    AccountState,
    AccountUpdated,
    AttendeeCreated,
    AttendeeDeleted,
    AttendeeState,
    AttendeeUpdated,
    ContractorCreated,
    ContractorDeleted,
    ContractorState,
    ContractorUpdated,
    EventCreated,
    EventDeleted,
    EventState,
    EventUpdated,
)
from shared.db.database import Db

IS_SAID = {"title", "person_name", "topic", "note_text", "due_date", "action_type"}
MOVES_AN_EVENT = {"name", "date", "ends_on", "time_zone", "status"}
MOVES_AN_ATTENDEE = {"event_id", "contractor_id", "status"}
MOVES_A_PERSON = {"time_zone", "phone", "status"}


async def on_action_item(db: Db, event: ActionItemState) -> None:
    await use_cases.replan_item(db, event.id)
    if "status" in event.changed and event.status in OPEN_STATUSES:
        await use_cases.plan_again_when_reopened(db, event.id)
    if "status" in event.changed and event.status == "completed":
        await use_cases.continue_series(db, event.id, event.completed_at or db.now)
        if needs_confirmation(event.updated_by):
            await use_cases.confirm_completion(db, event.id)
    if IS_SAID & set(event.changed):
        await preparations.renew(db, event.id)


async def on_event(db: Db, event: EventState) -> None:
    if _concerns(event, MOVES_AN_EVENT):
        await replans.request_event(db, event.id)


async def on_attendee(db: Db, event: AttendeeState) -> None:
    if _concerns(event, MOVES_AN_ATTENDEE):
        await priorities.plan_attendee(db, event.id)


async def on_contractor(db: Db, event: ContractorState) -> None:
    if _concerns(event, MOVES_A_PERSON):
        await people.replan_contractor(db, event.id)


async def on_account(db: Db, event: AccountState) -> None:
    if "time_zone" in event.changed:
        await replans.request_account(db)


def _concerns(event: State, fields: set[str]) -> bool:
    """What is new or deleted names no fields."""
    return not event.changed or ".deleted." in event.type or bool(fields & set(event.changed))


HANDLERS: dict[type[Message], Handler] = {
    AccountUpdated: on_account,
    **dict.fromkeys((ActionItemCreated, ActionItemUpdated, ActionItemDeleted), on_action_item),
    **dict.fromkeys((EventCreated, EventUpdated, EventDeleted), on_event),
    **dict.fromkeys((AttendeeCreated, AttendeeUpdated, AttendeeDeleted), on_attendee),
    **dict.fromkeys((ContractorCreated, ContractorUpdated, ContractorDeleted), on_contractor),
}
