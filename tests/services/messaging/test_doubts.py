"""Nobody knows whether Twilio took it: looked for, never sent again blindly."""

from services.messaging.sending.queries import TO_SEND
from tests.services.messaging.stack import Messaging


async def test_a_connection_cut_after_acceptance_is_found_by_listing_and_counted_once(messaging: Messaging) -> None:
    await messaging.fault("drop_callbacks")
    await messaging.fault("cut_after")
    message = await messaging.send()
    assert message["status"] == "in_doubt"
    assert await messaging.work() == 0
    await messaging.reconcile()
    (item,) = await messaging.ledger()
    row = await messaging.by_key(message["message_key"])
    assert (row["status"], row["provider_sid"]) == ("sent", item["sid"])
    assert [event["type"] for event in await messaging.events()] == ["message.status_changed", "message.sent"]


async def test_a_doubt_is_settled_by_the_callback_alone(messaging: Messaging) -> None:
    await messaging.fault("cut_after")
    await messaging.send()
    await messaging.until("EXISTS (SELECT FROM messages WHERE status = 'delivered' AND provider_sid IS NOT NULL)")
    assert [event["type"] for event in await messaging.events()][-2:] == ["message.sent", "message.status_changed"]
    assert len(await messaging.bodies()) == 1


async def test_a_connection_cut_before_acceptance_stays_in_doubt_and_is_never_sent_blindly(
    messaging: Messaging,
) -> None:
    await messaging.fault("cut_before")
    message = await messaging.send()
    assert message["status"] == "in_doubt"
    for _ in range(3):
        await messaging.reconcile()
        await messaging.work()
    await messaging.sql("UPDATE messages SET calling_at = calling_at - interval '1 hour'")
    await messaging.reconcile()
    row = await messaging.by_key(message["message_key"])
    assert (row["status"], row["run_after"].year) == ("in_doubt", 9999)
    assert await messaging.bodies() == []


async def test_no_answer_in_time_is_a_doubt(messaging: Messaging) -> None:
    await messaging.fault("drop_callbacks")
    await messaging.fault("slow_after", seconds=3)
    message = await messaging.send()
    assert message["status"] == "in_doubt"
    await messaging.reconcile()
    assert (await messaging.by_key(message["message_key"]))["status"] == "sent"
    assert len(await messaging.bodies()) == 1


async def test_a_doubt_is_not_settled_by_the_same_words_that_were_sent_before(messaging: Messaging) -> None:
    await messaging.send("the same words")
    await messaging.fault("cut_before")
    message = await messaging.send("the same words")
    await messaging.reconcile()
    assert (await messaging.by_key(message["message_key"]))["status"] == "in_doubt"


async def test_a_sender_that_died_after_acceptance_leaves_a_doubt_that_is_reconciled(messaging: Messaging) -> None:
    command = messaging.command()
    await messaging.give(command)
    (lease,) = await TO_SEND.claim(messaging.worker, 1)
    await messaging.fault("drop_callbacks")
    call = await messaging.sender._prepare(lease)
    assert call is not None
    await messaging.sender._ask(lease, call)  # …and here the process is killed
    assert await messaging.work() == 0, "the lease holds"
    await messaging.sql("UPDATE messages SET leased_until = clock_timestamp() - interval '1 second'")
    await messaging.work()
    assert (await messaging.by_key(command.message_key))["status"] == "in_doubt"
    await messaging.reconcile()
    assert (await messaging.by_key(command.message_key))["status"] == "sent"
    assert len(await messaging.bodies()) == 1


async def test_a_sender_that_lost_its_lease_still_records_what_twilio_took(messaging: Messaging) -> None:
    command = messaging.command()
    await messaging.give(command)
    (lease,) = await TO_SEND.claim(messaging.worker, 1)
    call = await messaging.sender._prepare(lease)
    assert call is not None
    await messaging.sql("UPDATE messages SET leased_until = clock_timestamp() - interval '1 second'")
    await messaging.work()
    await messaging.fault("drop_callbacks")
    await messaging.sender._finish(lease, await messaging.sender._ask(lease, call))
    assert (await messaging.by_key(command.message_key))["status"] == "sent"
