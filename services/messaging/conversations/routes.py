"""Conversations: list, look, take over, reply, hand back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.messaging.consent.rules import normal_address
from services.messaging.conversations import queries, use_cases
from services.messaging.conversations.models import Conversation
from services.messaging.conversations.schemas import ConversationOut, Mode
from services.messaging.messages.schemas import MessageOut, StaffReply
from shared.http.auth import CallerDep, permit
from shared.http.etag import set_etag
from shared.http.pagination import Page, PageParams, page_params, paginate
from shared.http.tenant_route import DbDep, TenantRoute

router = APIRouter(prefix="/api/v1/conversations", tags=["conversations"], route_class=TenantRoute)


@router.get("", dependencies=[permit("conversations", "read")])
async def list_conversations(
    db: DbDep,
    params: Annotated[PageParams, Depends(page_params)],
    contractor_id: UUID | None = None,
    mode: Mode | None = None,
    address: Annotated[str | None, Query(max_length=100, description="A phone number, in any spelling.")] = None,
) -> Page[ConversationOut]:
    """Those that were written in last come first."""
    at = normal_address(address)[1] if address is not None else None
    wanted = queries.filtered(db, contractor_id=contractor_id, mode=mode, address=at)
    rows, cursor = await paginate(db, wanted, params, Conversation.last_message_at, Conversation.id, descending=True)
    return Page(items=[ConversationOut.model_validate(row) for row in rows], next_cursor=cursor)


@router.get("/{conversation_id}", dependencies=[permit("conversations", "read")])
async def get_conversation(db: DbDep, response: Response, conversation_id: UUID) -> ConversationOut:
    talk = await queries.get_conversation(db, conversation_id)
    set_etag(response, talk)
    return ConversationOut.model_validate(talk)


@router.post("/{conversation_id}/take-over", dependencies=[permit("conversations", "write")])
async def take_over_conversation(db: DbDep, caller: CallerDep, conversation_id: UUID) -> ConversationOut:
    """The concierge falls silent here, also with an answer it is still thinking about."""
    return ConversationOut.model_validate(await use_cases.take_over(db, caller, conversation_id))


@router.post("/{conversation_id}/hand-back", dependencies=[permit("conversations", "write")])
async def hand_back_conversation(db: DbDep, conversation_id: UUID) -> ConversationOut:
    return ConversationOut.model_validate(await use_cases.hand_back(db, conversation_id))


@router.post("/{conversation_id}/messages", status_code=201, dependencies=[permit("conversations", "write")])
async def post_staff_reply(db: DbDep, caller: CallerDep, conversation_id: UUID, body: StaffReply) -> MessageOut:
    """Sent soon; its status tells what became of it."""
    return MessageOut.model_validate(await use_cases.reply(db, caller, conversation_id, body.body))
