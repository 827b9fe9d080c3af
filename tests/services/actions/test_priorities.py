"""Answers to the top-3 question."""

from datetime import datetime, timedelta

from shared.contracts import directory
from shared.contracts.actions import ReplyInterpreted
from shared.ids import uuid7
from tests.services.actions.conftest import DAY_ONE, Actions
from tests.services.actions.test_answers import JOHN, ask


async def test_the_documents_second_example_becomes_ranked_promises(actions: Actions) -> None:
    known = await actions.know_event()
    await actions.text(JOHN)
    booking_id = uuid7()
    await actions.tell(
        actions.state(
            directory.DemoBookingCreated,
            id=booking_id,
            contractor_id=actions.contractor_id,
            company="Acme Corp",
            starts_at=datetime.fromisoformat("2026-10-16T15:00:00-05:00"),
        )
    )
    question = await ask(actions, None, kind="priorities", event_id=known["event"])
    body = "1. Follow up with John Smith, 2. Demo with Acme Corp, 3. Implement AI tools"
    await actions.text(body, open_questions=[question], received_at=DAY_ONE + timedelta(days=4))
    john, demo, tools = sorted(await actions.items(), key=lambda item: item["contractor_priority"])
    [note] = await actions.notes()
    assert (john["title"], john["action_type"], john["status"]) == (
        "Follow up with John Smith",
        "contact_peer",
        "pending",
    )
    assert (john["contractor_priority"], john["ai_suggested_priority"]) == (1, 2)
    assert (john["related_note_id"], john["ai_generated"]) == (note["id"], False)
    assert (demo["title"], demo["action_type"]) == ("Prepare for Acme Corp demo", "demo_prep")
    assert (demo["contractor_priority"], demo["related_demo_booking_id"]) == (2, booking_id)
    assert (demo["due_date"].date().isoformat(), demo["ai_generated"]) == ("2026-10-15", True)
    assert demo["ai_reasoning"] == "Demo scheduled for Oct 16, prep day before"
    assert (tools["title"], tools["action_type"], tools["event_id"]) == (
        "Implement AI tools",
        "implement_tool",
        known["event"],
    )
    [reply] = await actions.published(ReplyInterpreted)
    assert (reply.intent, str(reply.parts[0].schedule_id)) == ("priorities", question["ref"])


async def test_a_first_name_is_enough_where_only_one_person_has_it(actions: Actions) -> None:
    await actions.text("Talked to Sara Lopez from Acme Corp, wants a quote for 40 units")
    question = await ask(actions, None, kind="priorities")
    await actions.text("Sara's quote, call Lee Wong, and a new CRM", open_questions=[question])
    ranked = sorted(await actions.items(), key=lambda item: item["contractor_priority"])
    assert [(item["person_name"], item["contractor_priority"]) for item in ranked] == [
        ("Sara Lopez", 1),
        ("Lee Wong", 2),
        (None, 3),
    ]


async def test_a_note_while_the_top_three_question_is_open_is_a_note(actions: Actions) -> None:
    question = await ask(actions, None, kind="priorities")
    await actions.text(JOHN, open_questions=[question])
    assert [item["contractor_priority"] for item in await actions.items()] == [None]
    assert len(await actions.notes()) == 1
