"""The main job: a text becomes a note, a promise and a reply; "done" keeps the promise."""

from services.actions.concierge.reading import Reading
from shared.contracts.actions import ActionItemCreated, ActionItemUpdated, NoteCaptured, NoteUpdated
from shared.contracts.ai import AiRunCompleted
from shared.contracts.messaging import SendRequested
from tests.services.actions.conftest import Actions

JOHN = "Met John Smith - amazing insights on AI automation. 555-1234, john@example.com"


async def test_the_documents_first_example_is_stored_as_it_says(actions: Actions) -> None:
    known = await actions.know_event()
    await actions.text(JOHN)
    [note] = await actions.notes()
    assert note["note_text"] == JOHN
    assert note["note_type"] == "contact"
    assert note["extracted_entities"]["names"] == ["John Smith"]
    assert note["extracted_entities"]["phone_numbers"] == ["555-1234"]
    assert note["extracted_entities"]["emails"] == ["john@example.com"]
    assert {"networking", "follow-up-required"} <= set(note["ai_tags"])
    assert 0.8 <= note["ai_priority_score"] <= 0.9
    assert note["requires_followup"] is True
    assert note["session_context"] == "Growing with AI - 2:00 PM Main Stage"
    assert note["event_id"] == known["event"]


async def test_a_contact_note_makes_one_promise_and_says_so(actions: Actions) -> None:
    await actions.know_event()
    event = await actions.text(JOHN)
    [note] = await actions.notes()
    [item] = await actions.items()
    assert item["title"] == "Follow up with John Smith"
    assert item["related_note_id"] == note["id"]
    assert item["source_message_id"] == event.message_id
    assert (item["person_name"], item["topic"], item["status"]) == ("John Smith", "AI automation", "pending")
    assert await actions.replies() == [
        "Got it: John Smith (AI automation). I'll check in with you after Power100 Dallas."
    ]


async def test_what_happened_is_published_in_order_with_the_note_first(actions: Actions) -> None:
    await actions.text(JOHN)
    kinds = [type(message) for message in await actions.published()]
    assert kinds == [NoteCaptured, ActionItemCreated, AiRunCompleted, SendRequested]
    [item] = await actions.published(ActionItemCreated)
    assert item.note_text == JOHN


async def test_done_completes_the_promise_with_its_audit_row_and_settles_the_note(actions: Actions) -> None:
    await actions.text(JOHN)
    done = await actions.text("done")
    [item] = await actions.items()
    [note] = await actions.notes()
    [update] = await actions.updates()
    assert (item["status"], item["completed_at"] is not None) == ("completed", True)
    assert note["followup_completed"] is True
    assert (update["update_type"], update["old_value"], update["new_value"]) == (
        "status_change",
        "pending",
        "completed",
    )
    assert (update["message_id"], update["updated_by"]) == (done.message_id, "contractor")
    assert [type(m) for m in await actions.published(ActionItemUpdated, NoteUpdated)] == [
        ActionItemUpdated,
        NoteUpdated,
    ]


async def test_the_turn_shows_what_was_read_changed_and_answered(actions: Actions) -> None:
    await actions.text(JOHN)
    [turn] = await actions.turns()
    assert (turn["status"], turn["intent"]) == ("done", "note")
    assert Reading.model_validate(turn["reading"]).note is not None
    assert turn["reply"].startswith("Got it: John Smith")
