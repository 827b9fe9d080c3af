"""What would be a guess is asked, kept as a note, and closes nothing; a question that is over is not asked of twice."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.contracts.actions import ContractorIntroduced, ReplyInterpreted
from shared.contracts.messaging import MessageSent, SendRequested
from shared.ids import uuid7
from tests.services.actions.conftest import DAY_ONE, PHONE, Actions
from tests.services.actions.test_answers import JOHN, ask, options_from, statuses

LATER = DAY_ONE + timedelta(hours=2)


async def put_to(actions: Actions) -> dict[str, Any]:
    """The question of our last reply, as messaging names it when it is open."""
    reply = (await actions.published(SendRequested))[-1]
    assert reply.question is not None
    options = [{"number": n, **option.model_dump()} for n, option in enumerate(reply.question.options, 1)]
    return {
        "kind": reply.question.kind,
        "ref": reply.question.ref,
        "origin": reply.origin.model_dump(),
        "options": options,
        "asked_at": DAY_ONE,
        "message_id": uuid7(),
    }


async def settled(actions: Actions) -> list[str]:
    return [ref for event in await actions.published(ReplyInterpreted) for ref in event.settled]


async def test_who_they_are_is_asked_once_and_a_promise_is_no_introduction(bare: Actions) -> None:
    await bare.know_contractor(full_name=None, provisional=True)
    await bare.text("Hi")
    question = await put_to(bare)
    await bare.text("Need to call Tim Rowe on Friday", open_questions=[question])
    assert [item["title"] for item in await bare.items()] == ["Call Tim Rowe"]
    assert await bare.published(ContractorIntroduced) == []
    assert await settled(bare) == [question["ref"]]


async def test_a_name_and_a_promise_in_one_text_are_both_kept(bare: Actions) -> None:
    await bare.know_contractor(full_name=None, provisional=True)
    await bare.text("Hi")
    await bare.text("I'm Bob Roe, need to call Tim Rowe on Friday", open_questions=[await put_to(bare)])
    [introduced] = await bare.published(ContractorIntroduced)
    assert introduced.full_name == "Bob Roe"
    assert [item["title"] for item in await bare.items()] == ["Call Tim Rowe"]


@pytest.mark.parametrize("text", ["done with the heat pumps", "the drywall is finished", "drop the drone thing"])
@pytest.mark.parametrize("is_asked", [True, False])
async def test_what_is_on_no_promise_closes_none(actions: Actions, text: str, is_asked: bool) -> None:
    await actions.text(JOHN)
    [john] = await actions.items()
    await actions.text(text, open_questions=[await ask(actions, john["id"])] if is_asked else [])
    assert await statuses(actions) == ["pending"]
    assert "is not on your list. Which one do you mean?" in (await actions.replies())[-1]
    question = await put_to(actions)
    await actions.text("1", open_questions=[question])
    assert await statuses(actions) != ["pending"]
    assert question["ref"] in await settled(actions)


@pytest.mark.parametrize("text", ["John called back", "John says hi"])
async def test_what_somebody_else_did_closes_nothing_unasked(actions: Actions, text: str) -> None:
    await actions.text(JOHN)
    await actions.text(text)
    assert await statuses(actions) == ["pending"]
    assert [note["note_text"] for note in await actions.notes()] == [JOHN, text]


async def test_a_reminder_says_when_it_comes(actions: Actions) -> None:
    await actions.text("remind me about Ana tomorrow at 3pm")
    [item] = await actions.items()
    assert (item["title"], item["reminder_time"].hour) == ("Follow up with Ana", 20)
    assert (await actions.replies())[-1].endswith("I'll remind you on Thursday, Oct 8 at 3:00 PM.")


async def doubt(actions: Actions, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    await actions.text(JOHN)
    [john] = await actions.items()
    monkeypatch.setattr("services.actions.concierge.offline_answers.SURE_ENOUGH", 1.1)
    await actions.text("that went out this morning", open_questions=[await ask(actions, john["id"])])
    assert await statuses(actions) == ["pending"]
    assert (await actions.replies())[-1].startswith("Just to be sure: shall I mark Follow up with John Smith as done?")
    assert [note["note_text"] for note in await actions.notes()] == [JOHN, "that went out this morning"]
    return await put_to(actions)


@pytest.mark.parametrize(
    ("answer", "status"), [("yes", "completed"), ("1", "completed"), ("no", "pending"), ("2", "pending")]
)
async def test_a_guess_is_confirmed_first_and_asked_once(
    actions: Actions, monkeypatch: pytest.MonkeyPatch, answer: str, status: str
) -> None:
    question = await doubt(actions, monkeypatch)
    await actions.text(answer, open_questions=[question])
    assert await statuses(actions) == [status]
    assert question["ref"] in await settled(actions)


async def test_a_nod_after_other_words_is_asked_about_once_more(
    actions: Actions, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = await doubt(actions, monkeypatch)
    await said_by_us(actions, DAY_ONE, uuid7())
    await actions.text("yes", open_questions=[question], received_at=LATER)
    assert await statuses(actions) == ["pending"]
    assert (await actions.replies())[-1].startswith("Just to be sure: shall I mark Follow up with John Smith as done?")


@pytest.mark.parametrize(
    "text",
    [
        "is it done?",
        "done?",
        "if John calls back then its done",
        "I will be done with John by friday",
        "almost done with John",
        "Mick says John is done on his side",
        "don't drop John",
        "drop off the samples at John's",
        "skip lunch",
        "dinner done, met Al Gore",
        "call Sue is done but John isn't",
    ],
)
@pytest.mark.parametrize("is_asked", [True, False])
async def test_words_of_an_end_that_tell_of_none_close_nothing(actions: Actions, text: str, is_asked: bool) -> None:
    await actions.text(JOHN)
    [john] = await actions.items()
    await actions.text(text, open_questions=[await ask(actions, john["id"])] if is_asked else [])
    assert (await statuses(actions))[0] in ("pending", "in_progress")


async def said_by_us(actions: Actions, question_at: Any, message_id: UUID) -> None:
    """Another message of ours went out since."""
    await actions.tell(
        MessageSent.model_validate(
            {
                "message_id": message_id,
                "message_key": "actions:1",
                "conversation_id": actions.conversation_id,
                "contractor_id": actions.contractor_id,
                "channel": "sms",
                "address": PHONE,
                "body": "Got it, noted.",
                "purpose": "reply",
                "origin": {"service": "actions", "type": "concierge_turn", "id": uuid7()},
                "sent_at": question_at + timedelta(minutes=5),
                "segments": 1,
            }
        )
    )


@pytest.mark.parametrize("nod", ["👍", "yes"])
async def test_a_nod_to_what_we_said_last_answers_no_older_question(actions: Actions, nod: str) -> None:
    await actions.text(JOHN)
    [john] = await actions.items()
    question = await ask(actions, john["id"])
    await said_by_us(actions, DAY_ONE, uuid7())
    await actions.text(nod, open_questions=[question], received_at=LATER)
    assert await statuses(actions) == ["pending"]


async def test_a_draft_waits_for_its_answer_while_other_things_are_said(actions: Actions) -> None:
    await actions.text(JOHN)
    [john] = await actions.items()
    draft = {
        "kind": "confirm",
        "ref": f"draft~{uuid7()}:{uuid7()}",
        "origin": {"service": "actions", "type": "email_draft", "id": uuid7()},
        "options": options_from(5, "yes", "no"),
        "asked_at": DAY_ONE - timedelta(hours=1),
        "message_id": uuid7(),
    }
    await actions.text("done", open_questions=[await ask(actions, john["id"]), draft])
    assert (await statuses(actions), await settled(actions)) == (["completed"], [])
