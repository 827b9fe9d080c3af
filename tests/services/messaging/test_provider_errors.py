"""What Twilio refuses, for good or for now, and what is found out before it is asked again."""

import pytest

from services.messaging.sending.queries import TO_SEND
from services.messaging.twilio.client import twilio_client
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
