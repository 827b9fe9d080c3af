"""From a command to the person's phone: once, in order. "Once" is counted in the stand-in's ledger."""

from datetime import UTC, datetime, timedelta

from services.messaging.sending.queries import TO_SEND
from shared.contracts.messaging import CancelRequested
from tests.services.messaging.scenes import ARRIVED
from tests.services.messaging.stack import Messaging


async def test_the_same_command_twice_says_it_once(messaging: Messaging) -> None:
    command = messaging.command("once")
    await messaging.give(command, command)
    await messaging.work()
    await messaging.give(command)
    await messaging.work()
    assert await messaging.bodies() == ["once"]


async def test_the_callback_tells_our_message_id(messaging: Messaging) -> None:
    message = await messaging.send()
    (item,) = await messaging.ledger()
    assert f"message_id={message['id']}" in item["status_callback"]
    assert item["status_callback"].startswith(f"{messaging.settings.public_url}/webhooks/twilio/status?")


async def test_texts_of_one_person_go_in_order_also_when_one_must_wait(messaging: Messaging) -> None:
    await messaging.fault("429")
    await messaging.give(*(messaging.command(f"{number}") for number in range(8)))
    await messaging.work()
    assert await messaging.bodies() == []
    await messaging.due_now()
    await messaging.work()
    assert await messaging.bodies() == [f"{number}" for number in range(8)]


async def test_a_text_for_later_does_not_hold_up_the_next_one(messaging: Messaging) -> None:
    await messaging.give(messaging.command("later", not_before=datetime.now(UTC) + timedelta(minutes=20)))
    await messaging.send("now")
    assert await messaging.bodies() == ["now"]
    await messaging.move_clock("21 minutes")
    await messaging.work()
    assert await messaging.bodies() == ["now", "later"]


async def test_a_cancelled_text_is_not_sent_and_cancelling_twice_or_late_does_nothing(messaging: Messaging) -> None:
    command = messaging.command("no", not_before=datetime.now(UTC) + timedelta(minutes=5))
    await messaging.give(command, CancelRequested(message_key=command.message_key))
    await messaging.give(CancelRequested(message_key=command.message_key), CancelRequested(message_key="actions:none"))
    assert (await messaging.by_key(command.message_key))["status"] == "cancelled"
    assert [event["reason"] for event in await messaging.events()] == ["cancelled"]
    sent = await messaging.send("yes")
    await messaging.give(CancelRequested(message_key=sent["message_key"]))
    assert (await messaging.by_key(sent["message_key"]))["status"] in ARRIVED


async def test_what_cannot_go_before_it_expires_is_told(messaging: Messaging) -> None:
    message = await messaging.send("old", expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert message["status"] == "expired"
    assert [event["reason"] for event in await messaging.events("message.expired")] == ["expired"]
    assert await messaging.bodies() == []


async def test_a_moved_clock_ends_no_lease(messaging: Messaging) -> None:
    await messaging.give(messaging.command(expires_at=datetime.now(UTC) + timedelta(days=30)))
    (lease,) = await TO_SEND.claim(messaging.worker, 1)
    await messaging.move_clock("5 days")
    assert await TO_SEND.claim(messaging.worker, 1) == []
    await messaging.sender.work(lease)
    assert await messaging.bodies() == ["Hello"]
