"""What people correct is told to those who measure and train models."""

from collections.abc import Callable

import httpx

from shared.contracts.ai import AiExampleCollected, AiRunCompleted
from tests.services.actions.conftest import Actions

Http = Callable[..., httpx.AsyncClient]
JOHN = "Met John Smith - amazing insights on AI automation. 555-1234, john@example.com"


async def test_an_edit_of_what_was_read_is_an_example_of_its_run(actions: Actions, http_of: Http) -> None:
    client = http_of()
    await actions.text(JOHN)
    [note], [item] = await actions.notes(), await actions.items()
    [run] = await actions.published(AiRunCompleted)
    await client.patch(f"/api/v1/notes/{note['id']}", json={"topic": "robots", "note_text": JOHN, "ai_tags": []})
    await client.patch(f"/api/v1/action-items/{item['id']}", json={"title": "Call John", "status": "completed"})
    of_note, of_item = await actions.published(AiExampleCollected)
    assert (of_note.run_id, of_note.task, of_note.subject_id) == (run.run_id, "read_turn", note["id"])
    assert of_note.correction["topic"] == {"was": "AI automation", "is": "robots"}
    assert set(of_note.correction) == {"topic", "ai_tags"}
    assert of_item.correction == {"title": {"was": "Follow up with John Smith", "is": "Call John"}}
    assert (of_item.subject_id, of_item.consent, of_item.origin) == (item["id"], False, "api")


async def test_what_nobody_read_or_nobody_changed_is_no_example(actions: Actions, http_of: Http) -> None:
    client = http_of()
    note = {"contractor_id": str(actions.contractor_id), "note_text": "Booth 12", "topic": "crm"}
    made = (await client.post("/api/v1/notes", json=note)).json()
    await client.patch(f"/api/v1/notes/{made['id']}", json={"topic": "robots"})
    await actions.text(JOHN)
    [item] = await actions.items()
    await client.patch(f"/api/v1/action-items/{item['id']}", json={"title": item["title"], "priority": 1})
    assert await actions.published(AiExampleCollected) == []


async def test_an_undo_is_an_example_of_the_run_that_was_wrong(actions: Actions) -> None:
    await actions.text(JOHN)
    await actions.text("undo")
    run = (await actions.published(AiRunCompleted))[0]
    [example] = await actions.published(AiExampleCollected)
    assert (example.run_id, example.origin) == (run.run_id, "sms_conversation")
    assert {each["was"] for each in example.correction["undone"]} == {"note_captured", "action_item_created"}
