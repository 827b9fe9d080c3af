"""The top-3 question after an event: to whom, when, once."""

from collections.abc import Sequence
from uuid import UUID

from services.followups.planning import queries, rules
from services.followups.planning.queries import Place
from services.followups.planning.rules import Planned
from services.followups.planning.use_cases import begin_planned, move_to_plan
from services.followups.replicas import queries as replicas
from services.followups.replicas.models import Attendee, Contractor
from services.followups.schedules import lifecycle
from services.followups.schedules.models import FollowupSchedule
from services.followups.timing.rules import zone_named
from shared.bus.replicas import ensure_placeholders
from shared.db.database import Db


async def plan_attendee(db: Db, attendee_id: UUID) -> None:
    attendee = await db.get(Attendee, (db.account_id, attendee_id), populate_existing=True)
    if attendee is None or attendee.contractor_id is None or attendee.event_id is None:
        return
    if attendee.deleted or attendee.status == "cancelled":
        for row in await queries.lock_priorities(db, attendee.event_id, [attendee.contractor_id]):
            if row.status == "scheduled" and row.planned_by == "policy":
                await lifecycle.cancel(db, row, "not_needed")
        return
    await plan_priorities(db, attendee.event_id, attendee.contractor_id)


async def plan_priorities(db: Db, event_id: UUID, contractor_id: UUID) -> None:
    """Ask this person for their top 3 after the event, once, whoever else asks them."""
    event = await replicas.find_event(db, event_id)
    zone = zone_named(event.time_zone) if event else None
    if event is None or event.ends_on is None or zone is None:
        return
    await ensure_placeholders(db, Contractor, [contractor_id])
    place = await queries.find_place(db, contractor_id, event_id)
    plan = None
    if not place.closed and event.status != "cancelled":
        plan = rules.plan_priorities(event_id, contractor_id, event.ends_on, zone, place.clock)
    await _reconcile_priorities(db, place, plan, await queries.lock_priorities(db, event_id, [contractor_id]))


async def _reconcile_priorities(db: Db, place: Place, plan: Planned | None, rows: Sequence[FollowupSchedule]) -> None:
    waiting = [row for row in rows if row.status == "scheduled" and row.handed_over_at is None]
    if any(rules.is_settled(row) for row in rows) or any(row.planned_by != "policy" for row in waiting):
        return
    if waiting and plan is not None:
        await move_to_plan(db, waiting[0], plan, place)
    elif waiting:
        await lifecycle.cancel(db, waiting[0], "not_needed")
    elif plan is not None:
        await begin_planned(db, None, place, plan)
