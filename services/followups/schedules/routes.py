"""/api/v1/followup-schedules."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.followups.schedules import queries, use_cases
from services.followups.schedules.models import STATUSES, FollowupSchedule
from services.followups.schedules.preview import preview_schedule
from services.followups.schedules.schemas import (
    CheckInCounts,
    Deferral,
    NewSchedule,
    Preview,
    ScheduleChange,
    ScheduleOut,
)
from shared.errors import Invalid
from shared.http.auth import permit
from shared.http.etag import IfMatchDep, check_version, set_etag
from shared.http.pagination import Page, PageParams, page_params, paginate
from shared.http.tenant_route import DbDep, TenantRoute
from shared.http.times import BusinessTime

router = APIRouter(prefix="/api/v1/followup-schedules", tags=["follow-ups"], route_class=TenantRoute)
READ, WRITE = [permit("followup-schedules", "read")], [permit("followup-schedules", "write")]


@router.get("", dependencies=READ)
async def list_followup_schedules(
    db: DbDep,
    params: Annotated[PageParams, Depends(page_params)],
    contractor_id: UUID | None = None,
    action_item_id: UUID | None = None,
    event_id: UUID | None = None,
    purpose: Literal["check_in", "priorities", "suggestion"] | None = None,
    status: Annotated[str | None, Query(description="One or several, with commas.", max_length=100)] = None,
    due_before: Annotated[BusinessTime | None, Query(description="Whose `scheduled_time` is earlier.")] = None,
) -> Page[ScheduleOut]:
    """By `scheduled_time`, earliest first."""
    equal = {"contractor_id": contractor_id, "action_item_id": action_item_id, "event_id": event_id, "purpose": purpose}
    statement = queries.list_schedules(equal=equal, statuses=_statuses(status), due_before=due_before)
    order = (FollowupSchedule.scheduled_time, FollowupSchedule.id)
    rows, cursor = await paginate(db, statement, params, *order)
    return Page(items=[ScheduleOut.model_validate(row) for row in rows], next_cursor=cursor)


def _statuses(given: str | None) -> list[str]:
    statuses = given.split(",") if given else []
    if not set(statuses) <= set(STATUSES):
        raise Invalid(f"status is one or several of: {', '.join(STATUSES)}.", field="status")
    return statuses


@router.get("/counts", dependencies=READ)
async def count_followup_schedules(db: DbDep, event_id: UUID) -> Page[CheckInCounts]:
    """Of one event, by contractor: how many texts went out, how many were answered."""
    rows = await queries.count_by_contractor(db, event_id)
    return Page(items=[CheckInCounts.model_validate(dict(row._mapping)) for row in rows])


@router.post("", status_code=201, dependencies=WRITE)
async def post_followup_schedule(body: NewSchedule, db: DbDep, response: Response) -> ScheduleOut:
    """`will_send_at` says when it goes."""
    return _answer(await use_cases.schedule_followup(db, body.model_dump()), response)


@router.get("/{schedule_id}", dependencies=READ)
async def get_followup_schedule(schedule_id: UUID, db: DbDep, response: Response) -> ScheduleOut:
    return _answer(await queries.get_schedule(db, schedule_id), response)


@router.patch("/{schedule_id}", dependencies=WRITE)
async def patch_followup_schedule(
    schedule_id: UUID, body: ScheduleChange, db: DbDep, expected: IfMatchDep, response: Response
) -> ScheduleOut:
    row = await queries.lock_schedule(db, schedule_id)
    check_version(row, expected)
    await use_cases.change_schedule(db, row, body.sent())
    return _answer(row, response)


@router.delete("/{schedule_id}", status_code=204, dependencies=WRITE)
async def delete_followup_schedule(schedule_id: UUID, db: DbDep, expected: IfMatchDep) -> None:
    """Cancels it; rows vanish only by erasure."""
    row = await queries.lock_schedule(db, schedule_id)
    check_version(row, expected)
    await use_cases.cancel_schedule(db, row)


@router.post("/{schedule_id}/cancel", dependencies=WRITE)
async def cancel_followup_schedule(
    schedule_id: UUID, db: DbDep, expected: IfMatchDep, response: Response
) -> ScheduleOut:
    row = await queries.lock_schedule(db, schedule_id)
    check_version(row, expected)
    await use_cases.cancel_schedule(db, row)
    return _answer(row, response)


@router.post("/{schedule_id}/defer", dependencies=WRITE)
async def defer_followup_schedule(
    schedule_id: UUID, body: Deferral, db: DbDep, expected: IfMatchDep, response: Response
) -> ScheduleOut:
    """Answers the deferred follow-up; `next_occurrence_id` is the one that takes its place."""
    row = await queries.lock_schedule(db, schedule_id)
    check_version(row, expected)
    await use_cases.defer_schedule(db, row, body.until)
    return _answer(row, response)


@router.get("/{schedule_id}/preview", dependencies=READ)
async def preview_followup_schedule(schedule_id: UUID, db: DbDep) -> Preview:
    return await preview_schedule(db, await queries.get_schedule(db, schedule_id))


def _answer(row: FollowupSchedule, response: Response) -> ScheduleOut:
    set_etag(response, row)
    return ScheduleOut.model_validate(row)
