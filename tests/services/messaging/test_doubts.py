"""Nobody knows whether Twilio took it: looked for, never sent again blindly."""

from services.messaging.sending.queries import TO_SEND
from tests.services.messaging.stack import PERSON, Messaging


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


async def test_a_doubt_takes_nothing_that_was_asked_for_later(messaging: Messaging) -> None:
    """It was never taken; an hour on, the same words to the same person are another message's."""
    await messaging.fault("cut_before")
    message = await messaging.send("Noted.")
    await messaging.sql(
        "UPDATE messages SET asked_at = asked_at - interval '1 hour', calling_at = calling_at - interval '1 hour'"
    )
    await messaging.provider.send(
        to=PERSON, from_=message["our_address"], body="Noted.", status_callback="http://127.0.0.1:1/"
    )
    await messaging.reconcile()
    assert (await messaging.by_key(message["message_key"]))["status"] == "in_doubt"


async def test_a_doubt_leaves_alone_what_may_be_anothers(messaging: Messaging) -> None:
    """Two texts of the same words, one lost, one just taken but not recorded yet: its sid is its own."""
    await messaging.fault("cut_before")
    lost = await messaging.send("Noted.")
    await messaging.give(command := messaging.command("Noted."))
    (lease,) = await TO_SEND.claim(messaging.worker, 1)
    await messaging.fault("drop_callbacks")
    call = await messaging.sender._prepare(lease)
    assert call is not None
    outcome = await messaging.sender._ask(lease, call)
    await messaging.reconcile()
    await messaging.sender._finish(lease, outcome)
    await messaging.reconcile()
    assert (await messaging.by_key(lost["message_key"]))["status"] == "in_doubt"
    assert (await messaging.by_key(command.message_key))["status"] == "sent"


async def test_two_doubts_of_the_same_words_are_settled_when_both_were_taken(messaging: Messaging) -> None:
    await messaging.fault("drop_callbacks", count=2)
    await messaging.fault("cut_after", count=2)
    for _ in range(2):
        await messaging.send("Noted.")
    await messaging.reconcile()
    rows = await messaging.messages("outbound")
    assert [row["status"] for row in rows] == ["sent", "sent"]
    assert len({row["provider_sid"] for row in rows}) == 2


async def test_two_callbacks_of_one_sid_settle_one_message(messaging: Messaging) -> None:
    """Whatever goes wrong, the log keeps what Twilio said and the webhook is answered."""
    for _ in range(2):
        await messaging.fault("cut_before")
        await messaging.send("Noted.")
    first, second = await messaging.messages("outbound")
    for message in (first, second):
        answer = await messaging.callback({**message, "provider_sid": "SM" + "a" * 32}, "delivered")
        assert answer.status_code == 204
    assert [row["status"] for row in await messaging.messages("outbound")] == ["delivered", "in_doubt"]
    assert len(await messaging.rows("SELECT 1 FROM delivery_updates")) == 2
