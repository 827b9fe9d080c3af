"""People's texts: kept, delivered signed, obeyed where Twilio obeys them; replies waited for."""

import asyncio
import base64
from datetime import UTC, datetime

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.deploy.twilio_standin.application import Application
from tests.deploy.twilio_standin.conftest import ACCOUNT_SID, AUTH_TOKEN, NUMBER, Send, Text

PERSON = "+12145550123"
CARD = b"\x89PNG\r\n\x1a\n and so on"


async def ledger(console: httpx.AsyncClient, **query: str) -> list[dict[str, str]]:
    return list((await console.get("/standin/ledger", params=query)).json()["items"])


async def test_a_text_is_listed_and_delivered_with_a_valid_signature(
    text: Text, application: Application, twilio: Client
) -> None:
    told = await text("Met John Smith, 214-555-0124 & more=ä")
    assert told["webhook_status"] == 200
    assert 0 < told["webhook_seconds"] < 5
    delivered = application.texts[0]
    expected = {
        "MessageSid": told["sid"],
        "SmsSid": told["sid"],
        "SmsMessageSid": told["sid"],
        "AccountSid": ACCOUNT_SID,
        "From": PERSON,
        "To": NUMBER,
        "Body": "Met John Smith, 214-555-0124 & more=ä",
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
        "FromCity": "",
    }
    assert expected.items() <= delivered.items()
    listed = await twilio.messages.list_async(to=NUMBER)
    assert [(message.sid, message.status, message.direction) for message in listed] == [
        (told["sid"], "received", "inbound")
    ]


async def test_a_text_that_twilio_could_not_deliver_is_only_found_by_listing(
    text: Text, application: Application, twilio: Client, console: httpx.AsyncClient
) -> None:
    missed = await text("never delivered", deliver=False)
    application.status = 500
    failed = await text("answered with an error")
    assert (missed["webhook_status"], failed["webhook_status"]) == (None, 500)
    assert [delivered["Body"] for delivered in application.texts] == ["answered with an error"]
    assert [message.sid for message in await twilio.messages.list_async(to=NUMBER)] == [failed["sid"], missed["sid"]]
    await console.put(f"/standin/numbers/{NUMBER}", json={"sms_url": "http://127.0.0.1:9/closed"})
    unreachable = await text("nobody listens")
    assert unreachable["webhook_status"] is None
    assert "ClientConnectorError" in unreachable["webhook_error"]


async def test_a_webhook_can_arrive_five_times_at_once(
    text: Text, application: Application, console: httpx.AsyncClient
) -> None:
    told = await text("once is enough", deliver=False)
    answer = await console.post(f"/standin/texts/{told['sid']}/deliver", params={"times": 5})
    assert [delivery["webhook_status"] for delivery in answer.json()["deliveries"]] == [200] * 5
    assert [delivered["MessageSid"] for delivered in application.texts] == [told["sid"]] * 5
    assert len(await ledger(console)) == 1


async def test_a_photo_can_be_fetched_from_the_address_in_the_webhook(
    text: Text, application: Application, console: httpx.AsyncClient, twilio: Client
) -> None:
    media = [{"content_type": "image/png", "base64": base64.b64encode(CARD).decode()}]
    told = await text("", media=media)
    delivered = application.texts[0]
    assert (delivered["NumMedia"], delivered["MediaContentType0"], delivered["Body"]) == ("1", "image/png", "")
    fetched = await console.get(delivered["MediaUrl0"], auth=(ACCOUNT_SID, AUTH_TOKEN))
    assert (fetched.content, fetched.headers["content-type"]) == (CARD, "image/png")
    assert (await console.get(delivered["MediaUrl0"], auth=(ACCOUNT_SID, "wrong"))).status_code == 401
    listed = await twilio.messages(told["sid"]).media.list_async()
    assert delivered["MediaUrl0"].endswith(f"/Messages/{told['sid']}/Media/{listed[0].sid}")
    assert listed[0].content_type == "image/png"


async def test_twilio_obeys_and_answers_the_words_that_stop(
    text: Text, send: Send, application: Application, console: httpx.AsyncClient
) -> None:
    words = ["STOP", "stop ", "Stopall", "UNSUBSCRIBE", "end", "QUIT", "Cancel", "revoke", "OPTOUT"]
    for index, word in enumerate(words):
        person = f"+1469555010{index}"
        await text(word, from_=person)
        await text(word, from_=person)
        assert [delivered["Body"] for delivered in application.texts[-2:]] == [word, word]
        confirmations = await ledger(console, direction="outbound", to=person)
        assert [item["standin_origin"] for item in confirmations] == ["twilio"], word
        assert "unsubscribed" in confirmations[0]["body"]
        with pytest.raises(TwilioRestException) as caught:
            await send(to=person)
        assert caught.value.code == 21610
    await send("others are still written to", to=PERSON)
    assert all("OptOutType" not in delivered for delivered in application.texts)


async def test_who_stopped_can_start_again(text: Text, send: Send, console: httpx.AsyncClient) -> None:
    await text("STOP")
    await text("hello?")
    with pytest.raises(TwilioRestException):
        await send(to=PERSON)
    await text("Start")
    await send("welcome back", to=PERSON)
    outbound = [item["body"] for item in await ledger(console, direction="outbound")]
    assert "re-subscribed" in outbound[1]
    assert outbound[2:] == ["welcome back"]


async def test_yes_is_no_opt_in_from_someone_who_never_left(text: Text, console: httpx.AsyncClient) -> None:
    for word in ("YES", "START", "stop at the Ortiz site Friday", "STOP."):
        await text(word)
    assert await ledger(console, direction="outbound") == []


async def test_help_is_answered_by_twilio(text: Text, application: Application, console: httpx.AsyncClient) -> None:
    await text("help")
    outbound = await ledger(console, direction="outbound")
    assert [(item["standin_origin"], item["direction"]) for item in outbound] == [("twilio", "outbound-reply")]
    assert len(application.texts) == 1


async def test_what_the_webhook_answers_is_sent(
    text: Text, application: Application, console: httpx.AsyncClient
) -> None:
    application.answer = (
        f'<Response><Message statusCallback="{application.status_url}">Got &amp; kept</Message>'
        '<Message to="+12145550124"><Body>For another</Body></Message></Response>'
    )
    await text("hi")
    application.content_type, application.answer = "text/plain", "plain words"
    await text("hi")
    application.content_type, application.answer = "application/json", '{"ok": true}'
    await text("hi")
    application.content_type, application.answer = "text/xml", "<Response><Mess"
    await text("hi")
    sent = [(item["to"], item["body"]) for item in await ledger(console, direction="outbound")]
    assert sent == [(PERSON, "Got & kept"), ("+12145550124", "For another"), (PERSON, "plain words")]
    replied = (await ledger(console, direction="outbound"))[0]["sid"]
    assert await application.statuses_of(replied, 2) == ["sent", "delivered"]


async def test_a_reply_to_someone_who_stopped_is_not_sent(
    text: Text, application: Application, console: httpx.AsyncClient
) -> None:
    application.answer = "<Response><Message>You are out</Message></Response>"
    await text("STOP")
    assert [item["standin_origin"] for item in await ledger(console, direction="outbound")] == ["twilio"]


async def test_waiting_ends_as_soon_as_the_replies_are_accepted(
    text: Text, send: Send, console: httpx.AsyncClient
) -> None:
    await send("earlier", to=PERSON)
    told = await text("hello")
    query = {"to": PERSON, "after": told["accepted_at"], "count": 2, "timeout": 10}
    waiting = asyncio.create_task(console.get("/standin/wait", params=query))
    await send("first", to=PERSON)
    await send("for another", to="+12145550124")
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await send("second", to=PERSON)
    answer = (await waiting).json()
    assert [item["body"] for item in answer["items"]] == ["first", "second"]
    assert answer["timed_out"] is False
    assert all(item["accepted_at"] > told["accepted_at"] for item in answer["items"])


async def test_waiting_in_vain_ends_with_what_there_is(send: Send, console: httpx.AsyncClient) -> None:
    await send("only one", to=PERSON)
    answer = (await console.get(f"/standin/wait?to={PERSON}&count=2&timeout=0.1")).json()
    assert ([item["body"] for item in answer["items"]], answer["timed_out"]) == (["only one"], True)


async def test_the_ledger_is_searched_by_ends_direction_and_time(
    text: Text, send: Send, console: httpx.AsyncClient
) -> None:
    await send("one", to=PERSON)
    told = await text("two")
    await send("three", to="+12145550124")
    since = {"since": told["accepted_at"]}
    assert [item["body"] for item in await ledger(console)] == ["one", "two", "three"]
    assert [item["body"] for item in await ledger(console, **since)] == ["two", "three"]
    assert [item["body"] for item in await ledger(console, **since, limit="1")] == ["two"]
    assert [item["body"] for item in await ledger(console, to=PERSON)] == ["one"]
    sent = await ledger(console, **{"from": NUMBER}, direction="outbound")
    assert [item["body"] for item in sent] == ["one", "three"]
    assert [item["body"] for item in await ledger(console, direction="inbound")] == ["two"]
    accepted = [datetime.fromisoformat(item["accepted_at"]) for item in await ledger(console)]
    assert accepted == sorted(accepted)
    assert accepted[0].astimezone(UTC) <= datetime.now(UTC)


async def test_a_wrong_question_is_explained(console: httpx.AsyncClient) -> None:
    for query, word in {"ledger?since=yesterday": "yesterday", "wait": "to", "ledger?to=bob": "bob"}.items():
        answer = await console.get(f"/standin/{query}")
        assert answer.status_code == 422
        assert word in answer.json()["error"]
