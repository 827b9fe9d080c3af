"""What the stand-in is made of."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from deploy.local.twilio.answers import not_found, refused
from deploy.local.twilio.console import Console
from deploy.local.twilio.faults import Faults
from deploy.local.twilio.inbound import Inbound
from deploy.local.twilio.ledger import Ledger
from deploy.local.twilio.outbound import Outbound
from deploy.local.twilio.refusals import refuse
from deploy.local.twilio.rest import RestApi
from deploy.local.twilio.settings import StandInSettings
from deploy.local.twilio.webhooks import Webhooks


class StandIn(Starlette):
    """An application that can reach the connection of a request, in order to cut it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # ASGI has no word for "close without an answer"; uvicorn's `send` is bound to what holds the transport.
        scope["standin.transport"] = getattr(getattr(send, "__self__", None), "transport", None)
        await super().__call__(scope, receive, send)


def create_app(settings: StandInSettings) -> Starlette:
    """Build the stand-in; it opens its ledger now and its connections with the lifespan."""
    ledger, faults = Ledger(settings.twilio_ledger), Faults()
    for number, sms_url in settings.numbers().items():
        if ledger.numbers.get(number) != sms_url:
            ledger.set_number(number, sms_url)
    webhooks = Webhooks(settings.twilio_auth_token, settings.twilio_webhook_timeout)
    outbound = Outbound(settings, ledger, faults, webhooks)
    inbound = Inbound(settings.twilio_account_sid, ledger, outbound, webhooks)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        webhooks.open()
        outbound.resume()
        yield
        await outbound.stop()
        await webhooks.close()
        ledger.close()

    api = RestApi(settings, ledger, faults, outbound)
    console = Console(ledger, faults, inbound, settings.twilio_public_url)
    health = [Route(path, healthy) for path in ("/healthz", "/readyz")]
    routes = [*api.routes(), *console.routes(), *health]
    handlers = {HTTPException: unknown_resource, OSError: cannot_keep}
    return StandIn(routes=routes, lifespan=lifespan, exception_handlers=handlers)


async def healthy(request: Request) -> Response:
    """Say that it runs."""
    return JSONResponse({"status": "ok"})


async def unknown_resource(request: Request, error: Exception) -> Response:
    """Answer for addresses and methods that Twilio, or the stand-in, does not have."""
    wrong_method = isinstance(error, HTTPException) and error.status_code == 405
    return refused(refuse(20004)) if wrong_method else not_found(request)


async def cannot_keep(request: Request, error: Exception) -> Response:
    """Answer when the ledger cannot be written: what is not kept was not accepted."""
    return refused(refuse(20500))
