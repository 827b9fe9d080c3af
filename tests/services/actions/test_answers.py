"""Answers: to a check-in, to the top-3 question, by number and in words."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shared.contracts import followups
from shared.contracts.actions import ActionItemUpdated, ReplyInterpreted
from shared.contracts.messaging import MessageSent, SendRequested
from shared.ids import uuid7
from tests.services.actions.conftest import DAY_ONE, PHONE, Actions

JOHN = "Met John Smith - amazing insights on AI automation. 555-1234, john@example.com"
ACME = "Met Ann Lee from Acme Corp, wants a quote. ann@example.com"


def options_from(first: int, *keys: str) -> list[dict[str, Any]]:
    return [{"number": number, "key": key, "label": key} for number, key in enumerate(keys, first)]


OPTIONS = options_from(1, "done", "not_yet", "skip")


async def ask(actions: Actions, item_id: UUID | None, *, kind: str = "check_in", **values: Any) -> dict[str, Any]:
    """A check-in of followups goes out; the open question as messaging would name it."""
    schedule_id = uuid7()
    known = {
        "contractor_id": actions.contractor_id,
        "action_item_id": item_id,
        "scheduled_time": DAY_ONE,
        "followup_type": "check_in",
        "purpose": kind,
        "message_tone": "friendly",
        "status": "sent",
        "sent_at": DAY_ONE,
        **values,
    }
    await actions.tell(actions.state(followups.FollowupScheduleCreated, id=schedule_id, **known))
    origin = {"service": "followups", "type": "followup_schedule", "id": schedule_id}
    return {
        "kind": kind,
        "ref": str(schedule_id),
        "origin": origin,
        "options": OPTIONS if kind == "check_in" else [],
        "asked_at": DAY_ONE,
        "message_id": uuid7(),
    }


async def two_promises(actions: Actions) -> list[dict[str, Any]]:
    await actions.text(JOHN)
    await actions.text(ACME)
    return await actions.items()


async def statuses(actions: Actions) -> list[str]:
    return [item["status"] for item in await actions.items()]


async def test_done_closes_the_promise_that_was_asked_about(actions: Actions) -> None:
    _john, ann = await two_promises(actions)
    question = await ask(actions, ann["id"])
    event = await actions.text("Done!", open_questions=[question])
    assert await statuses(actions) == ["pending", "completed"]
    [reply] = await actions.published(ReplyInterpreted)
    assert (reply.intent, reply.message_id) == ("done", event.message_id)
    [part] = reply.parts
    assert (str(part.schedule_id), part.question_ref) == (question["ref"], question["ref"])
    assert part.action_item_id == ann["id"]
    [update] = [row for row in await actions.updates() if row["update_type"] == "status_change"]
    assert (update["update_source"], update["updated_by"]) == ("check_in_reply", "contractor")


async def test_the_number_of_an_option_answers_its_own_question(actions: Actions) -> None:
    john, ann = await two_promises(actions)
    first = await ask(actions, john["id"])
    second = await ask(actions, ann["id"])
    second["options"] = options_from(4, "done", "not_yet", "later")
    await actions.text("4", open_questions=[first, second])
    assert await statuses(actions) == ["pending", "completed"]
    await actions.text("3.", open_questions=[first])
    assert await statuses(actions) == ["cancelled", "completed"]
    parts = [event.parts[0] for event in await actions.published(ReplyInterpreted)]
    assert [(part.option_key, part.intent) for part in parts] == [("done", "done"), ("skip", "skip")]


async def test_an_ordinary_note_while_a_check_in_is_open_is_a_note(actions: Actions) -> None:
    await actions.text(JOHN)
    [john] = await actions.items()
    question = await ask(actions, john["id"])
    await actions.text("Met Sara Lopez from Acme, wants a quote", open_questions=[question])
    assert (await statuses(actions))[0] == "pending"
    assert [note["note_type"] for note in await actions.notes()] == ["contact", "contact"]
    assert await actions.published(ReplyInterpreted) == []


async def test_not_yet_keeps_the_promise_open_and_is_remembered(actions: Actions) -> None:
    await actions.text(JOHN)
    [john] = await actions.items()
    await actions.text("Not yet, sorry", open_questions=[await ask(actions, john["id"])])
    [item] = await actions.items()
    assert (item["status"], item["row_version"]) == ("pending", 1)
    [update] = await actions.updates()
    assert (update["update_type"], update["update_note"]) == ("note", "Not yet, sorry")
    assert [event.intent for event in await actions.published(ReplyInterpreted)] == ["not_yet"]


async def test_remind_me_on_a_day_defers_the_check_in_and_not_the_promise(actions: Actions) -> None:
    await actions.text(JOHN)
    [john] = await actions.items()
    await actions.text("remind me Tuesday", open_questions=[await ask(actions, john["id"])])
    [reply] = await actions.published(ReplyInterpreted)
    [part] = reply.parts
    assert (reply.intent, await statuses(actions)) == ("defer", ["pending"])
    assert isinstance(part.until, datetime)
    assert part.until.date().isoformat() == "2026-10-13"
    assert "Tuesday" in (await actions.replies())[-1]


async def test_done_without_a_question_means_what_was_asked_about_last(actions: Actions) -> None:
    _john, ann = await two_promises(actions)
    await ask(actions, ann["id"])
    await actions.text("done")
    assert await statuses(actions) == ["pending", "completed"]


async def test_done_with_a_name_closes_that_persons_promise(actions: Actions) -> None:
    await two_promises(actions)
    await actions.text("Done with John Smith")
    assert await statuses(actions) == ["completed", "pending"]


async def test_done_that_could_mean_several_asks_which_and_takes_the_number(actions: Actions) -> None:
    john, ann = await two_promises(actions)
    await actions.text("done")
    assert await statuses(actions) == ["pending", "pending"]
    question = (await actions.published(SendRequested))[-1].question
    assert question is not None
    assert (question.kind, {option.key for option in question.options}) == (
        "clarify",
        {str(john["id"]), str(ann["id"])},
    )
    numbered = [{"number": n, **o.model_dump()} for n, o in enumerate(question.options, 1)]
    number = next(option["number"] for option in numbered if option["key"] == str(ann["id"]))
    origin = {"service": "actions", "type": "concierge_turn", "id": uuid7()}
    asked = {"kind": "clarify", "ref": question.ref, "origin": origin, "options": numbered}
    await actions.text(str(number), open_questions=[{**asked, "asked_at": DAY_ONE, "message_id": uuid7()}])
    assert await statuses(actions) == ["pending", "completed"]


async def test_a_digest_is_answered_for_all_of_it(actions: Actions) -> None:
    john, ann = await two_promises(actions)
    message_id = uuid7()
    question = await ask(actions, john["id"], message_id=message_id)
    await ask(actions, ann["id"], message_id=message_id)
    await actions.text("all done", open_questions=[{**question, "message_id": message_id}])
    assert await statuses(actions) == ["completed", "completed"]
    [reply] = await actions.published(ReplyInterpreted)
    assert {part.action_item_id for part in reply.parts} == {john["id"], ann["id"]}


async def test_an_option_of_a_digest_is_about_its_own_row_only(actions: Actions) -> None:
    john, ann = await two_promises(actions)
    first, second = await ask(actions, john["id"]), await ask(actions, ann["id"])
    first["options"] = options_from(1, f"{first['ref']}:done", f"{second['ref']}:done", "not_yet", "later")
    await actions.text("2", open_questions=[first])
    assert await statuses(actions) == ["pending", "completed"]
    await actions.text("4", open_questions=[first])
    done, later = await actions.published(ReplyInterpreted)
    assert [(str(part.schedule_id), part.intent) for part in done.parts] == [(second["ref"], "done")]
    assert {part.intent for part in later.parts} == {"defer"}
    assert {part.until.isoformat() for part in later.parts if part.until} == {"2026-10-08T10:00:00-05:00"}


async def test_an_answer_with_news_beside_it_is_both(actions: Actions) -> None:
    await actions.text(JOHN)
    [john] = await actions.items()
    question = await ask(actions, john["id"])
    await actions.text("Done. Also met Sara Lopez from BuildPro, she wants a quote", open_questions=[question])
    assert await statuses(actions) == ["completed", "pending"]
    note = (await actions.notes())[-1]
    assert note["extracted_entities"]["names"] == ["Sara Lopez"]
    assert note["note_text"].endswith("she wants a quote")


async def test_done_with_somebody_on_no_promise_asks_and_closes_nothing(actions: Actions) -> None:
    await actions.text(JOHN)
    await actions.text("Done with Peter Pan")
    assert await statuses(actions) == ["pending"]


async def test_undo_opens_what_the_last_text_closed(actions: Actions) -> None:
    await actions.text(JOHN)
    await actions.text("done", received_at=DAY_ONE + timedelta(minutes=1))
    await actions.text("undo", received_at=DAY_ONE + timedelta(minutes=2))
    [item] = await actions.items()
    [note] = await actions.notes()
    assert (item["status"], item["completed_at"], note["followup_completed"]) == ("pending", None, False)
    assert [row["new_value"] for row in await actions.updates()] == ["completed", "pending"]


async def test_undo_takes_back_a_note_with_its_promise(actions: Actions) -> None:
    await actions.text(JOHN)
    await actions.text("undo", received_at=DAY_ONE + timedelta(minutes=2))
    assert (await actions.notes(), await statuses(actions)) == ([], ["cancelled"])


async def test_what_we_sent_is_remembered_once(actions: Actions) -> None:
    sent = {
        "message_id": uuid7(),
        "conversation_id": actions.conversation_id,
        "message_key": "followups:1",
        "origin": {"service": "followups", "type": "followup_schedule", "id": uuid7()},
        "contractor_id": actions.contractor_id,
        "purpose": "check_in",
        "address": PHONE,
        "body": "Did you reach John?",
        "sent_at": DAY_ONE - timedelta(minutes=1),
    }
    event = MessageSent.model_validate(sent)
    await actions.tell(event, event)
    await actions.text(JOHN)
    [note] = await actions.notes()
    assert [said["body"] for said in note["conversation_context"]] == ["Did you reach John?", JOHN]


async def test_a_promise_asked_of_twice_is_done_once_and_counted_once(actions: Actions) -> None:
    john, _ann = await two_promises(actions)
    questions = [await ask(actions, john["id"]), await ask(actions, john["id"])]
    await actions.text("all done", open_questions=questions)
    assert sorted(await statuses(actions)) == ["completed", "pending"]
    [reply] = await actions.published(ReplyInterpreted)
    assert {str(part.schedule_id) for part in reply.parts} == {question["ref"] for question in questions}
    assert (await actions.published(SendRequested))[-1].body.endswith("1 more on your list.")


async def test_a_mixed_answer_by_first_names_needs_no_question(actions: Actions) -> None:
    john, ann = await two_promises(actions)
    message_id = uuid7()
    question = await ask(actions, john["id"], message_id=message_id)
    await ask(actions, ann["id"], message_id=message_id)
    await actions.text("done with John, not yet with Ann", open_questions=[{**question, "message_id": message_id}])
    assert await statuses(actions) == ["completed", "pending"]
    body = (await actions.published(SendRequested))[-1].body
    assert "Which one" not in body


async def test_an_edit_tells_who_made_it(actions: Actions) -> None:
    await actions.text(JOHN)
    [john] = await actions.items()
    await actions.text("done", open_questions=[await ask(actions, john["id"])])
    assert (await actions.published(ActionItemUpdated))[-1].updated_by == "contractor"
