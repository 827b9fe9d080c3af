"""What is asked: numbered options, open until answered, closed or over."""

from datetime import UTC, datetime

import pytest

from services.messaging.questions.queries import close_refs
from shared.contracts.actions import ReplyInterpreted, ReplyPart
from shared.db.database import Tenant
from shared.ids import uuid7
from tests.services.messaging.scenes import question
from tests.services.messaging.stack import Messaging


async def test_options_are_numbered_under_the_body_and_numbers_are_not_reused_while_open(messaging: Messaging) -> None:
    await messaging.send("Did you call Ann?", question=question("s1", "Yes", "Not yet"))
    await messaging.send("And Bob?", question=question("s2", "Yes", "No"))
    assert await messaging.bodies() == ["Did you call Ann?\n1 Yes\n2 Not yet", "And Bob?\n3 Yes\n4 No"]
    await messaging.text("2")
    (event,) = await messaging.events("message.received")
    asked = {one["ref"]: [(o["number"], o["key"]) for o in one["options"]] for one in event["open_questions"]}
    assert asked == {"s1": [(1, "yes"), (2, "not yet")], "s2": [(3, "yes"), (4, "no")]}
    assert event["open_questions"][0]["origin"]["service"] == "actions"


@pytest.mark.parametrize("is_answered", [True, False])
async def test_an_answered_question_gives_its_numbers_back(messaging: Messaging, is_answered: bool) -> None:
    from services.messaging.questions.use_cases import on_reply_interpreted

    await messaging.send("Ann?", question=question("s1", "Yes", "No"))
    answer = ReplyInterpreted(
        message_id=uuid7(),
        contractor_id=uuid7(),
        intent="done",
        confidence=1,
        text="1",
        parts=[ReplyPart(question_ref="s1", intent="done")] if is_answered else [],
        settled=[] if is_answered else ["s1"],
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


async def test_a_body_that_is_too_long_with_its_options_fails_with_the_reason(messaging: Messaging) -> None:
    message = await messaging.send("x" * 1597, question=question("s1", "Yes"))
    assert message["status"] == "failed"
    assert "too_long" in message["failure_reason"]


async def test_a_question_that_is_over_between_two_tries_is_said_as_it_is(messaging: Messaging) -> None:
    await messaging.fault("429")
    await messaging.send("Ann?", question=question("s1", "Yes", hours=0.1))
    await messaging.move_clock("10 minutes")
    await messaging.due_now()
    await messaging.work()
    assert await messaging.bodies() == ["Ann?\n1 Yes"]


async def test_a_question_that_is_answered_between_two_tries_is_not_asked(messaging: Messaging) -> None:
    await messaging.fault("429")
    message = await messaging.send("Ann?", question=question("s1", "Yes"))
    async with messaging.database.begin(Tenant(messaging.account_id)) as db:
        await close_refs(db, ["s1"])
    await messaging.due_now()
    await messaging.work()
    assert (await messaging.by_key(message["message_key"]))["status"] == "cancelled"
    assert [event["reason"] for event in await messaging.events("message.expired")] == ["cancelled"]
    await messaging.send("the next one goes")
    assert await messaging.bodies() == ["the next one goes"]
