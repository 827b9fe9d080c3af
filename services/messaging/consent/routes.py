"""Who may not be written to: the log, and staff's own lines in it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from services.messaging.consent import queries, use_cases
from services.messaging.consent.models import Suppression
from services.messaging.consent.rules import normal_address
from services.messaging.consent.schemas import NewSuppression, SuppressionOut
from shared.http.auth import CallerDep, permit
from shared.http.pagination import Page, PageParams, page_params, paginate
from shared.http.tenant_route import DbDep, TenantRoute

router = APIRouter(prefix="/api/v1/suppressions", tags=["suppressions"], route_class=TenantRoute)


@router.get("", dependencies=[permit("suppressions", "read")])
async def list_suppressions(
    db: DbDep,
    params: Annotated[PageParams, Depends(page_params)],
    address: Annotated[str | None, Query(max_length=254)] = None,
) -> Page[SuppressionOut]:
    """The log, newest first."""
    wanted = normal_address(address)[1] if address is not None else None
    rows, cursor = await paginate(db, queries.log_of(db, wanted), params, Suppression.seq, descending=True)
    return Page(items=[SuppressionOut.model_validate(row) for row in rows], next_cursor=cursor)


@router.post("", status_code=201, dependencies=[permit("suppressions", "write")])
async def post_suppression(
    db: DbDep, caller: CallerDep, response: Response, body: NewSuppression
) -> SuppressionOut | None:
    """201 with the new line of the log; 200 and null when that was so already."""
    line = await use_cases.change(db, caller.user_id, body.address, body.scope, body.active, body.reason)
    if line is None:
        response.status_code = 200
        return None
    return SuppressionOut.model_validate(line)
