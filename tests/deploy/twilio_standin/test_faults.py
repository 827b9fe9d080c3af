"""What goes wrong on demand, seen from the real SDK and from the ledger."""

import asyncio
import time
from typing import Any

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.deploy.twilio_standin.application import Application
from tests.deploy.twilio_standin.conftest import ACCOUNT_SID, AUTH_TOKEN, NUMBER, Send, Text


async def fault(console: httpx.AsyncClient, **asked: Any) -> None:
    answer = await console.post("/standin/faults", json=asked)
    assert answer.status_code == 201, answer.text


async def bodies(console: httpx.AsyncClient) -> list[str]:
    return [item["body"] for item in (await console.get("/standin/ledger")).json()["items"]]


@pytest.mark.parametrize(("kind", "status", "code"), [("429", 429, 20429), ("500", 500, 20500), ("503", 503, 20503)])
async def test_twilio_is_overloaded_once_and_then_well(
    send: Send, console: httpx.AsyncClient, kind: str, status: int, code: int
) -> None:
    await fault(console, kind=kind)
    with pytest.raises(TwilioRestException) as caught:
        await send("lost")
    assert (caught.value.status, caught.value.code) == (status, code)
    await send("taken")
    assert await bodies(console) == ["taken"]


async def test_too_many_requests_says_when_to_come_back(console: httpx.AsyncClient) -> None:
    await fault(console, kind="429", seconds=7)
    path = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
    form = {"To": "+12145550123", "From": NUMBER, "Body": "Hello"}
    answer = await console.post(path, data=form, auth=(ACCOUNT_SID, AUTH_TOKEN))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


async def test_any_code_can_be_asked_for(send: Send, console: httpx.AsyncClient) -> None:
    await fault(console, kind="error:21611", count=2)
    for _ in range(2):
        with pytest.raises(TwilioRestException) as caught:
            await send()
        assert (caught.value.status, caught.value.code) == (400, 21611)
    await send("taken")
    assert await bodies(console) == ["taken"]


async def test_a_connection_cut_before_acceptance_leaves_nothing(send: Send, console: httpx.AsyncClient) -> None:
    await fault(console, kind="cut_before")
    with pytest.raises(httpx.RemoteProtocolError):
        await send("lost")
    assert await bodies(console) == []
    await send("taken")
    assert await bodies(console) == ["taken"]


async def test_a_connection_cut_after_acceptance_leaves_the_message(
    send: Send, console: httpx.AsyncClient, twilio: Client
) -> None:
    await fault(console, kind="cut_after")
    with pytest.raises(httpx.RemoteProtocolError):
        await send("taken")
    assert await bodies(console) == ["taken"]
    assert [message.body for message in await twilio.messages.list_async(to="+12145550123")] == ["taken"]


async def test_a_slow_answer_comes_before_or_after_acceptance(send: Send, console: httpx.AsyncClient) -> None:
    await fault(console, kind="slow", seconds=0.3)
    await fault(console, kind="slow_after", seconds=0.3)
    started = time.perf_counter()
    sending = asyncio.create_task(send("slow twice"))
    await asyncio.sleep(0.1)
    assert await bodies(console) == []
    await asyncio.sleep(0.35)
    assert await bodies(console) == ["slow twice"]
    await sending
    assert time.perf_counter() - started >= 0.6


async def test_faults_hit_in_the_order_they_were_asked_for_and_only_their_destination(
    send: Send, console: httpx.AsyncClient
) -> None:
    await fault(console, kind="500", to="+12145550124")
    await fault(console, kind="error:30001")
    with pytest.raises(TwilioRestException) as caught:
        await send()
    assert caught.value.code == 30001
    with pytest.raises(TwilioRestException) as caught:
        await send(to="+12145550124")
    assert caught.value.code == 20500


async def test_listing_fetching_and_media_can_fail_too(
    send: Send, text: Text, application: Application, console: httpx.AsyncClient, twilio: Client
) -> None:
    message = await send()
    await text("", media=[{"content_type": "image/png", "base64": "AAAA"}])
    await fault(console, kind="503", on="media")
    photo = application.texts[0]["MediaUrl0"]
    assert [(await console.get(photo)).status_code for _ in range(2)] == [503, 200]
    await fault(console, kind="503", on="list")
    await fault(console, kind="cut_before", on="fetch")
    with pytest.raises(Exception, match="Unable to fetch page"):
        await twilio.messages.list_async()
    with pytest.raises(httpx.RemoteProtocolError):
        await twilio.messages(message.sid).fetch_async()
    assert len(await twilio.messages.list_async()) == 2


async def test_faults_are_shown_and_taken_back(send: Send, console: httpx.AsyncClient) -> None:
    await fault(console, kind="500", count=None)
    with pytest.raises(TwilioRestException):
        await send()
    shown = (await console.get("/standin/faults")).json()["items"]
    assert [(item["kind"], item["count"]) for item in shown] == [("500", None)]
    await console.delete("/standin/faults")
    await send("taken")
    assert (await console.get("/standin/faults")).json() == {"items": []}


async def test_a_fault_that_does_not_exist_is_explained(console: httpx.AsyncClient) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "unknown kind 'flood'": {"kind": "flood"},
        "needs its code": {"kind": "error"},
        "unknown request": {"kind": "500", "on": "x"},
        "unknown fields ['knd']": {"kind": "500", "knd": "500"},
    }
    for words, asked in wrong.items():
        answer = await console.post("/standin/faults", json=asked)
        assert answer.status_code == 422
        assert words in answer.json()["error"]
