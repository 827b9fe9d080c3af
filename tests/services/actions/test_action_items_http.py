"""Promises over HTTP, and the history that each change leaves."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx

from shared.contracts.actions import ActionItemCreated, ActionItemUpdated, NoteUpdated
from shared.ids import uuid7
from tests.services.actions.conftest import Actions

Http = Callable[..., httpx.AsyncClient]


async def make(client: httpx.AsyncClient, actions: Actions, **values: Any) -> dict[str, Any]:
    body = {"contractor_id": str(actions.contractor_id), "title": "Follow up with John Smith", **values}
    answer = await client.post("/api/v1/action-items", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def history(client: httpx.AsyncClient, item_id: str) -> list[tuple[Any, ...]]:
    rows = (await client.get(f"/api/v1/action-items/{item_id}/updates")).json()["items"]
    return [(r["update_type"], r["field_name"], r["old_value"], r["new_value"]) for r in rows]


async def test_every_changed_field_leaves_one_row_of_its_own_type(actions: Actions, http_of: Http) -> None:
    client = http_of()
    item = await make(client, actions)
    path = f"/api/v1/action-items/{item['id']}"
    changes = {"status": "completed", "priority": 1, "due_date": "2026-10-15T17:00:00Z", "title": "Call John"}
    answer = await client.patch(path, json={**changes, "update_note": "He called"}, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["row_version"]) == (200, 2)
    assert answer.json()["completed_at"] is not None
    assert sorted(await history(client, item["id"]), key=str) == [
        ("due_date_change", "due_date", None, "2026-10-15T17:00:00+00:00"),
        ("field_change", "title", "Follow up with John Smith", "Call John"),
        ("priority_change", "priority", "5", "1"),
        ("status_change", "status", "pending", "completed"),
    ]
    rows = await actions.updates()
    assert {(r["updated_by"], r["update_source"], r["update_note"]) for r in rows} == {("user", "api", "He called")}
    created, updated = await actions.published(ActionItemCreated, ActionItemUpdated)
    assert set(updated.changed) == set(changes)
    assert (created.status, updated.status) == ("pending", "completed")


async def test_a_patch_that_changes_nothing_leaves_nothing(actions: Actions, http_of: Http) -> None:
    client = http_of()
    item = await make(client, actions, priority=3)
    answer = await client.patch(f"/api/v1/action-items/{item['id']}", json={"priority": 3, "status": "pending"})
    assert (answer.status_code, answer.json()["row_version"]) == (200, 1)
    assert await history(client, item["id"]) == []
    assert await actions.published(ActionItemUpdated) == []


async def test_deleting_an_item_cancels_it_and_keeps_its_history(actions: Actions, http_of: Http) -> None:
    client = http_of()
    item = await make(client, actions)
    assert (await client.delete(f"/api/v1/action-items/{item['id']}")).status_code == 204
    assert (await client.get(f"/api/v1/action-items/{item['id']}")).json()["status"] == "cancelled"
    assert await history(client, item["id"]) == [("status_change", "status", "pending", "cancelled")]


async def test_a_remark_is_kept_in_the_history_and_changes_nothing(actions: Actions, http_of: Http) -> None:
    client = http_of()
    item = await make(client, actions)
    answer = await client.post(f"/api/v1/action-items/{item['id']}/updates", json={"update_note": "Left a voicemail"})
    assert (answer.status_code, answer.json()["update_type"], answer.json()["updated_by"]) == (201, "note", "user")
    assert (await client.get(f"/api/v1/action-items/{item['id']}")).headers["etag"] == '"1"'
    refused = await client.post(
        f"/api/v1/action-items/{item['id']}/updates", json={"update_type": "status_change", "update_note": "x"}
    )
    assert refused.status_code == 422


async def test_the_note_is_settled_by_its_last_item_and_opened_again_by_an_undo(
    actions: Actions, http_of: Http
) -> None:
    client = http_of()
    note = {"contractor_id": str(actions.contractor_id), "note_text": "Two things", "requires_followup": True}
    note_id = (await client.post("/api/v1/notes", json=note)).json()["id"]
    items = [await make(client, actions, related_note_id=note_id) for _ in range(2)]

    async def set_status(item: dict[str, Any], status: str) -> bool:
        await client.patch(f"/api/v1/action-items/{item['id']}", json={"status": status})
        return bool((await client.get(f"/api/v1/notes/{note_id}")).json()["followup_completed"])

    assert await set_status(items[0], "completed") is False
    assert await set_status(items[1], "completed") is True
    assert await set_status(items[1], "pending") is False
    assert await set_status(items[1], "cancelled") is True
    await make(client, actions, related_note_id=note_id)
    assert (await client.get(f"/api/v1/notes/{note_id}")).json()["followup_completed"] is False
    assert {tuple(event.changed) for event in await actions.published(NoteUpdated)} == {("followup_completed",)}


async def test_a_day_as_due_date_is_that_day_where_the_contractor_is(actions: Actions, http_of: Http) -> None:
    client = http_of()
    item = await make(client, actions, due_date="2026-10-15")
    assert item["due_date"] == "2026-10-15T17:00:00Z"  # noon in Dallas
    for wrong in ("2026-02-30", "2026-10-15T00:00:00", "soon"):
        body = {"contractor_id": str(actions.contractor_id), "title": "x", "due_date": wrong}
        assert (await client.post("/api/v1/action-items", json=body)).status_code == 422, wrong


async def test_items_are_ordered_by_priority_then_due_date_with_none_last(actions: Actions, http_of: Http) -> None:
    client = http_of()
    for title, priority, due in (("d", 2, None), ("c", 2, "2026-10-20"), ("a", 1, None), ("b", 2, "2026-10-15")):
        await make(client, actions, title=title, priority=priority, **({"due_date": due} if due else {}))
    params = {"contractor_id": str(actions.contractor_id), "status": "pending", "sort": "priority", "limit": "3"}
    first = (await client.get("/api/v1/action-items", params=params)).json()
    rest = (await client.get("/api/v1/action-items", params={**params, "cursor": first["next_cursor"]})).json()
    assert [item["title"] for item in first["items"] + rest["items"]] == ["a", "b", "c", "d"]


async def test_items_are_narrowed_by_status_due_date_and_type(actions: Actions, http_of: Http) -> None:
    client = http_of()
    await make(client, actions, title="a", action_type="demo_prep", due_date="2026-10-15")
    await make(client, actions, title="b", status="deferred")
    await make(client, actions, title="c", status="completed")
    for params, titles in (
        ({"status": "pending,in_progress,deferred"}, ["b", "a"]),
        ({"status": "completed"}, ["c"]),
        ({"action_type": "demo_prep"}, ["a"]),
        ({"due_before": "2026-10-16T00:00:00Z"}, ["a"]),
        ({"due_from": "2026-10-16T00:00:00Z"}, []),
    ):
        found = (await client.get("/api/v1/action-items", params=params)).json()["items"]
        assert [item["title"] for item in found] == titles, params
    assert (await client.get("/api/v1/action-items", params={"status": "lost"})).status_code == 422


async def test_counts_of_an_event_tell_promised_kept_and_overdue(actions: Actions, http_of: Http) -> None:
    client = http_of()
    event_id = str((await actions.know_event())["event"])
    await make(client, actions, event_id=event_id, due_date="2020-01-01")
    await make(client, actions, event_id=event_id, status="completed")
    await make(client, actions, event_id=event_id, status="cancelled")
    counts = (await client.get("/api/v1/action-items/counts", params={"event_id": event_id})).json()["items"]
    assert counts == [{"contractor_id": str(actions.contractor_id), "promises": 2, "kept": 1, "overdue": 1}]


async def test_another_accounts_items_answer_like_absent_ones(actions: Actions, http_of: Http) -> None:
    item = await make(http_of(), actions)
    stranger = http_of(account_id=uuid7())
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/updates"), ("POST", "/updates")):
        body = {"update_note": "x"} if method == "POST" else {"title": "x"} if method == "PATCH" else None
        theirs = await stranger.request(method, f"/api/v1/action-items/{item['id']}{path}", json=body)
        absent = await stranger.request(method, f"/api/v1/action-items/{uuid7()}{path}", json=body)
        assert (theirs.status_code, theirs.content) == (404, absent.content), (method, path)
    assert (await stranger.get("/api/v1/action-items")).json()["items"] == []


async def test_a_contractor_who_signs_in_sees_and_writes_own_rows_only(actions: Actions, http_of: Http) -> None:
    own = await make(http_of(), actions)
    other_id = uuid7()
    mine, theirs = actions.contractor_id, other_id
    await actions.know_contractor(id=other_id, phone="+12145550124")
    client = http_of("contractor", contractor_id=theirs)
    assert (await client.get("/api/v1/action-items")).json()["items"] == []
    assert (await client.get(f"/api/v1/action-items/{own['id']}")).status_code == 404
    refused = await client.post("/api/v1/action-items", json={"contractor_id": str(mine), "title": "x"})
    assert refused.status_code == 403
    made = await client.post("/api/v1/action-items", json={"title": "Call the bank"})
    assert (made.status_code, UUID(made.json()["contractor_id"])) == (201, theirs)
    done = await client.patch(f"/api/v1/action-items/{made.json()['id']}", json={"status": "completed"})
    assert done.status_code == 200
    assert (await actions.updates())[-1]["updated_by"] == "contractor"
    assert (await client.get("/api/v1/concierge-turns")).status_code == 403
