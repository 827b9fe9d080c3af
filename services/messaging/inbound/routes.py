"""Twilio's webhook for texts."""

from fastapi import APIRouter, Request, Response

from services.messaging.inbound import use_cases
from services.messaging.inbound.forms import (
    TEXT_FIELDS,
    Form,
    NotFromTwilio,
    UnknownNumber,
    read_form,
    require,
    text_of,
)
from services.messaging.settings import MessagingSettings

router = APIRouter(prefix="/webhooks/twilio", tags=["webhooks"], include_in_schema=False)

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@router.post("/sms")
async def receive_text(request: Request) -> Response:
    """Durable before the answer, which is empty: replies go out by REST."""
    form = await signed_form(request, TEXT_FIELDS)
    text = text_of(form)
    outcome = await use_cases.receive(request.app.state.database, text) if text else "ignored"
    if outcome == "unknown_number":
        raise UnknownNumber("No account has this number: python -m services.messaging.senders gives it to one.")
    return Response(EMPTY_TWIML, media_type="text/xml")


async def signed_form(request: Request, required: tuple[str, ...]) -> Form:
    """The form that Twilio signed for this very address. Raises NotFromTwilio or Malformed."""
    settings: MessagingSettings = request.app.state.settings
    form = read_form(request.headers.get("content-type", ""), await request.body())
    query = request.scope["query_string"].decode("latin-1")
    url = settings.public_url.rstrip("/") + request.url.path + (f"?{query}" if query else "")
    if not request.app.state.is_signed(url, form, request.headers.get("x-twilio-signature")):
        raise NotFromTwilio("The signature is missing or wrong. Is FT_PUBLIC_URL the address Twilio calls?")
    require(form, required, settings.twilio_account_sid)
    return form
