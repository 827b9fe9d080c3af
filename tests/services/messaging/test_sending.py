"""From a command to the person's phone: once, in order, within limits. "Once" is counted in the stand-in's ledger."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest

from services.messaging.contractors.handlers import HANDLERS as LEARN
from services.messaging.contractors.handlers import REPLICAS
from services.messaging.sending.queries import TO_SEND
from services.messaging.twilio.client import twilio_client
from shared.contracts.actions import ReplyInterpreted, ReplyPart
from shared.contracts.directory import ContractorCreated
from shared.contracts.messaging import CancelRequested, Option, Question
from shared.db.database import Tenant
from shared.ids import uuid7
from tests.services.messaging.stack import ACCOUNT_SID, AUTH_TOKEN, PERSON, Messaging

ARRIVED = ("sent", "delivered")


def question(ref: str, *labels: str, hours: float = 24) -> Question:
    options = [Option(key=label.lower(), label=label) for label in labels]
    return Question(kind="check_in", ref=ref, options=options, expires_at=datetime.now(UTC) + timedelta(hours=hours))


async def know(messaging: Messaging, contractor_id: UUID, phone: str | None, version: int = 1, **more: Any) -> None:
    event = ContractorCreated(id=contractor_id, row_version=version, phone=phone, **more)
    async with messaging.database.begin(Tenant(messaging.account_id)) as db:
        await REPLICAS[ContractorCreated](db, event)
        await LEARN[ContractorCreated](db, event)


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


async def test_options_are_numbered_under_the_body_and_numbers_are_not_reused_while_open(messaging: Messaging) -> None:
    await messaging.send("Did you call Ann?", question=question("s1", "Yes", "Not yet"))
    await messaging.send("And Bob?", question=question("s2", "Yes", "No"))
    assert await messaging.bodies() == ["Did you call Ann?\n1 Yes\n2 Not yet", "And Bob?\n3 Yes\n4 No"]
    await messaging.text("2")
    (event,) = await messaging.events("message.received")
    asked = {one["ref"]: [(o["number"], o["key"]) for o in one["options"]] for one in event["open_questions"]}
    assert asked == {"s1": [(1, "yes"), (2, "not yet")], "s2": [(3, "yes"), (4, "no")]}
    assert event["open_questions"][0]["origin"]["service"] == "actions"


async def test_an_answered_question_gives_its_numbers_back(messaging: Messaging) -> None:
    from services.messaging.questions.use_cases import on_reply_interpreted

    await messaging.send("Ann?", question=question("s1", "Yes", "No"))
    answer = ReplyInterpreted(
        message_id=uuid7(),
        contractor_id=uuid7(),
        intent="done",
        confidence=1,
        text="1",
        parts=[ReplyPart(question_ref="s1", intent="done")],
        received_at=datetime.now(UTC),
    )
    async with messaging.database.begin(Tenant(messaging.account_id)) as db:
        await on_reply_interpreted(db, answer)
    await messaging.send("Bob?", question=question("s2", "Yes", "No"))
    assert (await messaging.bodies())[1] == "Bob?\n1 Yes\n2 No"


async def test_a_question_whose_time_is_over_is_not_open(messaging: Messaging) -> None:
    await messaging.send("Ann?", question=question("s1", "Yes", hours=0.5))
    await messaging.move_clock("1 hour")
    await messaging.text("1")
    assert (await messaging.events("message.received"))[0]["open_questions"] == []


async def test_a_question_keeps_its_numbers_over_a_retry(messaging: Messaging) -> None:
    await messaging.fault("429")
    await messaging.send("Ann?", question=question("s1", "Yes"))
    await messaging.due_now()
    await messaging.work()
    assert await messaging.bodies() == ["Ann?\n1 Yes"]


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


async def at(messaging: Messaging, hour: int) -> datetime:
    """Move the database's clock to that hour of tomorrow in Dallas, where the person's number is from."""
    from zoneinfo import ZoneInfo

    now = datetime.now(ZoneInfo("America/Chicago"))
    wanted = (now + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)
    await messaging.move_clock(f"{(wanted - now).total_seconds()} seconds")
    return wanted


async def test_a_check_in_at_night_expires_at_once_or_waits_for_the_morning(messaging: Messaging) -> None:
    night = await at(messaging, 22)
    early = await messaging.send("expires at 23:00", purpose="check_in", expires_at=night + timedelta(hours=1))
    assert early["status"] == "expired"
    late = await messaging.send("may wait", purpose="check_in", expires_at=night + timedelta(hours=12))
    assert (late["status"], late["not_before"]) == ("pending", night.astimezone(UTC) + timedelta(hours=10))
    reply = await messaging.send("a reply", expires_at=night + timedelta(hours=1))
    assert reply["status"] in ARRIVED
    await at(messaging, 8)
    assert await messaging.bodies() == ["a reply"]
    await messaging.move_clock(
        f"{(night - datetime.now(UTC) + timedelta(hours=10, minutes=1)).total_seconds()} seconds"
    )
    await messaging.work()
    assert await messaging.bodies() == ["a reply", "may wait"]


async def test_the_contractors_own_zone_decides(messaging: Messaging) -> None:
    noon = await at(messaging, 12)
    contractor_id = uuid7()
    await know(messaging, contractor_id, PERSON, time_zone="Asia/Tokyo")
    message = await messaging.send(
        "03:00 in Tokyo", contractor_id=contractor_id, purpose="check_in", expires_at=noon + timedelta(hours=1)
    )
    assert message["status"] == "expired"


async def test_the_days_limit_holds_and_the_rest_goes_tomorrow(messaging: Messaging) -> None:
    await messaging.rows("UPDATE sender_numbers SET daily_limit = 3")
    await at(messaging, 10)
    tomorrow = datetime.now(UTC) + timedelta(days=4)
    await messaging.give(*(messaging.command(f"{n}", expires_at=tomorrow, address=f"+1214555013{n}") for n in range(5)))
    await messaging.work()
    sent = [row for row in await messaging.messages("outbound") if row["status"] in ARRIVED]
    assert len(sent) == 3
    assert (await messaging.send("too late", expires_at=await at(messaging, 11)))["status"] == "expired"
    night = datetime.now(UTC) + timedelta(days=2, hours=12)
    await messaging.move_clock(f"{(night - datetime.now(UTC)).total_seconds()} seconds")
    await messaging.work()
    assert {row["status"] for row in await messaging.messages("outbound")} <= {*ARRIVED, "expired"}


async def test_segments_per_second_are_not_exceeded_by_many_senders(messaging: Messaging) -> None:
    """Eight texts of two segments at 4 a second: in any time t no more than 4 + 4t segments are begun."""
    await messaging.rows("UPDATE sender_numbers SET segments_per_second = 4")
    await messaging.give(*(messaging.command("x" * 200, address=f"+1214555014{n}") for n in range(8)))
    async with asyncio.timeout(20):
        while not await messaging.sql("SELECT 1 FROM messages HAVING bool_and(status <> 'pending')"):
            await messaging.work()
            await asyncio.sleep(0.02)
    rows = await messaging.sql("SELECT calling_at FROM messages ORDER BY calling_at")
    times = [row["calling_at"].timestamp() for row in rows]
    for first, last in combinations(range(8), 2):
        assert 2 * (last - first + 1) <= 4 + 4 * (times[last] - times[first]) + 0.2
    assert len(await messaging.ledger(to=None)) == 8


async def test_a_body_that_is_too_long_with_its_options_fails_with_the_reason(messaging: Messaging) -> None:
    message = await messaging.send("x" * 1597, question=question("s1", "Yes"))
    assert message["status"] == "failed"
    assert "too_long" in message["failure_reason"]


async def test_a_moved_clock_ends_no_lease(messaging: Messaging) -> None:
    await messaging.give(messaging.command(expires_at=datetime.now(UTC) + timedelta(days=30)))
    (lease,) = await TO_SEND.claim(messaging.worker, 1)
    await messaging.move_clock("5 days")
    assert await TO_SEND.claim(messaging.worker, 1) == []
    await messaging.sender.work(lease)
    assert await messaging.bodies() == ["Hello"]
