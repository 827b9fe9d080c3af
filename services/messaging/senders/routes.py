"""Our numbers: an owner's business."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy import select

from services.messaging.senders import queries
from services.messaging.senders.models import SenderNumber
from services.messaging.senders.schemas import NewNumber, NumberChange, NumberOut
from shared.http.auth import permit
from shared.http.etag import IfMatchDep, check_version, set_etag
from shared.http.pagination import Page, PageParams, page_params, paginate
from shared.http.tenant_route import DbDep, TenantRoute

router = APIRouter(prefix="/api/v1/sender-numbers", tags=["sender-numbers"], route_class=TenantRoute)


@router.get("", dependencies=[permit("sender-numbers", "read")])
async def list_sender_numbers(db: DbDep, params: Annotated[PageParams, Depends(page_params)]) -> Page[NumberOut]:
    own = select(SenderNumber).where(SenderNumber.account_id == db.account_id)
    rows, cursor = await paginate(db, own, params, SenderNumber.id)
    return Page(items=[NumberOut.model_validate(row) for row in rows], next_cursor=cursor)


@router.post("", status_code=201, dependencies=[permit("sender-numbers", "write")])
async def post_sender_number(db: DbDep, response: Response, body: NewNumber) -> NumberOut:
    """409 when the number is somebody's already."""
    row = SenderNumber(**body.model_dump())
    db.add(row)
    await db.flush()
    set_etag(response, row)
    return NumberOut.model_validate(row)


@router.patch("/{number_id}", dependencies=[permit("sender-numbers", "write")])
async def patch_sender_number(
    db: DbDep, response: Response, number_id: UUID, body: NumberChange, expected: IfMatchDep
) -> NumberOut:
    row = await queries.lock_number(db, number_id)
    check_version(row, expected)
    for name in body.model_fields_set:
        setattr(row, name, getattr(body, name))
    await db.flush()
    set_etag(response, row)
    return NumberOut.model_validate(row)
