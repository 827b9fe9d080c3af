"""The concierge's turns over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.actions.concierge.models import ConciergeTurn
from services.actions.concierge.schemas import TurnOut, TurnStatus
from services.actions.concierge.turns import get_turn, list_turns, retry_turn
from shared.http.auth import permit
from shared.http.pagination import Page, PageParams, page_params, paginate
from shared.http.tenant_route import DbDep, TenantRoute

router = APIRouter(prefix="/api/v1/concierge-turns", tags=["concierge"], route_class=TenantRoute)
READ, WRITE = permit("concierge-turns", "read"), permit("concierge-turns", "write")


@router.get("", dependencies=[READ])
async def list_concierge_turns(
    db: DbDep,
    params: Annotated[PageParams, Depends(page_params)],
    contractor_id: UUID | None = None,
    status: TurnStatus | None = None,
    conversation_id: UUID | None = None,
    message_id: UUID | None = None,
) -> Page[TurnOut]:
    """Newest first."""
    filters = {
        "contractor_id": contractor_id,
        "status": status,
        "conversation_id": conversation_id,
        "message_id": message_id,
    }
    order = (
        ConciergeTurn.seq if contractor_id else ConciergeTurn.id
    )  # as the indexes have it; one person's turns run by seq
    rows, cursor = await paginate(db, list_turns(filters), params, order, descending=True)
    return Page(items=[TurnOut.model_validate(row) for row in rows], next_cursor=cursor)


@router.get("/{turn_id}", dependencies=[READ])
async def get_concierge_turn(turn_id: UUID, db: DbDep) -> TurnOut:
    return TurnOut.model_validate(await get_turn(db, turn_id))


@router.post("/{turn_id}/retry", status_code=202, dependencies=[WRITE])
async def retry_concierge_turn(turn_id: UUID, db: DbDep) -> TurnOut:
    """Runs a turn that failed once more."""
    return TurnOut.model_validate(await retry_turn(db, turn_id))
