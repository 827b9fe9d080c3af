"""Twilio's REST API: the resources under /2010-04-01 that an application uses."""

import asyncio
import base64
import hmac
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from deploy.local.twilio.answers import cut, media_json, message_json, not_found, page_json, refused, single_page
from deploy.local.twilio.faults import Fault, Faults
from deploy.local.twilio.ledger import Ledger, Message
from deploy.local.twilio.listing import find_page
from deploy.local.twilio.outbound import Outbound
from deploy.local.twilio.refusals import Refusal, find_refusal, refuse
from deploy.local.twilio.settings import StandInSettings
from deploy.local.twilio.sids import API_VERSION, messages_path

Endpoint = Callable[[Request], Awaitable[Response]]
JSON = "application/json"


class RestApi:
    """Answers as Twilio would, extra fields aside."""

    def __init__(self, settings: StandInSettings, ledger: Ledger, faults: Faults, outbound: Outbound) -> None:
        self._account_sid = settings.twilio_account_sid
        self._credentials = f"{settings.twilio_account_sid}:{settings.twilio_auth_token}".encode()
        self._ledger = ledger
        self._faults = faults
        self._outbound = outbound

    def routes(self) -> list[Route]:
        """Return the table of resources."""
        account = f"/{API_VERSION}/Accounts/{{account}}"
        messages = f"{account}/Messages"
        table: list[tuple[str, Endpoint, str]] = [
            (f"{account}.json", self.fetch_account, "GET"),
            (f"{account}/IncomingPhoneNumbers.json", self.list_numbers, "GET"),
            (f"{messages}.json", self.create_message, "POST"),
            (f"{messages}.json", self.list_messages, "GET"),
            (f"{messages}/{{sid}}.json", self.fetch_message, "GET"),
            (f"{messages}/{{sid}}/Media.json", self.list_media, "GET"),
            (f"{messages}/{{sid}}/Media/{{media}}.json", self.fetch_media, "GET"),
        ]
        content = Route(f"{messages}/{{sid}}/Media/{{media}}", self.media_content, methods=["GET"])
        return [Route(path, self._authenticated(end), methods=[method]) for path, end, method in table] + [content]

    def _authenticated(self, endpoint: Endpoint) -> Endpoint:
        async def checked(request: Request) -> Response:
            if not self._knows(request):
                return refused(refuse(20003), {"WWW-Authenticate": 'Basic realm="Twilio API"'})
            if request.path_params["account"] != self._account_sid:
                return not_found(request)
            return await endpoint(request)

        return checked

    def _knows(self, request: Request) -> bool:
        scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
        try:
            given = base64.b64decode(encoded)
        except ValueError:
            return False
        return scheme.lower() == "basic" and hmac.compare_digest(given, self._credentials)

    async def create_message(self, request: Request) -> Response:
        """Take a message, or say why not."""
        pairs = parse_qsl((await request.body()).decode(errors="replace"), keep_blank_values=True, max_num_fields=200)
        form, media_urls = dict(pairs), [value for name, value in pairs if name == "MediaUrl"]
        if form.get("MessagingServiceSid") and self._ledger.numbers:
            form.setdefault("From", next(iter(self._ledger.numbers)))

        def act() -> Response:
            refusal = find_refusal(form, media_urls, self._ledger.numbers, self._ledger.is_opted_out)
            if refusal:
                return refused(refusal)
            message = self._outbound.send(
                to=form["To"],
                from_=form["From"],
                body=form.get("Body", ""),
                media_urls=media_urls,
                status_callback=form.get("StatusCallback", ""),
            )
            return Response(message_json(self._account_sid, message), 201, media_type=JSON)

        return await self._through_faults(request, "create", act, form.get("To"))

    async def list_messages(self, request: Request) -> Response:
        """List messages of both directions, newest first."""

        def act() -> Response:
            try:
                page = find_page(self._ledger, request.query_params)
            except ValueError as error:
                return refused(Refusal(20001, f"Invalid parameter: {error}"))
            return Response(page_json(self._account_sid, page), media_type=JSON)

        return await self._through_faults(request, "list", act)

    async def fetch_message(self, request: Request) -> Response:
        """Show one message."""

        def act() -> Response:
            message = self._ledger.find(request.path_params["sid"])
            if not message:
                return not_found(request)
            return Response(message_json(self._account_sid, message), media_type=JSON)

        return await self._through_faults(request, "fetch", act)

    async def _through_faults(
        self, request: Request, on: str, act: Callable[[], Response], to: str | None = None
    ) -> Response:
        """Do it, unless something is to go wrong before, instead or after."""
        if slow := self._faults.take("slow", on, to):
            await asyncio.sleep(slow.seconds)
        fault = self._faults.take("answer", on, to)
        match fault:
            case None:
                return act()
            case Fault(kind="cut_before"):
                return await cut(request)
            case Fault(kind="cut_after"):
                act()
                return await cut(request)
            case Fault(kind="slow_after"):
                answer = act()
                await asyncio.sleep(fault.seconds)
                return answer
            case Fault(kind="error"):
                return refused(refuse(fault.code or 20500, to=to or ""))
        waits = {"Retry-After": f"{max(fault.seconds, 1):.0f}"} if fault.kind in ("429", "503") else {}
        return refused(refuse(20_000 + int(fault.kind)), waits)

    async def list_media(self, request: Request) -> Response:
        """List what is attached to a message."""
        message = self._ledger.find(request.path_params["sid"])
        if not message:
            return not_found(request)
        items = [media_json(self._account_sid, message, item) for item in message.fields().get("media", [])]
        return single_page(f"{messages_path(self._account_sid)}/{message.sid}/Media.json", "media_list", items)

    async def fetch_media(self, request: Request) -> Response:
        """Describe one attachment."""
        message, item = self._find_media(request)
        if not message or not item:
            return not_found(request)
        return JSONResponse(media_json(self._account_sid, message, item))

    async def media_content(self, request: Request) -> Response:
        """Give the content: open to who knows the address, as with Twilio, but not to wrong credentials."""
        if "Authorization" in request.headers and not self._knows(request):
            return refused(refuse(20003))

        def act() -> Response:
            message, item = self._find_media(request)
            if not message or not item:
                return not_found(request)
            if "url" in item:
                return RedirectResponse(item["url"], 307)
            return Response(self._ledger.media(item["sid"]), media_type=item["content_type"])

        return await self._through_faults(request, "media", act)

    def _find_media(self, request: Request) -> tuple[Message | None, dict[str, str] | None]:
        message = self._ledger.find(request.path_params["sid"])
        items = message.fields().get("media", []) if message else []
        return message, next((item for item in items if item["sid"] == request.path_params["media"]), None)

    async def list_numbers(self, request: Request) -> Response:
        """List the account's numbers and their webhooks."""
        wanted = request.query_params.get("PhoneNumber", "")
        numbers = [
            {"sid": "PN" + number.strip("+").zfill(32), "account_sid": self._account_sid, "phone_number": number}
            | {"sms_url": url, "sms_method": "POST", "friendly_name": number, "api_version": API_VERSION}
            for number, url in self._ledger.numbers.items()
            if wanted in number
        ]
        path = f"/{API_VERSION}/Accounts/{self._account_sid}/IncomingPhoneNumbers.json"
        return single_page(path, "incoming_phone_numbers", numbers)

    async def fetch_account(self, request: Request) -> Response:
        """Show the account, which is how an application checks its credentials."""
        path = f"/{API_VERSION}/Accounts/{self._account_sid}"
        about = {"sid": self._account_sid, "friendly_name": "Stand-in", "status": "active", "type": "Full"}
        return JSONResponse(about | {"uri": f"{path}.json", "subresource_uris": {"messages": f"{path}/Messages.json"}})
