"""Messages, read only: what is said goes by a conversation, or by a command of another service."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.messaging.messages import queries
from services.messaging.messages.models import Message
from services.messaging.messages.rules import Status
from services.messaging.messages.schemas import Direction, MessageOut
from shared.http.auth import permit
from shared.http.etag import set_etag
from shared.http.pagination import Page, PageParams, page_params, paginate
from shared.http.tenant_route import DbDep, TenantRoute

router = APIRouter(prefix="/api/v1/messages", tags=["messages"], route_class=TenantRoute)


@router.get("", dependencies=[permit("messages", "read")])
async def list_messages(
    db: DbDep,
    params: Annotated[PageParams, Depends(page_params)],
    contractor_id: UUID | None = None,
    conversation_id: UUID | None = None,
    direction: Direction | None = None,
    status: Status | None = None,
    message_key: Annotated[str | None, Query(max_length=300)] = None,
) -> Page[MessageOut]:
    """Newest first."""
    wanted = queries.filtered(
        db,
        contractor_id=contractor_id,
        conversation_id=conversation_id,
        direction=direction,
        status=status,
        message_key=message_key,
    )
    rows, cursor = await paginate(db, wanted, params, Message.id, descending=True)
    return Page(items=[MessageOut.model_validate(row) for row in rows], next_cursor=cursor)


@router.get("/{message_id}", dependencies=[permit("messages", "read")])
async def get_message(db: DbDep, response: Response, message_id: UUID) -> MessageOut:
    message = await queries.get_message(db, message_id)
    set_etag(response, message)
    return MessageOut.model_validate(message)
