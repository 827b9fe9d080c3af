"""The stand-in on a real socket, the real SDK that talks to it, and an application that it calls."""

import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import httpx
import pytest
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from deploy.local.twilio.main import serving
from deploy.local.twilio.settings import StandInSettings
from tests.deploy.twilio_standin.application import Application, listening

ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
AUTH_TOKEN = "token-of-the-stand-in"
NUMBER = "+12145550100"

Send = Callable[..., Coroutine[Any, Any, Any]]
Text = Callable[..., Coroutine[Any, Any, dict[str, Any]]]


class SdkTransport(AsyncHttpClient):  # type: ignore[misc]  # the SDK has no types
    """What the SDK sends by: its own asynchronous client uses what aiohttp has deprecated."""

    def __init__(self) -> None:
        super().__init__(logging.getLogger(__name__), is_async=True)
        self._client = httpx.AsyncClient(timeout=30)

    async def request(self, method: str, uri: str, *args: Any, **options: Any) -> Response:
        for name in ("allow_redirects", "timeout"):
            options.pop(name, None)
        answer = await self._client.request(method, uri, **options)
        return Response(answer.status_code, answer.text, answer.headers)

    async def close(self) -> None:
        await self._client.aclose()


def client_for(base_url: str, auth_token: str = AUTH_TOKEN) -> Client:
    """The real SDK; only the base address of its API domain is another."""
    client = Client(ACCOUNT_SID, auth_token, http_client=SdkTransport())
    client.api.base_url = base_url
    return client


def settings(**changes: Any) -> StandInSettings:
    return StandInSettings(twilio_account_sid=ACCOUNT_SID, twilio_auth_token=AUTH_TOKEN, **changes)


@pytest.fixture
async def application() -> AsyncIterator[Application]:
    async with listening(AUTH_TOKEN) as application:
        yield application


@pytest.fixture
async def base_url(application: Application) -> AsyncIterator[str]:
    async with serving(settings(twilio_number=NUMBER, twilio_sms_url=application.sms_url)) as base_url:
        yield base_url


@pytest.fixture
async def console(base_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """What tests and people see of the stand-in, besides Twilio's API."""
    async with httpx.AsyncClient(base_url=base_url, timeout=30) as console:
        yield console


@pytest.fixture
async def twilio(base_url: str) -> AsyncIterator[Client]:
    client = client_for(base_url)
    yield client
    await client.http_client.close()


@pytest.fixture
def send(twilio: Client, application: Application) -> Send:
    async def send(body: str = "Hello", *, to: str = "+12145550123", **options: Any) -> Any:
        options = {"from_": NUMBER, "status_callback": application.status_url} | options
        return await twilio.messages.create_async(to=to, body=body, **options)

    return send


@pytest.fixture
def text(console: httpx.AsyncClient) -> Text:
    async def text(body: str, *, from_: str = "+12145550123", **options: Any) -> dict[str, Any]:
        answer = await console.post("/standin/texts", json={"from": from_, "to": NUMBER, "body": body, **options})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    return text
