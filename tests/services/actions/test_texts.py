"""The main job: a text becomes a note, a promise and a reply; "done" keeps the promise."""

from collections.abc import Callable
from datetime import timedelta

import httpx

from services.actions.concierge.reading import Reading
from shared.contracts.actions import ActionItemCreated, ActionItemUpdated, NoteCaptured, NoteUpdated
from shared.contracts.ai import AiRunCompleted
from shared.contracts.directory import EventUpdated
from shared.contracts.messaging import SendRequested
from tests.services.actions.conftest import DAY_ONE, Actions

Http = Callable[..., httpx.AsyncClient]
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


async def test_turns_are_shown_newest_first_with_spans_changes_and_reply(actions: Actions, http_of: Http) -> None:
    await actions.text(JOHN)
    await actions.text("done")
    params = {"contractor_id": str(actions.contractor_id)}
    done, noted = (await http_of("csm").get("/api/v1/concierge-turns", params=params)).json()["items"]
    assert ("John Smith" in [span["text"] for span in noted["spans"]], noted["status"]) == (True, "done")
    assert [change["what"] for change in noted["changes"]] == ["note_captured", "action_item_created"]
    assert [message["body"] for message in noted["messages"]] == [JOHN]
    assert (done["intent"], done["changes"][0]["changes"][0]["new"]) == ("done", "completed")
    one = await http_of("csm").get(f"/api/v1/concierge-turns/{done['id']}")
    assert (one.status_code, one.json()) == (200, done)


async def test_a_reminder_that_is_asked_for_has_its_time(actions: Actions) -> None:
    await actions.text("Remind me to call John on Friday")
    [item] = await actions.items()
    assert (item["title"], item["due_date"].isoformat()) == ("Call John", "2026-10-09T17:00:00+00:00")
    assert item["reminder_time"].isoformat() == "2026-10-09T15:00:00+00:00"  # ten o'clock in Dallas


async def test_a_speaker_who_is_named_is_linked_and_a_sponsor_too(actions: Actions) -> None:
    known = await actions.know_event()
    await actions.text("Dana Whitfield says price by value, loved it")
    await actions.text("BuildPro Solutions have a new crane at their booth")
    speaker, sponsor = await actions.notes()
    assert (speaker["speaker_id"], speaker["note_type"]) == (known["speaker"], "speaker_note")
    assert (sponsor["sponsor_id"], sponsor["note_type"]) == (known["sponsor"], "sponsor_note")


async def test_the_same_person_is_not_promised_twice(actions: Actions) -> None:
    await actions.text(JOHN)
    await actions.text("John Smith also wants to talk about drones, john@example.com")
    assert (len(await actions.notes()), len(await actions.items())) == (2, 1)


async def test_before_and_after_the_event_no_event_is_guessed(actions: Actions) -> None:
    await actions.know_event()
    await actions.text(JOHN, received_at=DAY_ONE + timedelta(days=5))
    [note] = await actions.notes()
    assert (note["event_id"], note["session_context"]) == (None, None)
    assert (await actions.replies())[0].endswith("I'll check in with you in a few days.")


async def test_a_note_does_not_go_to_an_event_that_was_called_off(actions: Actions) -> None:
    known = await actions.know_event()
    called_off = {"name": "Power100 Dallas", "date": DAY_ONE.date(), "ends_on": DAY_ONE.date(), "status": "cancelled"}
    await actions.tell(actions.state(EventUpdated, id=known["event"], time_zone="America/Chicago", **called_off))
    await actions.text(JOHN)
    assert [note["event_id"] for note in await actions.notes()] == [None]
