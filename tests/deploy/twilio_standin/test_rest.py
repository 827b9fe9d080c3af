"""Twilio's REST API, as the real SDK sees it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.deploy.twilio_standin.conftest import ACCOUNT_SID, NUMBER, Send, Text, client_for

PERSON = "+12145550123"


async def refused(create: Any) -> TwilioRestException:
    with pytest.raises(TwilioRestException) as caught:
        await create
    return caught.value


async def test_a_message_is_taken_and_can_be_fetched(send: Send, twilio: Client, console: httpx.AsyncClient) -> None:
    before = datetime.now(UTC)
    created = await send("Grüße 😀", to=PERSON)
    assert (created.status, created.direction, created.from_, created.to) == ("queued", "outbound-api", NUMBER, PERSON)
    assert created.sid.startswith("SM")
    assert len(created.sid) == 34
    assert created.num_segments == "1"
    assert created.date_sent is None
    fetched = await twilio.messages(created.sid).fetch_async()
    assert fetched.body == "Grüße 😀"
    assert fetched.uri == f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{created.sid}.json"
    assert abs(fetched.date_created - before) < timedelta(seconds=5)
    raw = (await console.get(fetched.uri, auth=(ACCOUNT_SID, twilio.password))).json()
    accepted_at = datetime.fromisoformat(raw["accepted_at"])
    assert before <= accepted_at <= datetime.now(UTC)
    assert len(raw["accepted_at"].split(".")[1]) == len("123456+00:00")


async def test_segments_are_counted_as_carriers_count_them(send: Send) -> None:
    segments = {"a" * 160: "1", "a" * 161: "2", "€" * 80: "1", "€" * 81: "2", "ы" * 70: "1", "ы" * 71: "2"}
    for body, count in segments.items():
        assert (await send(body)).num_segments == count, body


async def test_messages_of_both_directions_are_listed_newest_first(send: Send, text: Text, twilio: Client) -> None:
    first = await send("first")
    second = await text("second")
    third = await send("third")
    listed = await twilio.messages.list_async()
    assert [message.sid for message in listed] == [third.sid, second["sid"], first.sid]
    assert [message.direction for message in listed] == ["outbound-api", "inbound", "outbound-api"]
    assert listed[1].status == "received"


async def test_pages_are_walked_without_loss_while_messages_arrive(send: Send, twilio: Client) -> None:
    sids = [(await send(f"{index}")).sid for index in range(25)]
    page = await twilio.messages.page_async(page_size=10)
    seen = [message.sid for message in page]
    await send("arrives meanwhile")
    while page := await page.next_page_async():
        seen += [message.sid for message in page]
    assert seen == sids[::-1]
    assert len(await twilio.messages.list_async(limit=7)) == 7
    assert len(await twilio.messages.list_async(page_size=4)) == 26


async def test_the_previous_page_leads_back(send: Send, twilio: Client) -> None:
    for index in range(9):
        await send(f"{index}")
    first = await twilio.messages.page_async(page_size=3)
    second = await first.next_page_async()
    third = await second.next_page_async()
    assert await third.next_page_async() is None
    again = await third.previous_page_async()
    assert [message.body for message in again] == ["5", "4", "3"]
    assert [message.body for message in await again.next_page_async()] == ["2", "1", "0"]


async def test_a_list_is_filtered_by_its_ends_and_dates(send: Send, text: Text, twilio: Client) -> None:
    sent = await send("to one")
    await send("to another", to="+12145550124")
    received = await text("from one")
    now = datetime.now(UTC)
    a_while = timedelta(hours=1)
    listed = twilio.messages.list_async
    assert [message.sid for message in await listed(to=PERSON)] == [sent.sid]
    assert [message.sid for message in await listed(to=NUMBER)] == [received["sid"]]
    assert len(await listed(from_=NUMBER)) == 2
    assert [message.sid for message in await listed(from_=NUMBER, to=PERSON)] == [sent.sid]
    assert len(await listed(date_sent=now)) == 3
    assert len(await listed(date_sent_after=now - a_while, date_sent_before=now + a_while)) == 3
    assert await listed(date_sent_after=now + a_while) == []
    assert await listed(to=NUMBER, date_sent_before=now - a_while) == []


async def test_wrong_credentials_are_refused(base_url: str) -> None:
    client = client_for(base_url, auth_token="wrong")
    error = await refused(client.messages.create_async(to=PERSON, from_=NUMBER, body="Hello"))
    assert (error.status, error.code) == (401, 20003)
    error = await refused(client.messages("SM" + "0" * 32).fetch_async())
    assert (error.status, error.code) == (401, 20003)
    await client.http_client.close()


async def test_what_does_not_exist_is_not_found(twilio: Client) -> None:
    error = await refused(twilio.messages("SM" + "0" * 32).fetch_async())
    assert (error.status, error.code) == (404, 20404)
    error = await refused(twilio.api.accounts("AC" + "f" * 32).messages.create_async(to=PERSON, body="x", from_=NUMBER))
    assert (error.status, error.code) == (404, 20404)


REFUSALS: list[tuple[dict[str, Any], int]] = [
    ({"to": "+15005550001"}, 21211),
    ({"to": "+15005550002"}, 21612),
    ({"to": "+15005550003"}, 21408),
    ({"to": "+15005550004"}, 21610),
    ({"to": "+15005550009"}, 21614),
    ({"from_": "+15005550001"}, 21212),
    ({"from_": "+15005550007"}, 21606),
    ({"from_": "+15005550008"}, 21611),
    ({"from_": "+12145550199"}, 21659),
    ({"to": "555-1234"}, 21211),
    ({"to": "911"}, 21211),
    ({"to": NUMBER}, 21266),
    ({"to": ""}, 21604),
    ({"from_": ""}, 21603),
    ({"body": ""}, 21602),
    ({"body": "a" * 1601}, 21617),
    ({"media_url": ["ftp://example.com/card.jpg"]}, 21620),
    ({"media_url": ["https://example.com/card.jpg"] * 11}, 21623),
    ({"status_callback": "example.com/status"}, 21609),
    ({"validity_period": 0}, 20001),
]


async def test_what_twilio_would_refuse_is_refused_with_its_code(send: Send, twilio: Client) -> None:
    for options, code in REFUSALS:
        error = await refused(send(**options))
        assert (error.status, error.code) == (400, code), options
    assert await twilio.messages.list_async() == []


async def test_the_longest_body_and_the_magic_sender_are_taken(send: Send) -> None:
    assert (await send("a" * 1600, from_="+15005550006")).num_segments == "11"


async def test_media_of_a_message_are_listed(send: Send, twilio: Client) -> None:
    message = await send("a card", media_url=["https://example.com/card.jpg"])
    assert message.sid.startswith("MM")
    assert message.num_media == "1"
    media = await twilio.messages(message.sid).media.list_async()
    assert [item.parent_sid for item in media] == [message.sid]


async def test_numbers_and_the_account_can_be_seen(twilio: Client, console: httpx.AsyncClient) -> None:
    await console.put("/standin/numbers/+12145550101", json={"sms_url": "https://example.com/sms"})
    numbers = await twilio.incoming_phone_numbers.list_async()
    assert [number.phone_number for number in numbers] == [NUMBER, "+12145550101"]
    assert numbers[1].sms_url == "https://example.com/sms"
    assert (await twilio.api.accounts(ACCOUNT_SID).fetch_async()).status == "active"
