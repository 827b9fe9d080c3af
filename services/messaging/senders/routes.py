"""Our numbers, for their owners: the operator assigns them (`python -m services.messaging.senders`)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import select

from services.messaging.senders import queries
from services.messaging.senders.models import SenderNumber
from services.messaging.senders.schemas import NumberChange, NumberOut
from services.messaging.senders.use_cases import change_number
from services.messaging.sending.limits import Limits
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


@router.patch("/{number_id}", dependencies=[permit("sender-numbers", "write")])
async def patch_sender_number(
    db: DbDep, request: Request, response: Response, number_id: UUID, body: NumberChange, expected: IfMatchDep
) -> NumberOut:
    """Label it, stop or resume sending from it, or send less than the operator allows."""
    row = await queries.lock_number(db, number_id)
    check_version(row, expected)
    change_number(row, body, Limits.of(request.app.state.settings))
    await db.flush()
    set_etag(response, row)
    return NumberOut.model_validate(row)
