"""What only the stand-in has: people's texts, the ledger, faults, numbers, waiting."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.local.twilio.faults import Faults, parse_fault
from deploy.local.twilio.inbound import Inbound
from deploy.local.twilio.ledger import Ledger, Message, rfc3339
from deploy.local.twilio.refusals import E164

MAX_WAIT_SECONDS = 300.0
MAX_DELIVERIES = 100


class Console:
    """The far side of the stand-in: the people with the phones, and the tests that watch."""

    def __init__(self, ledger: Ledger, faults: Faults, inbound: Inbound, own_url: str) -> None:
        self._ledger = ledger
        self._faults = faults
        self._inbound = inbound
        self._own_url = own_url

    def routes(self) -> list[Route]:
        """Return the table of what can be asked."""
        table: list[tuple[str, Callable[[Request], Awaitable[Response]], str]] = [
            ("/standin/texts", self.post_text, "POST"),
            ("/standin/texts/{sid}/deliver", self.deliver_again, "POST"),
            ("/standin/wait", self.wait, "GET"),
            ("/standin/ledger", self.ledger, "GET"),
            ("/standin/faults", self.add_fault, "POST"),
            ("/standin/faults", self.list_faults, "GET"),
            ("/standin/faults", self.clear_faults, "DELETE"),
            ("/standin/numbers", self.list_numbers, "GET"),
            ("/standin/numbers/{number}", self.put_number, "PUT"),
        ]
        return [Route(path, _explained(endpoint), methods=[method]) for path, endpoint, method in table]

    async def post_text(self, request: Request) -> Response:
        """A person texts: {from, to, body, media?: [{content_type, base64}], deliver?: true}."""
        text = await request.json()
        media = [(item["content_type"], base64.b64decode(item["base64"])) for item in text.get("media", [])]
        ends = {"from_": phone_number(text["from"]), "to": phone_number(text["to"])}
        message = self._inbound.receive(**ends, body=str(text.get("body", "")), media=media)
        about = {"sid": message.sid, "accepted_at": message.accepted_at}
        if not text.get("deliver", True):
            return JSONResponse(about | {"webhook_status": None, "webhook_seconds": None}, 201)
        return JSONResponse(about | await self._deliver(request, message), 201)

    async def deliver_again(self, request: Request) -> Response:
        """Deliver a text that is known, `times` at once: late, or more often than it should be."""
        message = self._ledger.find(request.path_params["sid"])
        if not message or not message.inbound:
            return JSONResponse({"error": "no text has this sid; POST /standin/texts answers with one"}, 404)
        times = min(int(request.query_params.get("times", 1)), MAX_DELIVERIES)
        deliveries = await asyncio.gather(*(self._deliver(request, message) for _ in range(times)))
        return JSONResponse({"sid": message.sid, "deliveries": deliveries})

    async def _deliver(self, request: Request, message: Message) -> dict[str, Any]:
        answer = await self._inbound.deliver(message, self._own_url or str(request.base_url))
        about = {"webhook_status": answer.status, "webhook_seconds": round(answer.seconds, 6)}
        return about | ({"webhook_error": answer.error} if answer.error else {})

    async def wait(self, request: Request) -> Response:
        """Wait until `count` outbound messages to a number were accepted after a moment; fewer when time is up."""
        query = request.query_params
        count, seconds = int(query.get("count", 1)), min(float(query.get("timeout", 20)), MAX_WAIT_SECONDS)
        after = moment(query["after"]) if "after" in query else ""
        found = await self._ledger.wait_for(phone_number(query["to"]), after, count, seconds)
        return _items(found, timed_out=len(found) < count)

    async def ledger(self, request: Request) -> Response:
        """Show what was accepted, oldest first; `direction` is inbound or outbound, `since` a moment it starts with."""
        query = request.query_params
        ends = (phone_number(query[end]) if end in query else None for end in ("to", "from"))
        found = self._ledger.since(self._ledger.between(*ends), moment(query["since"]) if "since" in query else None)
        if "direction" in query:
            inbound = query["direction"] == "inbound"
            found = (message for message in found if message.inbound is inbound)
        return _items(list(islice(found, int(query["limit"]) if "limit" in query else None)))

    async def add_fault(self, request: Request) -> Response:
        """Let something go wrong: {kind, count?, seconds?, to?, on?}."""
        self._faults.add(parse_fault(await request.json()))
        return JSONResponse({"items": self._faults.waiting()}, 201)

    async def list_faults(self, request: Request) -> Response:
        """Show what is still to go wrong."""
        return JSONResponse({"items": self._faults.waiting()})

    async def clear_faults(self, request: Request) -> Response:
        """Let nothing go wrong any more."""
        self._faults.clear()
        return Response(status_code=204)

    async def list_numbers(self, request: Request) -> Response:
        """Show the account's numbers and their webhooks."""
        items = [{"number": number, "sms_url": url} for number, url in self._ledger.numbers.items()]
        return JSONResponse({"items": items})

    async def put_number(self, request: Request) -> Response:
        """Give the account a number, and say where its texts go: {sms_url}."""
        number = phone_number(request.path_params["number"])
        self._ledger.set_number(number, str((await request.json())["sms_url"]))
        return JSONResponse({"number": number, "sms_url": self._ledger.numbers[number]})


def phone_number(text: str) -> str:
    """Read a number, also one whose + a query string turned into a space. Raises ValueError."""
    number = "+" + text.strip().lstrip("+")
    if not E164.fullmatch(number):
        raise ValueError(f"{text!r} is not a phone number like +12145550123")
    return number


def moment(text: str) -> str:
    """Read an RFC 3339 time, also one whose + a query string turned into a space. Raises ValueError."""
    at = datetime.fromisoformat(text.replace(" ", "+"))
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no offset: write 2026-01-31T09:00:00.000000+00:00")
    return rfc3339(at)


def _items(messages: list[Message], *, timed_out: bool | None = None) -> Response:
    about = "" if timed_out is None else f',"timed_out":{str(timed_out).lower()}'
    rows = ",".join(message.row() for message in messages)
    return Response(f'{{"items":[{rows}]{about}}}', media_type="application/json")


def _explained(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except KeyError as error:
            return JSONResponse({"error": f"{error.args[0]} is missing"}, 422)
        except (ValueError, TypeError, AttributeError) as error:
            return JSONResponse({"error": str(error)}, 422)

    return answered
