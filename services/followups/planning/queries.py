"""Every statement about what is planned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select

from services.followups.planning.rules import Clock
from services.followups.policies.models import FollowupPolicy
from services.followups.policies.queries import get_policy
from services.followups.policies.rules import Policy
from services.followups.replicas.models import Account, Contractor, Event
from services.followups.schedules.models import FollowupSchedule
from services.followups.schedules.queries import lock_schedules
from services.followups.timing.rules import zone_named, zones_for
from shared.db.database import Db
from shared.text.phones import time_zones_of


@dataclass(frozen=True)
class Place:
    """A contractor with their time, and the event that something is about."""

    contractor: Contractor | None
    event: Event | None
    clock: Clock

    @property
    def closed(self) -> str | None:
        """Why nothing is asked here any more: as with a promise that is over."""
        if self.contractor is not None and self.contractor.is_gone:
            return "contractor_gone"
        return "event_archived" if self.event is not None and self.event.is_gone else None


async def find_place(db: Db, contractor_id: UUID, event_id: UUID | None) -> Place:
    """As they are now, whatever this transaction read before."""
    statement = (
        select(Contractor, Event, Account.time_zone, FollowupPolicy)
        .outerjoin(Event, and_(Event.account_id == Contractor.account_id, Event.id == event_id))
        .outerjoin(Account, Account.account_id == Contractor.account_id)
        .outerjoin(FollowupPolicy, FollowupPolicy.account_id == Contractor.account_id)
        .where(Contractor.id == contractor_id)
        .execution_options(populate_existing=True)
    )
    row = (await db.execute(statement)).one_or_none()
    contractor, event, account_zone, policy = row if row else (None, None, None, None)
    policy = policy or await get_policy(db)
    return Place(contractor, event, clock_of(db, contractor, event, account_zone, Policy.of(policy)))


def clock_of(
    db: Db, contractor: Contractor | None, event: Event | None, account_zone: str | None, policy: Policy
) -> Clock:
    own = contractor.time_zone if contractor else None
    at_event = event.time_zone if event else None
    is_known = any(zone_named(name) for name in (own, at_event, account_zone))
    phone = contractor.phone if contractor else None
    zones = zones_for(own, at_event, account_zone, () if is_known or not phone else time_zones_of(phone))
    return Clock(zones, policy, db.now)


async def lock_planned_of_item(db: Db, item_id: UUID) -> Sequence[FollowupSchedule]:
    """All that was ever planned for a promise, oldest first."""
    return await lock_schedules(db, FollowupSchedule.action_item_id == item_id, FollowupSchedule.plan_key.is_not(None))


async def lock_undecided(db: Db, *conditions: object) -> Sequence[FollowupSchedule]:
    """Not sent as far as we know: those that wait, and those that messaging has."""
    return await lock_schedules(db, FollowupSchedule.status == "scheduled", *conditions)


async def lock_undecided_until(db: Db, item_id: UUID, until: datetime) -> Sequence[FollowupSchedule]:
    """Of a promise, what is said by then; what is further away does not count as the next question."""
    is_soon = (FollowupSchedule.scheduled_time <= until) | FollowupSchedule.handed_over_at.is_not(None)
    return await lock_undecided(db, FollowupSchedule.action_item_id == item_id, is_soon)


async def lock_ended_by_opt_out(db: Db, contractor_id: UUID) -> Sequence[FollowupSchedule]:
    """What a person or a caller had asked for; what follows from the promise itself is planned anew by it."""
    return await lock_schedules(
        db,
        FollowupSchedule.contractor_id == contractor_id,
        FollowupSchedule.status == "cancelled",
        FollowupSchedule.cancel_reason.in_(("opted_out", "suppressed")),
        FollowupSchedule.planned_by != "policy",
        FollowupSchedule.plan_key.is_(None) | FollowupSchedule.plan_key.startswith("retry:"),
        FollowupSchedule.next_occurrence_id.is_(None),
    )


async def lock_counted_from_completion(db: Db, item_id: UUID) -> Sequence[FollowupSchedule]:
    """The last runs of series that go on when the promise is kept: what waits, and what was said and has no next one."""
    return await lock_schedules(
        db,
        FollowupSchedule.action_item_id == item_id,
        FollowupSchedule.is_recurring,
        FollowupSchedule.recurrence_anchor == "last_completion",
        FollowupSchedule.next_occurrence_id.is_(None),
        FollowupSchedule.status != "cancelled",
    )


async def lock_priorities(db: Db, event_id: UUID, contractor_ids: Sequence[UUID]) -> Sequence[FollowupSchedule]:
    """Every top-3 question about this event to these people, whoever planned it."""
    return await lock_schedules(
        db,
        FollowupSchedule.event_id == event_id,
        FollowupSchedule.contractor_id.in_(contractor_ids),
        FollowupSchedule.purpose == "priorities",
    )
