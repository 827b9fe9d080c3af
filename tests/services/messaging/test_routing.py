"""Where a text goes: known contractors, strangers, numbers that changed hands."""

from datetime import UTC, datetime, timedelta

import pytest

from services.messaging.contractors.handlers import HANDLERS as LEARN
from services.messaging.contractors.handlers import REPLICAS
from shared.contracts.directory import ContractorDeleted
from shared.contracts.messaging import Origin
from shared.db.database import Tenant
from shared.ids import uuid7
from tests.services.messaging.scenes import ARRIVED, know, question
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


async def test_a_number_that_was_deactivated_sends_nothing_and_still_hears_stop(messaging: Messaging) -> None:
    await messaging.text("hello")
    waiting = messaging.command("already accepted")
    await messaging.give(waiting)
    await messaging.rows("UPDATE sender_numbers SET active = false")
    await messaging.work()
    new = await messaging.send("from nowhere", in_reply_to_message_id=(await messaging.messages())[0]["id"])
    assert {(await messaging.by_key(waiting.message_key))["failure_reason"], new["failure_reason"]} == {"unroutable"}
    assert (await messaging.text("please stop texting me"))["webhook_status"] == 200
    await messaging.text("missed", deliver=False)
    assert await messaging.listing.look() == 1
    assert len(await messaging.events("suppression.changed")) == 1
    assert await messaging.bodies() == []


async def test_another_number_of_the_account_takes_over_from_one_that_was_deactivated(messaging: Messaging) -> None:
    second = "+12145550103"
    await messaging.console.put(f"/standin/numbers/{second}", json={"sms_url": ""})
    await messaging.text("hello")
    waiting = messaging.command("already accepted", question=question("s1", "Yes"))
    await messaging.give(waiting)
    await messaging.rows("INSERT INTO sender_numbers (number) VALUES ($1)", second)
    await messaging.rows("UPDATE sender_numbers SET active = false WHERE number = $1", messaging.number)
    await messaging.work()
    await messaging.send("answered", in_reply_to_message_id=(await messaging.messages())[0]["id"])
    assert {row["our_address"] for row in await messaging.messages("outbound")} == {second}
    assert {row["status"] in ARRIVED for row in await messaging.messages("outbound")} == {True}
    assert await messaging.bodies() == []


async def test_a_contractor_who_was_deleted_has_no_number_any_more(messaging: Messaging) -> None:
    contractor_id = uuid7()
    await know(messaging, contractor_id, PERSON)
    await messaging.text("me")
    gone = ContractorDeleted(id=contractor_id, row_version=2)
    async with messaging.database.begin(Tenant(messaging.account_id)) as db:
        await REPLICAS[ContractorDeleted](db, gone)
        await LEARN[ContractorDeleted](db, gone)
    await messaging.text("somebody else")
    told = await messaging.events("message.received")
    assert [event["contractor_id"] for event in told] == [str(contractor_id), None]


async def test_what_was_accepted_is_no_conversation_yet_what_was_sent_is(messaging: Messaging) -> None:
    """A stranger's answer goes to the service that last wrote to them, not to one that only wanted to."""
    await messaging.send("hello from outreach", origin=Origin(service="outreach", type="draft", id=uuid7()))
    (before,) = await messaging.rows("SELECT last_service, last_message_at FROM conversations")
    assert before["last_service"] == "outreach"
    await messaging.give(messaging.command("later", not_before=datetime.now(UTC) + timedelta(minutes=30)))
    (after,) = await messaging.rows("SELECT last_service, last_message_at FROM conversations")
    assert after == before
    await messaging.text("who is this?")
    assert (await messaging.events("message.received"))[0]["handler"] == "outreach"
