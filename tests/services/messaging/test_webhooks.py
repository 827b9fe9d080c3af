"""Twilio's webhook for texts: what is taken, what is refused, and that it is durable before the answer."""

import asyncio
from typing import Any

import pytest

from shared.ids import uuid7
from tests.services.messaging.stack import ACCOUNT_SID, Messaging

SMS = "/webhooks/twilio/sms"
FORM = {"content-type": "application/x-www-form-urlencoded"}


async def nothing_is_stored(messaging: Messaging) -> bool:
    return await messaging.messages() == [] and await messaging.events() == []


async def test_the_answer_is_empty_twiml(messaging: Messaging) -> None:
    answer = await messaging.webhook(Body="Hello", SomethingTwilioAddsLater="x", FromCity="")
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/xml")
    assert "<Response/>" in answer.text
    assert [row["body"] for row in await messaging.messages()] == ["Hello"]


@pytest.mark.parametrize("body", ["", "x" * 1600, "👍🏽 déjà vu 漢字", "a\nb & c=d+e%20"])
async def test_bodies_are_taken_as_they_are(messaging: Messaging, body: str) -> None:
    assert (await messaging.webhook(Body=body)).status_code == 200
    assert [row["body"] for row in await messaging.messages()] == [body]


async def test_a_missing_or_wrong_signature_is_refused(messaging: Messaging) -> None:
    form = {"MessageSid": "SM" + "0" * 32, "AccountSid": ACCOUNT_SID, "From": "+12145550123", "To": messaging.number}
    form |= {"Body": "x", "NumMedia": "0"}
    for signature in (None, b"", b"bm9wZQ==", "é".encode()):
        headers = {b"X-Twilio-Signature": signature} if signature is not None else {}
        assert (await messaging.http.post(SMS, data=form, headers=headers)).status_code == 403
    right = messaging.signature(SMS, form)
    assert (
        await messaging.http.post(f"{SMS}?x=1", data=form, headers={"X-Twilio-Signature": right})
    ).status_code == 403
    assert await nothing_is_stored(messaging)


async def test_a_json_body_is_refused(messaging: Messaging) -> None:
    signature = messaging.signature(SMS, {})
    answer = await messaging.http.post(SMS, json={"Body": "x"}, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 403
    assert await nothing_is_stored(messaging)


@pytest.mark.parametrize(
    "changes",
    [
        {"MessageSid": None},
        {"Body": None},
        {"NumMedia": None},
        {"Body": ["a", "b"]},
        {"From": ["+12145550123", "+12145550124"]},
        {"Body": None, "Bod": "yHello"},
        {"AccountSid": "AC" + "f" * 32},
        {"To": "+12145550199"},
    ],
)
async def test_what_is_signed_but_not_ours_is_refused(messaging: Messaging, changes: dict[str, Any]) -> None:
    assert (await messaging.webhook(**changes)).status_code == 403
    assert await nothing_is_stored(messaging)


@pytest.mark.parametrize(
    "changes",
    [{"MessageSid": "SM1"}, {"NumMedia": "many"}, {"NumMedia": "-1"}, {"NumMedia": "0000200000"}, {"From": "x" * 99}],
)
async def test_what_twilio_never_sends_is_malformed(messaging: Messaging, changes: dict[str, Any]) -> None:
    assert (await messaging.webhook(**changes)).status_code == 400
    assert await nothing_is_stored(messaging)


async def test_an_unreadable_form_is_malformed(messaging: Messaging) -> None:
    for content in (b"Body=%ff%fe", "&".join(f"a{n}=1" for n in range(5000)).encode()):
        assert (await messaging.http.post(SMS, content=content, headers=FORM)).status_code == 400
    assert (await messaging.http.post(SMS, content=b"x" * 2_000_000, headers=FORM)).status_code == 413
    assert await nothing_is_stored(messaging)


async def test_the_query_is_part_of_the_address_that_is_signed(messaging: Messaging) -> None:
    assert (await messaging.webhook(f"{SMS}?tenant=a%20b&x=")).status_code == 200
    assert len(await messaging.messages()) == 1


async def test_five_webhooks_at_once_make_one_message(messaging: Messaging) -> None:
    sid = "SM" + uuid7().hex
    answers = await asyncio.gather(*(messaging.webhook(MessageSid=sid, Body="once") for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    assert len(await messaging.messages()) == 1
    assert len(await messaging.events("message.received")) == 1


async def test_many_texts_of_one_person_at_once_are_all_kept_in_one_conversation(messaging: Messaging) -> None:
    await asyncio.gather(*(messaging.webhook(Body=f"note {number}") for number in range(20)))
    rows = await messaging.messages()
    assert sorted(row["body"] for row in rows) == sorted(f"note {number}" for number in range(20))
    assert len({row["conversation_id"] for row in rows}) == 1


async def test_a_nul_character_does_not_lose_the_text(messaging: Messaging) -> None:
    assert (await messaging.webhook(Body="a\x00b")).status_code == 200
    assert [row["body"] for row in await messaging.messages()] == ["ab"]


async def test_a_number_of_another_account_brings_the_text_there(messaging: Messaging) -> None:
    other = uuid7()
    await messaging.rows(
        "INSERT INTO sender_numbers (account_id, number) VALUES ($1, '+12145550101')", other, account_id=other
    )
    await messaging.webhook(To="+12145550101", Body="for the other")
    (row,) = await messaging.messages()
    assert row["account_id"] == other
    assert await messaging.rows("SELECT * FROM messages") == []
