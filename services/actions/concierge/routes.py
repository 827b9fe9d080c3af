"""The concierge's turns over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.actions.concierge.corrected_turns import correct_turn
from services.actions.concierge.models import ConciergeTurn, LabelledText
from services.actions.concierge.reading import Reading
from services.actions.concierge.schemas import LabelledTextOut, TurnOut, TurnStatus
from services.actions.concierge.turns import get_turn, list_labels, list_turns, retry_turn
from shared.http.auth import permit
from shared.http.pagination import Page, PageParams, page_params, paginate
from shared.http.tenant_route import DbDep, TenantRoute

router = APIRouter(prefix="/api/v1/concierge-turns", tags=["concierge"], route_class=TenantRoute)
labels = APIRouter(prefix="/api/v1/labelled-texts", tags=["concierge"], route_class=TenantRoute)
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


@router.put("/{turn_id}/reading", dependencies=[WRITE])
async def put_reading(turn_id: UUID, body: Reading, db: DbDep) -> TurnOut:
    """Correct what was read: what followed from it is taken back, and what follows from this reading is done instead. Nothing is
    texted. The correction is kept as training data, and published."""
    return TurnOut.model_validate(await correct_turn(db, turn_id, body))


@labels.get("", dependencies=[READ])
async def list_labelled_texts(
    db: DbDep, params: Annotated[PageParams, Depends(page_params)], contractor_id: UUID | None = None
) -> Page[LabelledTextOut]:
    """Texts whose reading somebody corrected, newest first: what was read, and what is right."""
    rows, cursor = await paginate(db, list_labels(contractor_id), params, LabelledText.id, descending=True)
    return Page(items=[LabelledTextOut.model_validate(row) for row in rows], next_cursor=cursor)
