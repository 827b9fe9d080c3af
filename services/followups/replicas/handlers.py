"""Which messages fill the replicas."""

from services.followups.replicas import queries
from services.followups.replicas.models import Account, ActionItem, Attendee, Contractor, Event
from shared.bus.replicas import replica
from shared.bus.subscription import Handler
from shared.contracts.actions import ActionItemCreated, ActionItemDeleted, ActionItemSnapshot, ActionItemUpdated
from shared.contracts.base import Message
from shared.contracts.directory import (
    AccountCreated,
    AccountSnapshot,
    AccountUpdated,
    AttendeeCreated,
    AttendeeDeleted,
    AttendeeSnapshot,
    AttendeeUpdated,
    ContractorCreated,
    ContractorDeleted,
    ContractorSnapshot,
    ContractorUpdated,
    EventCreated,
    EventDeleted,
    EventSnapshot,
    EventUpdated,
)
from shared.contracts.messaging import SuppressionSnapshot
from shared.db.database import Db


async def on_suppression_snapshot(db: Db, event: SuppressionSnapshot) -> None:
    await queries.record_suppression(db, event)


REPLICAS: dict[type[Message], Handler] = {
    **replica(Account, AccountCreated, AccountUpdated, AccountSnapshot),
    **replica(Contractor, ContractorCreated, ContractorUpdated, ContractorDeleted, ContractorSnapshot),
    **replica(Event, EventCreated, EventUpdated, EventDeleted, EventSnapshot),
    **replica(Attendee, AttendeeCreated, AttendeeUpdated, AttendeeDeleted, AttendeeSnapshot),
    **replica(ActionItem, ActionItemCreated, ActionItemUpdated, ActionItemDeleted, ActionItemSnapshot),
    SuppressionSnapshot: on_suppression_snapshot,
}
