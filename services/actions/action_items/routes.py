"""Promises and their audit rows over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.actions.action_items import queries, use_cases
from services.actions.action_items.models import STATUSES, ActionItem, ActionItemUpdate
from services.actions.action_items.rules import origin_of
from services.actions.action_items.schemas import (
    ActionItemChange,
    ActionItemOut,
    ItemCount,
    ItemToFollowUp,
    NewActionItem,
    NewUpdate,
    UpdateOut,
)
from services.actions.concierge.examples import OF_ITEMS, as_read, collect_correction
from shared.errors import Invalid
from shared.http.auth import CallerDep, permit
from shared.http.etag import IfMatchDep, check_version, set_etag
from shared.http.pagination import Page, PageParams, page_params, paginate
from shared.http.tenant_route import DbDep, TenantRoute
from shared.http.times import BusinessTime

router = APIRouter(prefix="/api/v1/action-items", tags=["action items"], route_class=TenantRoute)
READ, WRITE = permit("action-items", "read"), permit("action-items", "write")


class ItemFilters:
    """What `list_action_items` can be narrowed to."""

    def __init__(
        self,
        contractor_id: UUID | None = None,
        event_id: UUID | None = None,
        status: Annotated[str | None, Query(description="One status, or several with commas.")] = None,
        action_type: str | None = None,
        due_from: Annotated[BusinessTime | None, Query()] = None,
        due_before: Annotated[BusinessTime | None, Query()] = None,
        ai_generated: bool | None = None,
        related_note_id: UUID | None = None,
        related_partner_id: UUID | None = None,
        related_demo_booking_id: UUID | None = None,
        source_message_id: UUID | None = None,
    ) -> None:
        self.equal = {
            "contractor_id": contractor_id,
            "event_id": event_id,
            "action_type": action_type,
            "ai_generated": ai_generated,
            "related_note_id": related_note_id,
            "related_partner_id": related_partner_id,
            "related_demo_booking_id": related_demo_booking_id,
            "source_message_id": source_message_id,
        }
        self.statuses = _statuses(status)
        self.due_from, self.due_before = due_from, due_before


def _statuses(given: str | None) -> list[str]:
    named = [name.strip() for name in given.split(",")] if given else []
    if unknown := set(named) - set(STATUSES):
        raise Invalid(f"{min(unknown)!r} is no status; choose from {', '.join(STATUSES)}.", field="status")
    return named


@router.get("", dependencies=[READ])
async def list_action_items(
    db: DbDep,
    filters: Annotated[ItemFilters, Depends()],
    params: Annotated[PageParams, Depends(page_params)],
    sort: Annotated[
        Literal["newest", "priority"], Query(description="priority: the most important first, then the first due.")
    ] = "newest",
) -> Page[ActionItemOut]:
    statement = queries.list_items(filters.equal, filters.statuses, filters.due_from, filters.due_before)
    if sort == "priority":
        order = (ActionItem.priority, ActionItem.due_sort, ActionItem.id)
        rows, cursor = await paginate(db, statement, params, *order)
    else:
        rows, cursor = await paginate(db, statement, params, ActionItem.id, descending=True)
    return Page(items=[ActionItemOut.model_validate(row) for row in rows], next_cursor=cursor)


@router.get("/counts", dependencies=[READ])
async def count_action_items(db: DbDep, event_id: UUID) -> Page[ItemCount]:
    """Promises of an event by contractor."""
    rows = await db.execute(queries.counts_of_event(event_id, db.now))
    return Page(items=[ItemCount.model_validate(row._asdict()) for row in rows])


@router.get("/requiring-followup", dependencies=[READ])
async def list_action_items_requiring_followup(db: DbDep, contractor_id: UUID) -> Page[ItemToFollowUp]:
    """Pending and due within three days of the contractor's own today, the first due first."""
    return Page(items=await use_cases.list_requiring_followup(db, contractor_id))


@router.post("", status_code=201, dependencies=[WRITE])
async def post_action_item(body: NewActionItem, caller: CallerDep, db: DbDep, response: Response) -> ActionItemOut:
    item = await use_cases.write_item(db, caller, body.model_dump())
    set_etag(response, item)
    return ActionItemOut.model_validate(item)


@router.get("/{item_id}", dependencies=[READ])
async def get_action_item(item_id: UUID, db: DbDep, response: Response) -> ActionItemOut:
    item = await queries.get_item(db, item_id)
    set_etag(response, item)
    return ActionItemOut.model_validate(item)


@router.patch("/{item_id}", dependencies=[WRITE])
async def patch_action_item(
    item_id: UUID, body: ActionItemChange, caller: CallerDep, db: DbDep, expected: IfMatchDep, response: Response
) -> ActionItemOut:
    item = await queries.lock_item(db, item_id)
    check_version(item, expected)
    values = body.model_dump(exclude_unset=True)
    remark = values.pop("update_note", None)
    was_read = as_read(item, OF_ITEMS)
    await use_cases.edit_item(db, item, values, origin_of(caller.role), remark)
    await collect_correction(db, item, was_read)
    set_etag(response, item)
    return ActionItemOut.model_validate(item)


@router.delete("/{item_id}", status_code=204, dependencies=[WRITE])
async def cancel_action_item(item_id: UUID, caller: CallerDep, db: DbDep, expected: IfMatchDep) -> None:
    """Cancels the item; its row and its history stay."""
    item = await queries.lock_item(db, item_id)
    check_version(item, expected)
    await use_cases.change_item(db, item, {"status": "cancelled"}, origin_of(caller.role))


@router.get("/{item_id}/updates", dependencies=[READ])
async def list_action_item_updates(
    item_id: UUID, db: DbDep, params: Annotated[PageParams, Depends(page_params)]
) -> Page[UpdateOut]:
    """The history of an item, oldest first."""
    await queries.get_item(db, item_id)
    rows, cursor = await paginate(db, queries.list_updates(item_id), params, ActionItemUpdate.id)
    return Page(items=[UpdateOut.model_validate(row) for row in rows], next_cursor=cursor)


@router.post("/{item_id}/updates", status_code=201, dependencies=[WRITE])
async def post_action_item_update(item_id: UUID, body: NewUpdate, caller: CallerDep, db: DbDep) -> UpdateOut:
    item = await queries.lock_item(db, item_id)
    update = use_cases.add_update(db, item, origin_of(caller.role), **body.model_dump())
    await db.flush()
    return UpdateOut.model_validate(update)
