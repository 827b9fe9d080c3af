"""Answers to the top-3 question."""

from datetime import datetime, timedelta
from typing import Any

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


async def answered(actions: Actions, body: str, **values: Any) -> list[dict[str, Any]]:
    """The promises after the top-3 question, as they ranked them."""
    question = await ask(actions, None, kind="priorities", **values)
    await actions.text(body, open_questions=[question], received_at=DAY_ONE + timedelta(hours=4))
    ranked = [item for item in await actions.items() if item["contractor_priority"]]
    return sorted(ranked, key=lambda item: item["contractor_priority"])


async def test_speaker_sponsor_and_partner_are_linked(actions: Actions) -> None:
    known = await actions.know_event()
    partner = uuid7()
    await actions.tell(actions.state(directory.PartnerCreated, id=partner, name="Trimline Leasing"))
    body = "1. email the speaker from the growing with AI talk 2. look into BuildPro 3. call trimline about rates"
    speaker, sponsor, leasing = await answered(actions, body, event_id=known["event"])
    assert (speaker["related_speaker_id"], speaker["action_type"]) == (known["speaker"], "contact_speaker")
    assert (sponsor["related_sponsor_id"], sponsor["action_type"]) == (known["sponsor"], "research_partner")
    assert (leasing["related_partner_id"], leasing["related_speaker_id"]) == (partner, None)
    assert sponsor["ai_reasoning"] == "BuildPro Solutions is a sponsor: it stays where you put it."


async def test_another_contractor_at_the_event_is_a_peer(actions: Actions) -> None:
    known = await actions.know_event()
    peer = uuid7()
    attends = {"event_id": known["event"], "contractor_id": peer, "full_name": "Barney Cole"}
    await actions.tell(
        actions.state(directory.ContractorCreated, id=peer, full_name="Barney Cole", phone="+12145550188"),
        actions.state(directory.AttendeeCreated, **attends),
    )
    barney, other = await answered(actions, "1. get numbers to Barney Cole 2. hire a helper", event_id=known["event"])
    assert (barney["related_peer_contractor_id"], barney["action_type"]) == (peer, "contact_peer")
    assert (other["related_peer_contractor_id"], other["action_type"]) == (None, "other")


async def test_a_note_is_found_by_its_topic_and_its_full_name_is_kept(actions: Actions) -> None:
    await actions.text(JOHN)
    [john] = await actions.items()
    await actions.text("Talked to Sara Lopez from Acme Corp, she runs the office")
    first, second = await answered(actions, "introduce Sara to my banker, then AI automation")
    notes = {note["topic"] or "": note["id"] for note in await actions.notes()}
    assert (first["person_name"], first["action_type"]) == ("Sara Lopez", "email_intro")
    assert second["related_note_id"] == notes["AI automation"]
    assert john["id"] not in (first["id"], second["id"])


async def test_what_has_a_date_is_suggested_first_and_says_why(actions: Actions) -> None:
    first, second = await answered(actions, "1. hire a helper 2. send Lee Wong the bid by friday")
    assert (first["ai_suggested_priority"], second["ai_suggested_priority"]) == (2, 1)
    assert second["ai_reasoning"] == "Due Oct 9: it would come sooner."
    assert first["ai_reasoning"] == "No date, and nobody is known to wait for it: it would come later."


async def test_a_promise_that_stands_takes_the_rank_and_keeps_its_words(actions: Actions) -> None:
    await actions.text(JOHN)
    [promise] = await actions.items()
    ranked = await answered(actions, "hire a helper then call john")
    assert [item["contractor_priority"] for item in ranked] == [1, 2]
    assert (ranked[1]["id"], ranked[1]["title"]) == (promise["id"], promise["title"])
    assert ranked[1]["ai_suggested_priority"] == 1


async def test_neither_later_nor_a_question_becomes_a_promise(actions: Actions) -> None:
    for body in ("not sure yet, ask me tomorrow", "what priorities do you mean?", "too many to list haha"):
        question = await ask(actions, None, kind="priorities")
        await actions.text(body, open_questions=[question])
    assert [item for item in await actions.items() if item["contractor_priority"]] == []


async def test_the_top_3_question_itself_is_put_off_and_no_promise_is(actions: Actions) -> None:
    await actions.text(JOHN)
    question = await ask(actions, None, kind="priorities")
    await actions.text("ask me on friday", open_questions=[question])
    [part] = (await actions.published(ReplyInterpreted))[-1].parts
    assert (part.intent, str(part.schedule_id), part.action_item_id) == ("defer", question["ref"], None)
    assert part.until is not None
    assert (await actions.replies())[-1].startswith("No problem. I'll ask again about your priorities on Friday, Oct 9")


async def test_one_that_names_no_priority_ends_the_question(actions: Actions) -> None:
    await actions.text(JOHN)
    question = await ask(actions, None, kind="priorities")
    await actions.text("none really", open_questions=[question])
    [part] = (await actions.published(ReplyInterpreted))[-1].parts
    assert (part.question_ref, [item["status"] for item in await actions.items()]) == (question["ref"], ["pending"])
