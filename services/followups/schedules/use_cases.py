"""What callers do with follow-ups: ask for one, change it, put it off, cancel it, look at it beforehand."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.followups.planning.queries import find_place, lock_priorities
from services.followups.recurring.use_cases import put_off
from services.followups.replicas import queries as replicas
from services.followups.schedules import lifecycle
from services.followups.schedules.errors import AlreadyUnderWay, WrongReference
from services.followups.schedules.models import FollowupSchedule
from shared.db.database import Db
from shared.errors import Invalid, ReferenceNotFound


async def schedule_followup(db: Db, values: dict[str, Any]) -> FollowupSchedule:
    """`values` are columns. Raises ReferenceNotFound, WrongReference."""
    await _require_known(db, values["contractor_id"], values["event_id"], values["action_item_id"])
    item = await replicas.find_item(db, values["action_item_id"])
    if values["event_id"] is None and item is not None:
        values = {**values, "event_id": item.event_id}
    place = await find_place(db, values["contractor_id"], values["event_id"])
    if values["is_recurring"]:
        values = {**values, "recurrence_starts_at": values["scheduled_time"]}
        values["recurrence_anchor"] = values["recurrence_anchor"] or "due_date"
    return await lifecycle.begin(db, place.clock, **values, planned_by="caller", plan_reason="somebody asked for it")


async def ask_priorities(db: Db, contractor_id: UUID, event_id: UUID) -> FollowupSchedule:
    """At once. The policy's own question about the same event is not asked as well."""
    await _require_known(db, contractor_id, event_id, None)
    for row in await lock_priorities(db, event_id, [contractor_id]):
        if row.status == "scheduled" and row.handed_over_at is None:
            await lifecycle.cancel(db, row, "asked_at_once")
    place = await find_place(db, contractor_id, event_id)
    return await lifecycle.begin(
        db,
        place.clock,
        contractor_id=contractor_id,
        event_id=event_id,
        scheduled_time=db.now,
        followup_type="check_in",
        purpose="priorities",
        planned_by="caller",
        plan_reason="somebody asked for it",
    )


async def change_schedule(db: Db, row: FollowupSchedule, values: dict[str, Any]) -> None:
    """`row` is locked; `values` are columns. Raises AlreadyUnderWay."""
    _must_wait(row)
    place = await find_place(db, row.contractor_id, row.event_id)
    merged = {name: values.get(name, getattr(row, name)) for name in ("is_recurring", "recurrence_interval_days")}
    if merged["is_recurring"] and merged["recurrence_interval_days"] is None:
        raise Invalid("A recurring follow-up needs recurrence_interval_days.", field="recurrence_interval_days")
    at = values.pop("scheduled_time", row.scheduled_time)
    if merged["is_recurring"]:
        values |= {
            "recurrence_starts_at": at,
            "recurrence_anchor": values.get("recurrence_anchor") or row.recurrence_anchor or "due_date",
        }
    await lifecycle.move(db, row, place.clock, at, **values, planned_by="caller")


async def cancel_schedule(db: Db, row: FollowupSchedule) -> None:
    """Cancelling twice is the same as once. What messaging has already is taken back, if it has not gone."""
    if row.status == "cancelled":
        return
    if row.status != "scheduled":
        raise AlreadyUnderWay(f"This follow-up is {row.status} already; it cannot be cancelled any more.")
    await lifecycle.cancel(db, row, "requested")


async def defer_schedule(db: Db, row: FollowupSchedule, until: datetime) -> FollowupSchedule:
    """The row is deferred, the next one linked. Raises AlreadyUnderWay, Invalid."""
    if row.status not in ("scheduled", "sent"):
        raise AlreadyUnderWay(f"This follow-up is {row.status}; it cannot be put off any more.")
    if until <= db.now:
        raise Invalid("Put it off until a time that is still to come.", field="until")
    place = await find_place(db, row.contractor_id, row.event_id)
    if row.status == "scheduled" and row.handed_over_at is not None:
        await lifecycle.take_back(db, row, "deferred")
    return await put_off(db, row, place.clock, until, answer={}, planned_by="caller", plan_reason="somebody put it off")


def _must_wait(row: FollowupSchedule) -> None:
    if row.status != "scheduled":
        raise AlreadyUnderWay(f"This follow-up is {row.status}; only one that waits can be changed.")
    if row.handed_over_at is not None:
        raise AlreadyUnderWay("This follow-up is being sent right now; it cannot be changed any more.")


async def _require_known(db: Db, contractor_id: UUID, event_id: UUID | None, item_id: UUID | None) -> None:
    known = await replicas.known(db, contractor_id, event_id, item_id)
    if not known.contractor:
        raise ReferenceNotFound("There is no such contractor.", field="contractor_id", row_id=contractor_id)
    if event_id is not None and not known.event:
        raise ReferenceNotFound("There is no such event.", field="event_id", row_id=event_id)
    if item_id is not None and known.item_of is None:
        raise ReferenceNotFound("There is no such action item.", field="action_item_id", row_id=item_id)
    if item_id is not None and known.item_of != contractor_id:
        raise WrongReference("This action item is another contractor's.", field="action_item_id")
