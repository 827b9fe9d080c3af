"""Answers to check-ins that are easily misread: confirmations, digests, several at once, days that were named."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from shared.contracts.actions import ActionItemUpdated, ReplyInterpreted
from shared.contracts.messaging import SendRequested
from shared.ids import uuid7
from tests.services.actions.conftest import DAY_ONE, Actions
from tests.services.actions.test_answers import JOHN, ask, options_from, statuses, two_promises

BOB = "Met Bob Miller, wants a brochure. bob@example.com"


async def confirmation(actions: Actions, item_id: UUID) -> dict[str, Any]:
    """ "Did that get finished?" about a promise that is completed."""
    question = await ask(actions, item_id, followup_type="completion_confirmation")
    return {**question, "options": options_from(1, "yes", "no")}


async def digest(actions: Actions, *items: dict[str, Any]) -> dict[str, Any]:
    """One text that asks about all of these."""
    message_id = uuid7()
    questions = [await ask(actions, item["id"], message_id=message_id) for item in items]
    refs = [question["ref"] for question in questions]
    options = options_from(1, *(f"{ref}:done" for ref in refs), "not_yet", "later")
    return {**questions[0], "options": options, "message_id": message_id}


async def answered(actions: Actions) -> list[Any]:
    return await actions.published(ReplyInterpreted)


async def test_not_yet_to_a_confirmation_opens_the_promise_again(actions: Actions) -> None:
    for body in ("2", "Not yet", "no, not yet", "Not yet with John Smith"):
        await actions.text(JOHN)
        item = (await actions.items())[-1]
        await actions.text("done", open_questions=[await ask(actions, item["id"])])
        question = await confirmation(actions, item["id"])
        said = await actions.text(body, open_questions=[question])
        assert (await actions.items())[-1]["status"] == "pending", body
        row = (await actions.updates())[-1]
        assert (row["old_value"], row["new_value"], row["message_id"]) == ("completed", "pending", said.message_id)
        assert (await actions.published(ActionItemUpdated))[-1].status == "pending"
        [part] = (await answered(actions))[-1].parts
        assert (part.intent, str(part.schedule_id), part.action_item_id) == ("not_yet", question["ref"], item["id"])
        assert "open again" in (await actions.replies())[-1]
        await actions.text("done", open_questions=[await ask(actions, item["id"])])


async def test_yes_to_a_confirmation_changes_nothing_and_is_told(actions: Actions) -> None:
    await actions.text(JOHN)
    [item] = await actions.items()
    await actions.text("done", open_questions=[await ask(actions, item["id"])])
    for body in ("Yes", "1", "skip it"):
        await actions.text(body, open_questions=[await confirmation(actions, item["id"])])
        assert (await statuses(actions), (await answered(actions))[-1].parts[0].action_item_id) == (
            ["completed"],
            item["id"],
        )


async def test_a_mixed_answer_tells_followups_what_was_clear(actions: Actions) -> None:
    await actions.text(JOHN)
    await actions.text(BOB)
    john, bob = await actions.items()
    questions = [await ask(actions, john["id"]), await ask(actions, bob["id"])]
    await actions.text("Done with Bob Miller, remind me Tuesday about John", open_questions=questions)
    [reply] = await answered(actions)
    assert {(part.action_item_id, part.intent) for part in reply.parts} == {(bob["id"], "done"), (john["id"], "defer")}
    assert await statuses(actions) == ["pending", "completed"]


async def test_what_is_clear_is_told_also_where_it_comes_after_what_is_not(actions: Actions) -> None:
    john, ann = await two_promises(actions)
    questions = [await ask(actions, john["id"]), await ask(actions, ann["id"])]
    await actions.text("Done with Peter, not yet with Ann Lee", open_questions=questions)
    [reply] = await answered(actions)
    assert [(part.action_item_id, part.intent) for part in reply.parts] == [(ann["id"], "not_yet")]
    assert await statuses(actions) == ["pending", "pending"]


async def test_the_day_that_was_named_is_kept_while_we_ask_which_one(actions: Actions) -> None:
    _john, ann = await two_promises(actions)
    await actions.text("Remind me Tuesday")
    question = (await actions.published(SendRequested))[-1].question
    assert question is not None
    numbered = [{"number": n, **option.model_dump()} for n, option in enumerate(question.options, 1)]
    number = next(option["number"] for option in numbered if option["key"] == str(ann["id"]))
    origin = {"service": "actions", "type": "concierge_turn", "id": uuid7()}
    asked = {"kind": "clarify", "ref": question.ref, "origin": origin, "options": numbered}
    later = DAY_ONE + timedelta(minutes=1)
    open_question = {**asked, "asked_at": DAY_ONE, "message_id": uuid7()}
    await actions.text(str(number), open_questions=[open_question], received_at=later)
    [part] = (await answered(actions))[-1].parts
    assert (part.intent, part.action_item_id) == ("defer", ann["id"])
    assert part.until is not None
    assert part.until.date().isoformat() == "2026-10-13"


async def test_what_closes_nothing_is_said_of_a_whole_digest_and_a_bare_done_asks_once(actions: Actions) -> None:
    john, ann = await two_promises(actions)
    for body, intent in (("remind me in 2 days", "defer"), ("not yet", "not_yet")):
        await actions.text(body, open_questions=[await digest(actions, john, ann)])
        reply = (await answered(actions))[-1]
        assert {(part.action_item_id, part.intent) for part in reply.parts} == {
            (john["id"], intent),
            (ann["id"], intent),
        }
    before = len(await answered(actions))
    await actions.text("done", open_questions=[await digest(actions, john, ann)])
    assert (len(await answered(actions)), await statuses(actions)) == (before, ["pending", "pending"])
    assert (await actions.replies())[-1] == "Which one do you mean?"


async def test_a_question_that_both_texts_of_a_burst_name_is_answered_once(actions: Actions) -> None:
    await two_promises(actions)
    john = (await actions.items())[0]
    question = await ask(actions, john["id"])
    actions.burst_seconds = 0.4
    await actions.tell(actions.received("Done", open_questions=[question]))
    await asyncio.sleep(0.25)
    later = DAY_ONE + timedelta(seconds=0.25)
    await actions.tell(actions.received("with that one", open_questions=[question], received_at=later))
    await asyncio.sleep(0.3)
    assert await actions.run() == 1, "the second text does not make the first wait longer"
    assert await statuses(actions) == ["completed", "pending"]
    [turn] = (await actions.turns())[2:]
    assert ([said["body"] for said in turn["messages"]], len(turn["open_questions"])) == (["Done", "with that one"], 1)


async def test_the_list_shows_no_numbers_that_would_answer_a_question(actions: Actions) -> None:
    await two_promises(actions)
    await actions.text("list")
    lines = (await actions.replies())[-1].splitlines()
    assert [line[:2] for line in lines] == ["Op", "- ", "- "]
