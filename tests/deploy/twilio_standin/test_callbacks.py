"""Statuses: their order, their callbacks, their signatures."""

import httpx
import pytest
from twilio.rest import Client

from deploy.local.twilio.main import serving
from tests.deploy.twilio_standin.application import Application
from tests.deploy.twilio_standin.conftest import ACCOUNT_SID, NUMBER, Send, client_for, settings


async def test_a_message_is_sent_then_delivered_and_each_is_called_back_signed(
    send: Send, application: Application, twilio: Client
) -> None:
    message = await send()
    assert await application.statuses_of(message.sid, 2) == ["sent", "delivered"]
    assert application.statuses[0] == {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "MessageStatus": "sent",
        "SmsStatus": "sent",
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "From": NUMBER,
        "To": "+12145550123",
    }
    fetched = await twilio.messages(message.sid).fetch_async()
    assert fetched.status == "delivered"
    assert fetched.date_sent is not None


async def test_queued_is_called_back_too_when_asked_for(application: Application) -> None:
    async with serving(settings(twilio_callbacks="queued,sent,delivered")) as base_url:
        client = client_for(base_url)
        callback = application.status_url
        message = await client.messages.create_async(
            to="+12145550123", from_=NUMBER, body="Hello", status_callback=callback
        )
        assert await application.statuses_of(message.sid, 3) == ["queued", "sent", "delivered"]
        await client.http_client.close()


@pytest.mark.parametrize(("to", "code"), [("+15005553003", 30003), ("+15005553008", 30008)])
async def test_some_numbers_never_get_their_texts(
    send: Send, application: Application, twilio: Client, to: str, code: int
) -> None:
    message = await send(to=to)
    assert await application.statuses_of(message.sid, 2) == ["sent", "undelivered"]
    assert application.statuses[-1]["ErrorCode"] == str(code)
    assert "ErrorCode" not in application.statuses[0]
    assert (await twilio.messages(message.sid).fetch_async()).error_code == code


async def test_a_fate_can_be_asked_for_by_destination(
    send: Send, application: Application, console: httpx.AsyncClient
) -> None:
    await console.post("/standin/faults", json={"kind": "failed:30007", "to": "+12145550124", "count": None})
    await console.post("/standin/faults", json={"kind": "undelivered"})
    undelivered, failed = await send(), await send(to="+12145550124")
    failed_again, delivered = await send(to="+12145550124"), await send()
    assert await application.statuses_of(undelivered.sid, 2) == ["sent", "undelivered"]
    assert await application.statuses_of(failed.sid, 1) == ["failed"]
    assert await application.statuses_of(failed_again.sid, 1) == ["failed"]
    assert await application.statuses_of(delivered.sid, 2) == ["sent", "delivered"]
    failures = [status for status in application.statuses if status["MessageSid"] == failed.sid]
    assert failures[0]["ErrorCode"] == "30007"


async def test_callbacks_come_in_the_wrong_order_twice_or_never(
    send: Send, application: Application, console: httpx.AsyncClient, twilio: Client
) -> None:
    for kind in ("shuffle_callbacks", "repeat_callbacks", "drop_callbacks"):
        await console.post("/standin/faults", json={"kind": kind})
    shuffled, repeated, dropped, usual = [await send() for _ in range(4)]
    assert await application.statuses_of(shuffled.sid, 2) == ["delivered", "sent"]
    assert await application.statuses_of(repeated.sid, 4) == ["sent", "delivered"] * 2
    assert await application.statuses_of(usual.sid, 2) == ["sent", "delivered"]
    assert (await twilio.messages(dropped.sid).fetch_async()).status == "delivered"
    assert application.of(dropped.sid) == []
