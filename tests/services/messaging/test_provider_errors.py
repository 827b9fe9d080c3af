"""What Twilio refuses, for good or for now, and what is found out before it is asked again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.messaging.sending.queries import TO_SEND
from services.messaging.twilio.client import twilio_client
from shared.errors import Unavailable
from tests.services.messaging.scenes import ARRIVED
from tests.services.messaging.stack import ACCOUNT_SID, AUTH_TOKEN, PERSON, Messaging


@pytest.mark.parametrize("kind", ["429", "503", "error:20429", "error:21611"])
async def test_what_twilio_calls_retryable_is_tried_again_and_arrives_once(messaging: Messaging, kind: str) -> None:
    await messaging.fault(kind)
    message = await messaging.send()
    assert message["status"] == "pending"
    await messaging.due_now()
    await messaging.work()
    assert await messaging.bodies() == ["Hello"]
    assert len(await messaging.events("message.sent")) == 1


async def test_after_an_error_of_twilios_own_its_list_is_looked_at_before_it_is_asked_again(
    messaging: Messaging,
) -> None:
    await messaging.fault("500")
    message = await messaging.send()
    assert (message["status"], message["verify"]) == ("pending", True)
    await messaging.due_now()
    await messaging.fault("503", on="list")
    (lease,) = await TO_SEND.claim(messaging.worker, 1)
    with pytest.raises(Exception, match="list cannot be had"):
        await messaging.sender.work(lease)
    assert await messaging.bodies() == []
    await messaging.due_now()
    await messaging.work()
    assert await messaging.bodies() == ["Hello"]


async def test_what_is_found_in_the_list_after_an_error_is_not_sent_again(messaging: Messaging) -> None:
    await messaging.fault("500")
    message = await messaging.send()
    await messaging.provider.send(
        to=PERSON, from_=message["our_address"], body="Hello", status_callback="http://127.0.0.1:1/"
    )
    await messaging.due_now()
    await messaging.work()
    (item,) = await messaging.ledger()
    row = await messaging.by_key(message["message_key"])
    assert (row["status"], row["provider_sid"]) == ("sent", item["sid"])


@pytest.mark.parametrize("code", [21211, 21408, 21612, 21614, 20003])
async def test_what_twilio_refuses_for_good_fails_with_its_reason(messaging: Messaging, code: int) -> None:
    await messaging.fault(f"error:{code}")
    message = await messaging.send()
    assert (message["status"], message["error_code"]) == ("failed", code)
    assert str(code) in message["failure_reason"]
    (event,) = await messaging.events()
    assert (event["type"], event["status"], event["error_code"]) == ("message.status_changed", "failed", code)
    assert await messaging.work() == 0


async def test_where_nobody_listens_nothing_was_taken_and_it_is_tried_again(messaging: Messaging) -> None:
    provider = messaging.provider
    async with twilio_client(ACCOUNT_SID, AUTH_TOKEN, "http://127.0.0.1:1", 1) as nobody:
        messaging.provider = nobody
        message = await messaging.send()
    assert (message["status"], message["calling_at"]) == ("pending", None)
    messaging.provider = provider
    await messaging.due_now()
    await messaging.work()
    assert await messaging.bodies() == ["Hello"]


async def taken_in_spite_of_an_error(messaging: Messaging, **options: Any) -> dict[str, Any]:
    """Twilio answers 500, and has it all the same."""
    await messaging.fault("drop_callbacks")
    await messaging.fault("500")
    message = await messaging.send("taken", **options)
    await messaging.provider.send(
        to=PERSON, from_=message["our_address"], body="taken", status_callback="http://127.0.0.1:1/"
    )
    await messaging.due_now()
    return message


async def test_a_long_outage_of_the_list_after_an_error_makes_no_second_text(messaging: Messaging) -> None:
    """Each failed look puts the message back; when it was asked for does not move with it."""
    message = await taken_in_spite_of_an_error(messaging)
    (lease,) = await TO_SEND.claim(messaging.worker, 1)
    await messaging.sql("UPDATE messages SET run_after = clock_timestamp() + interval '10 minutes'")
    await messaging.sender.work(lease)
    assert await messaging.bodies() == ["taken"]
    assert (await messaging.by_key(message["message_key"]))["status"] == "sent"


async def test_what_was_taken_in_spite_of_an_error_does_not_expire(messaging: Messaging) -> None:
    message = await taken_in_spite_of_an_error(messaging, expires_at=datetime.now(UTC) + timedelta(minutes=1))
    await messaging.move_clock("5 minutes")
    await messaging.work()
    assert (await messaging.by_key(message["message_key"]))["status"] == "sent"
    assert [event["type"] for event in await messaging.events()] == ["message.sent"]


async def test_what_was_not_taken_ends_only_after_the_look(messaging: Messaging) -> None:
    await messaging.fault("500")
    message = await messaging.send("not taken", expires_at=datetime.now(UTC) + timedelta(minutes=1))
    await messaging.move_clock("5 minutes")
    await messaging.due_now()
    await messaging.fault("503", on="list")
    (lease,) = await TO_SEND.claim(messaging.worker, 1)
    with pytest.raises(Unavailable):
        await messaging.sender.work(lease)
    assert (await messaging.by_key(message["message_key"]))["status"] == "pending"
    await messaging.due_now()
    await messaging.work()
    assert (await messaging.by_key(message["message_key"]))["status"] == "expired"
    assert await messaging.bodies() == []


async def test_we_come_back_no_sooner_than_twilio_says(messaging: Messaging) -> None:
    await messaging.fault("429", seconds=40)
    message = await messaging.send()
    (row,) = await messaging.sql("SELECT extract(epoch FROM run_after - clock_timestamp()) AS pause FROM messages")
    assert 35 < row["pause"] <= 40
    await messaging.sql("UPDATE messages SET run_after = clock_timestamp()")
    await messaging.fault("503", seconds=86_400)
    await messaging.work()
    (row,) = await messaging.sql("SELECT extract(epoch FROM run_after - clock_timestamp()) AS pause FROM messages")
    assert 100 < row["pause"] <= 120, "a limit of ours"
    assert (await messaging.by_key(message["message_key"]))["status"] == "pending"


async def test_twilios_bad_days_do_not_use_up_attempts(messaging: Messaging) -> None:
    await messaging.fault("429", count=30)
    message = await messaging.send()
    for _ in range(29):
        await messaging.due_now()
        await messaging.work()
    await messaging.due_now()
    await messaging.work()
    assert (await messaging.by_key(message["message_key"]))["status"] in ARRIVED
