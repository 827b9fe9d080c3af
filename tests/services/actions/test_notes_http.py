"""Notes over HTTP."""

from collections.abc import Callable
from typing import Any

import httpx

from shared.contracts.actions import ActionItemUpdated, NoteCaptured, NoteDeleted, NoteUpdated
from shared.ids import uuid7
from tests.services.actions.conftest import Actions

Http = Callable[..., httpx.AsyncClient]


def note_of(actions: Actions, **values: Any) -> dict[str, Any]:
    return {"contractor_id": str(actions.contractor_id), "note_text": "Booth 12 had a good CRM", **values}


async def test_a_note_is_written_read_edited_and_removed(actions: Actions, http_of: Http) -> None:
    client = http_of()
    made = await client.post("/api/v1/notes", json=note_of(actions, note_type="insight", ai_priority_score=0.5))
    assert made.status_code == 201, made.text
    path = f"/api/v1/notes/{made.json()['id']}"
    read = await client.get(path)
    assert (read.headers["etag"], read.json()["note_type"], read.json()["ai_priority_score"]) == ('"1"', "insight", 0.5)
    edited = await client.patch(path, json={"note_text": "Booth 14"}, headers={"If-Match": '"1"'})
    assert (edited.status_code, edited.headers["etag"], edited.json()["note_text"]) == (200, '"2"', "Booth 14")
    assert (await client.patch(path, json={"note_text": "x"}, headers={"If-Match": '"1"'})).status_code == 412
    assert (await client.delete(path)).status_code == 204
    assert (await client.get(path)).json()["code"] == "note_not_found"
    events = await actions.published(NoteCaptured, NoteUpdated, NoteDeleted)
    assert [type(event) for event in events] == [NoteCaptured, NoteUpdated, NoteDeleted]
    assert (events[1].changed, events[1].row_version) == (["note_text"], 2)


async def test_notes_are_listed_newest_first_page_by_page_and_narrowed(actions: Actions, http_of: Http) -> None:
    client = http_of()
    known = await actions.know_event()
    for number in range(5):
        values: dict[str, Any] = {"note_text": f"n{number}", "requires_followup": number % 2 == 0}
        values |= {"event_id": str(known["event"])} if number > 2 else {}
        values["captured_at"] = f"2026-10-07T1{number}:00:00Z"
        assert (await client.post("/api/v1/notes", json=note_of(actions, **values))).status_code == 201
    first = (await client.get("/api/v1/notes", params={"limit": 2})).json()
    rest = (await client.get("/api/v1/notes", params={"limit": 5, "cursor": first["next_cursor"]})).json()
    assert [note["note_text"] for note in first["items"] + rest["items"]] == ["n4", "n3", "n2", "n1", "n0"]
    assert rest["next_cursor"] is None
    for params, texts in (
        ({"event_id": str(known["event"])}, ["n4", "n3"]),
        ({"requires_followup": "true"}, ["n4", "n2", "n0"]),
        ({"captured_before": "2026-10-07T11:30:00Z"}, ["n1", "n0"]),
        ({"note_type": "contact"}, []),
        ({"contractor_id": str(uuid7())}, []),
    ):
        found = (await client.get("/api/v1/notes", params=params)).json()["items"]
        assert [note["note_text"] for note in found] == texts, params
    counts = (await client.get("/api/v1/notes/counts", params={"event_id": str(known["event"])})).json()
    assert counts["items"] == [{"contractor_id": str(actions.contractor_id), "notes": 2}]


async def test_what_may_not_stand_in_a_note_is_refused_by_field(actions: Actions, http_of: Http) -> None:
    client = http_of()
    for wrong, field in (
        ({"account_id": str(uuid7())}, "account_id"),
        ({"followup_completed": True}, "followup_completed"),
        ({"note_type": "gossip"}, "note_type"),
        ({"ai_priority_score": 1.5}, "ai_priority_score"),
        ({"captured_at": "2026-10-07T10:00:00"}, "captured_at"),
        ({"note_text": ""}, "note_text"),
        ({"note_text": " \n\u200b"}, "note_text"),
        ({"extracted_entities": {"pets": ["Rex"]}}, "extracted_entities.pets"),
    ):
        answer = await client.post("/api/v1/notes", json=note_of(actions, **wrong))
        assert answer.status_code == 422, wrong
        assert [error["field"] for error in answer.json()["errors"]] == [field]
    made = (await client.post("/api/v1/notes", json=note_of(actions))).json()
    answer = await client.patch(f"/api/v1/notes/{made['id']}", json={"note_text": None})
    assert (answer.status_code, "cannot be null" in answer.text) == (422, True)


async def test_what_is_not_known_cannot_be_referred_to(actions: Actions, http_of: Http) -> None:
    client = http_of()
    answer = await client.post("/api/v1/notes", json=note_of(actions, contractor_id=str(uuid7())))
    assert (answer.status_code, answer.json()["code"]) == (404, "reference_not_found")
    answer = await client.post("/api/v1/notes", json=note_of(actions, event_id=str(uuid7())))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (404, "event_id")


async def test_a_removed_note_stays_the_origin_of_its_item(actions: Actions, http_of: Http) -> None:
    client = http_of()
    await actions.text("Met John Smith - amazing insights on AI automation. 555-1234, john@example.com")
    [note] = await actions.notes()
    assert (await client.delete(f"/api/v1/notes/{note['id']}")).status_code == 204
    [item] = (await client.get("/api/v1/action-items")).json()["items"]
    assert item["related_note_id"] == str(note["id"])
    assert (await client.patch(f"/api/v1/action-items/{item['id']}", json={"status": "completed"})).status_code == 200


async def test_a_removed_or_corrected_note_is_quoted_no_longer(actions: Actions, http_of: Http) -> None:
    client = http_of()
    note = (await client.post("/api/v1/notes", json=note_of(actions, note_text="Their margin is 4%"))).json()
    item = {"contractor_id": str(actions.contractor_id), "title": "Call", "due_date": "2020-01-01"}
    made = await client.post("/api/v1/action-items", json={**item, "related_note_id": note["id"]})
    path, params = f"/api/v1/notes/{note['id']}", {"contractor_id": str(actions.contractor_id)}

    async def shown() -> tuple[Any, ...]:
        [found] = (await client.get("/api/v1/action-items/requiring-followup", params=params)).json()["items"]
        return found["note_text"], found["extracted_entities"]

    assert (await client.patch(path, json={"note_text": "Booth 14"})).status_code == 200
    assert await shown() == ("Booth 14", note["extracted_entities"])
    assert (await client.delete(path)).status_code == 204
    assert await shown() == (None, None)
    corrected, removed = await actions.published(ActionItemUpdated)
    assert [(event.note_text, event.changed) for event in (corrected, removed)] == [
        ("Booth 14", ["note_text"]),
        (None, ["note_text"]),
    ]
    assert made.json()["row_version"] < corrected.row_version < removed.row_version, "replicas take what is newer"
    await client.patch(f"/api/v1/action-items/{made.json()['id']}", json={"priority": 1})
    assert (await actions.published(ActionItemUpdated))[-1].note_text is None


async def test_a_promises_description_follows_its_note_until_somebody_writes_another(
    actions: Actions, http_of: Http
) -> None:
    client = http_of()
    await actions.text("Met John Smith, wants a quote. His margin is 4%")
    await actions.text("Met Ann Jones, wants a quote. Her margin is 5%")
    for note in await actions.notes():
        item = next(each for each in await actions.items() if each["related_note_id"] == note["id"])
        assert item["description"] == note["note_text"]
        path, item_path = f"/api/v1/notes/{note['id']}", f"/api/v1/action-items/{item['id']}"
        await client.patch(path, json={"note_text": "Wants a quote"})
        assert (await client.get(item_path)).json()["description"] == "Wants a quote"
        is_ann = "Ann" in note["note_text"]
        if is_ann:
            await client.patch(item_path, json={"description": "For 12 windows"})
        assert (await client.delete(path)).status_code == 204
        assert (await client.get(item_path)).json()["description"] == ("For 12 windows" if is_ann else None)
        told = (await actions.published(ActionItemUpdated))[-1]
        assert told.changed == (["note_text"] if is_ann else ["description", "note_text"])


async def test_undo_takes_the_notes_words_from_its_promise(actions: Actions) -> None:
    await actions.text("Met John Smith - amazing insights on AI automation. 555-1234, john@example.com")
    await actions.text("undo")
    told = (await actions.published(ActionItemUpdated))[-1]
    assert (told.note_text, told.description) == (None, None)


async def test_a_score_has_two_places_as_it_is_stored(actions: Actions, http_of: Http) -> None:
    client = http_of()
    for path, body in (
        ("/api/v1/notes", note_of(actions, ai_priority_score=0.456)),
        (
            "/api/v1/action-items",
            {"contractor_id": str(actions.contractor_id), "title": "x", "extraction_confidence": 0.456},
        ),
    ):
        assert (await client.post(path, json=body)).status_code == 422
    item = {"contractor_id": str(actions.contractor_id), "title": "x", "extraction_confidence": 0.45}
    path = f"/api/v1/action-items/{(await client.post('/api/v1/action-items', json=item)).json()['id']}"
    for _ in range(3):
        assert (await client.patch(path, json={"extraction_confidence": 0.46})).status_code == 200
        assert (await client.patch(path, json={"extraction_confidence": 0.456})).status_code == 422
    assert [(row["old_value"], row["new_value"]) for row in await actions.updates()] == [("0.45", "0.46")]


async def test_the_same_key_makes_one_note(actions: Actions, http_of: Http) -> None:
    client = http_of()
    for _ in range(3):
        answer = await client.post("/api/v1/notes", json=note_of(actions), headers={"Idempotency-Key": "k1"})
        assert answer.status_code == 201
    assert len(await actions.notes()) == 1


async def test_republishing_tells_the_current_notes_and_items_again(actions: Actions, http_of: Http) -> None:
    await actions.text("Met John Smith - amazing insights on AI automation. 555-1234, john@example.com")
    client = http_of()
    for kind in ("note", "action_item"):
        answer = await client.post("/internal/republish", params={"type": kind})
        assert (answer.status_code, answer.json()["count"]) == (202, 1), answer.text
    kinds = [message.type for message in await actions.published()]
    assert kinds[-2:] == ["note.snapshot.v1", "action_item.snapshot.v1"]
