"""An application that Twilio calls: it checks every signature with the real SDK and remembers what came."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from twilio.request_validator import RequestValidator


@dataclass
class Application:
    """What it was told, and what it is to answer to texts."""

    validator: RequestValidator
    url: str = ""
    texts: list[dict[str, str]] = field(default_factory=list)
    statuses: list[dict[str, str]] = field(default_factory=list)
    status: int = 200
    answer: str = "<Response/>"
    content_type: str = "text/xml"

    @property
    def sms_url(self) -> str:
        return f"{self.url}/sms?secret=a%20b&x=1"

    @property
    def status_url(self) -> str:
        return f"{self.url}/status?message_id=M%2D1"

    def of(self, sid: str) -> list[str]:
        return [status["MessageStatus"] for status in self.statuses if status["MessageSid"] == sid]

    async def statuses_of(self, sid: str, count: int) -> list[str]:
        """Wait until so many statuses of a message have come, then return them as they came."""
        async with asyncio.timeout(5):
            while len(self.of(sid)) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        return self.of(sid)

    async def take(self, request: web.Request) -> web.Response:
        form = await request.post()
        parameters = {name: str(value) for name, value in form.items()}
        assert len(parameters) == len(form), "no name is given twice"
        given_url = self.url + request.raw_path
        if not self.validator.validate(given_url, parameters, request.headers["X-Twilio-Signature"]):
            return web.Response(status=403)
        (self.texts if request.path == "/sms" else self.statuses).append(parameters)
        return web.Response(text=self.answer, content_type=self.content_type, status=self.status)


@asynccontextmanager
async def listening(auth_token: str) -> AsyncIterator[Application]:
    application = Application(RequestValidator(auth_token))
    server = web.Application()
    server.router.add_post("/{kind}", application.take)
    runner = web.AppRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    application.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield application
    finally:
        await runner.cleanup()
