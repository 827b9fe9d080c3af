"""Twilio's webhook for what became of our texts."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.messaging.delivery import use_cases
from services.messaging.inbound.forms import STATUS_FIELDS, Status, status_of
from services.messaging.inbound.routes import signed_form
from services.messaging.senders.queries import find_account
from shared.db.database import Database

router = APIRouter(prefix="/webhooks/twilio", tags=["webhooks"], include_in_schema=False)


@router.post("/status", status_code=204)
async def receive_status(request: Request) -> Response:
    """Our own ids stand in the address that Twilio signed."""
    told = status_of(await signed_form(request, STATUS_FIELDS))
    message_id = _uuid(request.query_params.get("message_id"))
    account_id = await _account(request, told)
    if account_id is not None and message_id is not None:
        await use_cases.record_status(request.app.state.database, account_id, message_id, told)
    return Response(status_code=204)


async def _account(request: Request, told: Status) -> UUID | None:
    account_id = _uuid(request.query_params.get("account_id"))
    if account_id is not None or told.our_address is None:
        return account_id
    database: Database = request.app.state.database
    return await find_account(database, told.our_address)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
