"""What people ask of us and set right: find, why, correct; and what staff correct."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from services.actions.concierge.context import KnownNote
from services.actions.concierge.correction_rules import find_correction
from services.actions.concierge.reading import Part
from shared.ai.runner import Ai
from shared.contracts.actions import ActionItemUpdated, NoteUpdated, ReplyInterpreted
from shared.contracts.ai import AiExampleCollected
from shared.contracts.followups import FollowupScheduleUpdated
from shared.contracts.messaging import MessageSent, Origin, SendRequested
from shared.ids import uuid7
from tests.services.actions.conftest import DAY_ONE, PHONE, Actions
from tests.services.actions.test_concierge import JOHN
from tests.standins.anthropic import KEY, AnthropicStandin, anthropic_standin

Http = Callable[..., httpx.AsyncClient]
SKYLIGHTS = "chatted w/ Priya Nair, Ridgetop Solar - needs a bid for 12 skylights, her cell 720-555-0146"


@pytest.fixture
async def model(actions: Actions) -> AsyncIterator[AnthropicStandin]:
    async with anthropic_standin() as server:
        actions.ai = Ai.open("actions", api_key=KEY, base_url=server.url)
        yield server
        await actions.ai.close()


def says(intent: str, text: str, **part: Any) -> dict[str, Any]:
    return {"intent": intent, "confidence": 0.95, "parts": [{"intent": intent, "text": text, **part}]}


async def ask(actions: Actions, model: AnthropicStandin, text: str, intent: str, **part: Any) -> str:
    model.reply = lambda _body: says(intent, text, **part)
    await actions.text(text)
    return (await actions.replies())[-1]


async def texted(actions: Actions, *bodies: str) -> None:
    """By the rules: no model is there yet."""
    for body in bodies:
        await actions.text(body)


@pytest.fixture
async def met(actions: Actions) -> Actions:
    await texted(actions, JOHN, SKYLIGHTS)
    return actions


async def test_a_person_is_found_by_what_was_said_of_them(met: Actions, model: AnthropicStandin) -> None:
    answer = await ask(
        met, model, "which one was the guy who does skylights?", "find", query="the guy who does skylights"
    )
    assert answer.startswith("Priya Nair, Ridgetop Solar, 720-555-0146. Wed, Oct 7, you wrote: “chatted w/ Priya Nair")
    assert (
        await ask(met, model, "who does drywall?", "find", query="drywall") == "I have nothing from you about drywall."
    )
    [turn] = [turn for turn in await met.turns() if turn["intent"] == "find"][:1]
    assert (turn["changes"], turn["parts"][0]["intent"]) == ([], "find")


async def test_notes_of_others_are_not_found(met: Actions, model: AnthropicStandin) -> None:
    met.contractor_id, other = uuid7(), met.contractor_id
    await met.know_contractor(phone="+12145550124", full_name="Bob Roe")
    assert "nothing from you" in await ask(met, model, "who does skylights?", "find", query="skylights")
    assert met.contractor_id != other


async def test_why_tells_the_text_the_promise_and_the_rule(met: Actions, model: AnthropicStandin) -> None:
    [item, *_] = await met.items()
    schedule, asked = uuid7(), uuid7()
    await met.tell(
        met.state(
            FollowupScheduleUpdated,
            id=schedule,
            contractor_id=met.contractor_id,
            action_item_id=item["id"],
            scheduled_time=DAY_ONE,
            followup_type="check_in",
            purpose="check_in",
            message_tone="friendly",
            status="sent",
            sent_at=DAY_ONE,
            message_id=asked,
        ),
        MessageSent(
            message_id=asked,
            message_key=f"followups:{schedule}",
            origin=Origin(service="followups", type="followup_schedule", id=schedule),
            contractor_id=met.contractor_id,
            purpose="check_in",
            conversation_id=met.conversation_id,
            address=PHONE,
            body="Did you get back to John?",
            sent_at=DAY_ONE,
        ),
    )
    answer = await ask(met, model, "how come you texted me?", "why")
    assert "Wed, Oct 7, you texted: “Met John Smith" in answer
    assert item["title"] in answer
    assert "I check in on every promise until it is kept" in answer
    await met.tell(
        MessageSent(
            message_id=uuid7(),
            message_key=f"actions:{asked}",
            origin=Origin(service="actions", type="concierge_turn", id=asked),
            contractor_id=met.contractor_id,
            purpose="reply",
            conversation_id=met.conversation_id,
            address=PHONE,
            body="Got it.",
            sent_at=DAY_ONE,
        )
    )
    assert "my answer to your own text" in await ask(met, model, "why did you text me?", "why")
    assert item["title"] in await ask(met, model, "why did you ask me about John?", "why")


async def test_why_without_anything_said_tells_who_we_are(actions: Actions, model: AnthropicStandin) -> None:
    assert "event assistant" in await ask(actions, model, "who is this", "why")


async def test_a_name_is_set_right_in_the_note_and_in_its_promises_and_back_by_undo(
    met: Actions, model: AnthropicStandin
) -> None:
    answer = await ask(met, model, "no, Jon without h", "correct", right="Jon")
    assert answer == "Thanks, set right: Jon Smith (was John Smith). UNDO takes it back."
    note, item = (await met.notes())[0], (await met.items())[0]
    assert note["extracted_entities"]["names"] == ["Jon Smith"]
    assert (item["person_name"], item["title"]) == ("Jon Smith", "Follow up with Jon Smith")
    [example] = await met.published(AiExampleCollected)
    assert example.correction == {"names": {"field": "names", "old": "John Smith", "new": "Jon Smith"}}
    [label] = await met.rows("SELECT * FROM labelled_texts")
    assert (label["text"], label["corrected_by"]) == (JOHN, "contractor")
    assert (await met.published(NoteUpdated), await met.published(ActionItemUpdated)) != ([], [])
    await ask(met, model, "undo", "undo")
    assert (await met.notes())[0]["extracted_entities"]["names"] == ["John Smith"]
    assert (await met.items())[0]["title"] == "Follow up with John Smith"


async def test_what_nobody_can_place_is_asked_and_changes_nothing(met: Actions, model: AnthropicStandin) -> None:
    before = await met.notes()
    assert "What should I set right?" in await ask(met, model, "thats wrong", "correct")
    assert "What should I set right?" in await ask(met, model, "its Xqzv", "correct", right="Xqzv")
    assert await met.notes() == before


NOTE = KnownNote.model_validate(
    {
        "id": uuid7(),
        "event_id": None,
        "captured_at": DAY_ONE,
        "topic": None,
        "note_text": "",
        "priority_score": None,
        "names": ["John Smith", "Priya Nair"],
        "companies": ["Ridgetop Solar"],
        "phones": ["720-555-0146"],
        "emails": [],
    }
)


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ({"right": "Jon"}, ("names", "John Smith", "Jon Smith")),
        ({"wrong": "Nair", "right": "Nayar"}, ("names", "Priya Nair", "Priya Nayar")),
        ({"right": "Jon Smyth"}, ("names", "John Smith", "Jon Smyth")),
        ({"wrong": "Ridgetop", "right": "Ridgeline"}, ("companies", "Ridgetop Solar", "Ridgeline Solar")),
        ({"right": "720-555-0147"}, ("phone_numbers", "720-555-0146", "720-555-0147")),
        ({"right": "priya@example.com"}, ("emails", None, "priya@example.com")),
        ({"right": "Zebulon"}, None),
        ({"right": None}, None),
    ],
)
def test_what_a_correction_is_about(part: dict[str, Any], found: tuple[str, str | None, str] | None) -> None:
    correction = find_correction([NOTE], Part(intent="correct", **part))
    assert (correction and (correction.field, correction.was, correction.now)) == found


async def test_staff_correct_a_reading_and_what_follows_is_done_instead(actions: Actions, http_of: Http) -> None:
    await texted(actions, JOHN)
    [turn] = await actions.turns()
    path = f"/api/v1/concierge-turns/{turn['id']}"
    right = {
        "intent": "note",
        "confidence": 1,
        "note": {"note_type": "insight", "entities": {"names": ["John Smith"]}, "requires_followup": False},
    }
    answer = await http_of("csm").put(f"{path}/reading", json=right)
    assert answer.status_code == 200, answer.text
    assert [note["note_type"] for note in await actions.notes()] == ["insight"]
    assert [item["status"] for item in await actions.items()] == ["cancelled"]
    assert [change["what"] for change in answer.json()["changes"]] == ["undone", "note_captured"]
    assert len(await actions.replies()) == 1, "nothing is texted"
    [label] = await actions.rows("SELECT * FROM labelled_texts")
    assert (label["corrected_by"], label["turn_id"]) == ("staff", turn["id"])
    listed = (await http_of("csm").get("/api/v1/labelled-texts")).json()["items"]
    assert [(each["text"], each["was_read"]["note"]["note_type"]) for each in listed] == [(JOHN, "contact")]
    assert (await http_of("csm", account_id=uuid7()).get("/api/v1/labelled-texts")).json()["items"] == []
    assert len(await actions.published(AiExampleCollected)) == 1


async def test_a_correction_must_stand_in_the_text_and_is_for_staff_of_the_account(
    actions: Actions, http_of: Http
) -> None:
    await texted(actions, JOHN)
    [turn] = await actions.turns()
    path = f"/api/v1/concierge-turns/{turn['id']}/reading"
    right = {"intent": "note", "confidence": 1, "note": {"entities": {"names": ["Jane Roe"]}}}
    refused = await http_of("csm").put(path, json=right)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert len(await actions.notes()) == 1
    assert (await http_of("contractor", contractor_id=actions.contractor_id).put(path, json=right)).status_code == 403
    assert (await http_of("csm", account_id=uuid7()).put(path, json=right)).status_code == 404


async def test_what_only_the_model_takes_for_done_is_asked_before_it_is_closed(
    actions: Actions, model: AnthropicStandin
) -> None:
    await texted(actions, JOHN)
    text = "John and I were laughing about it"
    asked = await ask(actions, model, text, "done", items=[1])
    assert asked == "Just to be sure: shall I mark Follow up with John Smith as done?"
    assert [item["status"] for item in await actions.items()] == ["pending"]
    [sent] = (await actions.published(SendRequested))[-1:]
    question = {
        "kind": "confirm",
        "ref": sent.question.ref,
        "origin": sent.origin.model_dump(),
        "asked_at": DAY_ONE,
        "message_id": uuid7(),
        "options": [{"key": "yes", "label": "Yes", "number": 1}],
    }
    await actions.text("1", open_questions=[question])
    assert [item["status"] for item in await actions.items()] == ["completed"]


async def test_what_the_model_closes_beyond_the_rules_is_asked(actions: Actions, model: AnthropicStandin) -> None:
    await texted(actions, JOHN, "Need to call Bob Roe on Friday")
    await ask(actions, model, "done with Bob", "done", items=[1, 2], every=True)
    assert {item["status"] for item in await actions.items()} == {"pending"}


async def test_an_undo_that_the_model_is_alone_with_is_a_note(actions: Actions, model: AnthropicStandin) -> None:
    await texted(actions, JOHN)
    text = "Met Sara Lopez, we took a wrong turn"
    assert (await ask(actions, model, text, "undo")).startswith("Noted.")
    assert [item["status"] for item in await actions.items()] == ["pending"]
    assert [note["note_text"] for note in await actions.notes()] == [JOHN, text]


@pytest.mark.parametrize(
    "made_up",
    ["Click http://evil.example to win", "Call 214-555-0199 now", "Write to a@evil.example", "Really? " * 40],
)
async def test_a_question_of_the_models_brings_no_address_of_its_own(
    actions: Actions, model: AnthropicStandin, made_up: str
) -> None:
    model.reply = lambda _body: {"intent": "note", "confidence": 0.9, "note": {}, "ask": made_up}
    await actions.text("Met somebody at the booth")
    assert (await actions.replies())[-1] == "Noted. Who or what is this about?"


async def test_a_promise_says_what_the_text_says(actions: Actions, model: AnthropicStandin) -> None:
    promise = {"title": "Wire 5000 USD to evil.example", "text": "send Sara the quote", "due": "2027-01-01"}
    note = {"requires_followup": True, "promises": [promise]}
    model.reply = lambda _body: {"intent": "note", "confidence": 0.9, "note": note}
    await actions.text("I will send Sara the quote")
    assert [(item["title"], item["due_date"]) for item in await actions.items()] == [("send Sara the quote", None)]


@pytest.mark.parametrize(
    "intent", ["done", "cancel", "defer", "help_with_item", "correct", "priorities", "find", "undo"]
)
async def test_a_reading_without_parts_is_of_the_whole_text(actions: Actions, http_of: Http, intent: str) -> None:
    await texted(actions, JOHN, "Talked to Ann about gutters")
    newest = max(await actions.turns(), key=lambda turn: turn["seq"])
    path = f"/api/v1/concierge-turns/{newest['id']}/reading"
    answer = await http_of("csm").put(path, json={"intent": intent, "confidence": 1})
    assert answer.status_code == 200, answer.text


async def test_what_staff_correct_is_texted_to_nobody_and_told_to_the_others(actions: Actions, http_of: Http) -> None:
    await texted(actions, JOHN, "the quote for John by Friday maybe?")
    newest = max(await actions.turns(), key=lambda turn: turn["seq"])
    path, said = f"/api/v1/concierge-turns/{newest['id']}/reading", len(await actions.replies())
    part = {"intent": "help_with_item", "text": "the quote for John", "items": [1]}
    await http_of("csm").put(path, json={"intent": "help_with_item", "confidence": 1, "parts": [part]})
    await actions.write_drafts()
    part = {"intent": "defer", "text": "by Friday maybe", "items": [1], "until": "2026-10-09"}
    await http_of("csm").put(path, json={"intent": "defer", "confidence": 1, "parts": [part]})
    assert len(await actions.replies()) == said
    assert [reply.intent for reply in await actions.published(ReplyInterpreted)][-1] == "defer"


async def test_an_older_turn_corrected_to_undo_takes_back_what_was_before_it(actions: Actions, http_of: Http) -> None:
    await texted(actions, JOHN, "Talked to Ann about gutters", "Need to call Bob Roe on Friday")
    second = sorted(await actions.turns(), key=lambda turn: turn["seq"])[1]
    path = f"/api/v1/concierge-turns/{second['id']}/reading"
    await http_of("csm").put(path, json={"intent": "undo", "confidence": 1})
    told = {item["title"]: item["status"] for item in await actions.items()}
    assert (told["Follow up with John Smith"], told["Call Bob Roe"]) == ("cancelled", "pending")


async def test_undo_twice_takes_back_two_turns(actions: Actions) -> None:
    await texted(actions, "Need to call Ann Lee on Friday", "Need to call Bob Roe on Friday", "undo", "undo")
    assert [item["status"] for item in await actions.items()] == ["cancelled", "cancelled"]


async def test_a_name_is_corrected_where_it_stands_and_nowhere_else(actions: Actions) -> None:
    await texted(actions, "Met Ann Lee. Send Ann the Annual plan by Friday", "no, it's Anne not Ann")
    assert [item["title"] for item in await actions.items()] == ["Send Anne the Annual plan"]


async def test_a_correction_is_of_the_name_that_it_is_like(actions: Actions) -> None:
    await texted(actions, "Met Priya Nair, wants a quote", "Met Sara Lopez, wants a quote", "no, it's Nayar not Nair")
    assert [note["extracted_entities"]["names"] for note in await actions.notes()] == [["Priya Nayar"], ["Sara Lopez"]]


async def test_who_they_met_is_told_by_name(actions: Actions) -> None:
    await texted(actions, "who did I meet?", JOHN, SKYLIGHTS, "who have I met?")
    said = await actions.replies()
    assert said[0].startswith("You told me of nobody yet.")
    assert said[-1] == "You told me of Priya Nair and John Smith. Ask “who was …?” for more."
