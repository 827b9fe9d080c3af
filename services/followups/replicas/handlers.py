"""Which messages fill the replicas."""

from services.followups.replicas.models import Account, ActionItem, Attendee, Contractor, Event
from shared.bus.replicas import replica
from shared.contracts.actions import ActionItemCreated, ActionItemDeleted, ActionItemSnapshot, ActionItemUpdated
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

REPLICAS = {
    **replica(Account, AccountCreated, AccountUpdated, AccountSnapshot),
    **replica(Contractor, ContractorCreated, ContractorUpdated, ContractorDeleted, ContractorSnapshot),
    **replica(Event, EventCreated, EventUpdated, EventDeleted, EventSnapshot),
    **replica(Attendee, AttendeeCreated, AttendeeUpdated, AttendeeDeleted, AttendeeSnapshot),
    **replica(ActionItem, ActionItemCreated, ActionItemUpdated, ActionItemDeleted, ActionItemSnapshot),
}
