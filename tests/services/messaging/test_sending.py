"""From a command to the person's phone: once, in order. "Once" is counted in the stand-in's ledger."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from services.messaging.sending.jobs import Sender
from services.messaging.sending.queries import TO_SEND
from services.messaging.twilio.lazy import LazyTwilio
from shared.contracts.messaging import CancelRequested
from tests.services.messaging.scenes import ARRIVED, question
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


class Broken:
    """A provider's client with a mistake in it."""

    def __init__(self, messaging: Messaging, *, at: str) -> None:
        self._messaging, self._at = messaging, at

    def __getattr__(self, name: str) -> Any:
        if name == self._at:
            raise ValueError("a mistake of ours")
        return getattr(self._messaging.provider, name)


async def try_for_the_last_time(messaging: Messaging, *, at: str) -> None:
    await messaging.sql("UPDATE messages SET attempts = 19")
    (lease,) = await TO_SEND.claim(messaging.worker, 1)
    sender = Sender(messaging.database, Broken(messaging, at=at), messaging.limits, messaging.settings.public_url)
    await sender.work(lease)


async def test_the_last_attempt_fails_the_message_and_tells_its_owner(messaging: Messaging) -> None:
    await messaging.give(command := messaging.command("x", question=question("s1", "Yes")))
    await try_for_the_last_time(messaging, at="ready")
    row = await messaging.by_key(command.message_key)
    assert (row["status"], row["calling_at"], row["failure_reason"]) == (
        "failed",
        None,
        "ValueError: a mistake of ours",
    )
    assert row["ended_at"] is not None
    assert [event["status"] for event in await messaging.events("message.status_changed")] == ["failed"]
    await messaging.send("the next one goes")
    assert await messaging.bodies() == ["the next one goes"]


async def test_a_last_attempt_that_asked_leaves_a_doubt(messaging: Messaging) -> None:
    await messaging.give(command := messaging.command())
    await try_for_the_last_time(messaging, at="send")
    assert (await messaging.by_key(command.message_key))["status"] == "in_doubt"
    assert [event["status"] for event in await messaging.events("message.status_changed")] == ["in_doubt"]


async def test_a_message_whose_senders_always_die_is_given_up(messaging: Messaging) -> None:
    await messaging.give(command := messaging.command())
    await messaging.sql("UPDATE messages SET attempts = 20")
    await messaging.work()
    assert (await messaging.by_key(command.message_key))["status"] == "failed"
    assert [event["status"] for event in await messaging.events("message.status_changed")] == ["failed"]


async def test_a_client_that_is_not_loaded_yet_is_waited_for_before_anything_is_marked(messaging: Messaging) -> None:
    lazy = LazyTwilio(messaging.settings)
    await messaging.give(command := messaging.command())
    (lease,) = await TO_SEND.claim(messaging.worker, 1)
    sender = Sender(messaging.database, lazy, messaging.limits, messaging.settings.public_url)
    working = asyncio.create_task(sender.work(lease))
    await asyncio.sleep(0.2)
    assert (await messaging.by_key(command.message_key))["calling_at"] is None
    loading = asyncio.create_task(lazy.run())
    await working
    assert await messaging.bodies() == ["Hello"]
    loading.cancel()
    await asyncio.gather(loading, return_exceptions=True)
