"""Where a text goes: known contractors, strangers, numbers that changed hands."""

import pytest

from shared.ids import uuid7
from tests.services.messaging.scenes import ARRIVED, know
from tests.services.messaging.stack import PERSON, Messaging


@pytest.mark.parametrize("address", ["555-1234", "911", "+19005550123", "+12149765555", "someone@example.com", "+1"])
async def test_what_is_no_ordinary_number_is_never_sent_to(messaging: Messaging, address: str) -> None:
    message = await messaging.send(address=address)
    assert (message["status"], message["calling_at"]) == ("failed", None)
    assert "not_sendable" in message["failure_reason"]
    assert await messaging.ledger(to=None) == []


async def test_a_contractor_is_written_to_at_their_phone(messaging: Messaging) -> None:
    contractor_id = uuid7()
    await know(messaging, contractor_id, PERSON)
    message = await messaging.send(address=None, contractor_id=contractor_id)
    assert (message["status"] in ARRIVED, message["address"], message["contractor_id"]) == (True, PERSON, contractor_id)


async def test_a_contractor_nobody_told_us_of_yet_is_waited_for(messaging: Messaging) -> None:
    contractor_id = uuid7()
    message = await messaging.send(address=None, contractor_id=contractor_id)
    assert (message["status"], message["conversation_id"]) == ("pending", None)
    await know(messaging, contractor_id, PERSON)
    await messaging.due_now()
    await messaging.work()
    assert await messaging.bodies() == ["Hello"]


async def test_what_nobody_can_be_found_for_ends_as_unroutable(messaging: Messaging) -> None:
    message = await messaging.send(address=None, contractor_id=uuid7())
    await messaging.move_clock("2 hours")
    await messaging.due_now()
    await messaging.work()
    (event,) = await messaging.events("message.expired")
    assert (event["message_id"], event["reason"]) == (str(message["id"]), "unroutable")


async def test_a_stranger_who_texted_becomes_a_contractor_and_the_conversation_theirs(messaging: Messaging) -> None:
    await messaging.text("who is this?")
    contractor_id = uuid7()
    await know(messaging, contractor_id, PERSON, provisional=True)
    await messaging.text("hello?")
    assert [row["contractor_id"] for row in await messaging.messages()] == [contractor_id, contractor_id]
    assert (await messaging.events("message.received"))[1]["contractor_id"] == str(contractor_id)


async def test_a_number_that_changed_hands_is_a_stranger_again(messaging: Messaging) -> None:
    contractor_id = uuid7()
    await know(messaging, contractor_id, PERSON)
    await messaging.text("me")
    await know(messaging, contractor_id, "+12145550177", version=2)
    await messaging.text("somebody else")
    assert [event["contractor_id"] for event in await messaging.events("message.received")] == [
        str(contractor_id),
        None,
    ]


async def test_an_account_without_a_number_cannot_write(messaging: Messaging) -> None:
    other = uuid7()
    command = messaging.command()
    await messaging.give(command, account_id=other)
    await messaging.work()
    (event,) = await messaging.events("message.expired")
    assert (event["message_key"], event["reason"]) == (command.message_key, "unroutable")
