"""What bodies may name: times of this world, and rows that are known or about to be."""

import asyncio
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.actions.main import build
from services.actions.settings import ActionsSettings
from shared.contracts.directory import EventCreated
from shared.http.waiting import WAITS_SECONDS
from shared.ids import uuid7
from tests.conftest import client_of
from tests.services.actions.conftest import Actions
from tests.services.actions.test_notes_http import note_of
from tests.standins.issuer import Issuer

Http = Callable[..., httpx.AsyncClient]
OUT_OF_THIS_WORLD = (
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "1999-12-31T23:59:59Z",
    "2200-01-01T00:00:00Z",
)


def item_of(actions: Actions, **values: Any) -> dict[str, Any]:
    return {"contractor_id": str(actions.contractor_id), "title": "Call John", **values}


@pytest.mark.parametrize("moment", [*OUT_OF_THIS_WORLD, "9999-12-31T23:59:59-23:59"])
async def test_a_time_that_no_consumer_could_read_is_refused(actions: Actions, http_of: Http, moment: str) -> None:
    client = http_of()
    bodies = (
        ("/api/v1/action-items", item_of(actions, due_date=moment), "due_date"),
        ("/api/v1/action-items", item_of(actions, due_date=moment[:10]), "due_date"),
        ("/api/v1/action-items", item_of(actions, reminder_time=moment), "reminder_time"),
        ("/api/v1/notes", note_of(actions, captured_at=moment), "captured_at"),
    )
    for path, body, field in bodies:
        answer = await client.post(path, json=body)
        assert answer.status_code == 422, (path, body)
        assert {error["field"].split(".")[0] for error in answer.json()["errors"]} == {field}
    for path, name in (("action-items", "due_from"), ("notes", "captured_before")):
        assert (await client.get(f"/api/v1/{path}", params={name: moment})).status_code == 422
    assert await actions.published() == []


@pytest.mark.parametrize("blank", ["", "  \t\n", "\u00a0\u3000", "\u200b"])
async def test_what_must_be_said_is_not_blank(actions: Actions, http_of: Http, blank: str) -> None:
    client = http_of()
    made = (await client.post("/api/v1/action-items", json=item_of(actions))).json()
    note = (await client.post("/api/v1/notes", json=note_of(actions))).json()
    answers = (
        await client.post("/api/v1/action-items", json=item_of(actions, title=blank)),
        await client.patch(f"/api/v1/action-items/{made['id']}", json={"title": blank}),
        await client.post(f"/api/v1/action-items/{made['id']}/updates", json={"update_note": blank}),
        await client.post("/api/v1/notes", json=note_of(actions, note_text=blank)),
        await client.patch(f"/api/v1/notes/{note['id']}", json={"note_text": blank}),
    )
    assert [answer.status_code for answer in answers] == [422] * 5


async def test_what_is_made_a_moment_ago_is_waited_for(actions: Actions, http_of: Http) -> None:
    client, event_id = http_of(), uuid7()
    asked = asyncio.create_task(
        client.post("/api/v1/notes", json=note_of(actions, event_id=str(event_id)), headers={"Idempotency-Key": "k"})
    )
    await asyncio.sleep(0.3)
    assert not asked.done()
    event = {"name": "Power100", "date": "2026-10-07", "ends_on": "2026-10-07", "time_zone": "America/Chicago"}
    await actions.tell(actions.state(EventCreated, id=event_id, **event))
    answer = await asked
    assert (answer.status_code, answer.json()["event_id"]) == (201, str(event_id))
    assert len(await actions.notes()) == 1


async def test_nobody_else_waits_for_ids_that_one_account_made_up(
    actions: Actions, issuer: Issuer, account_id: UUID
) -> None:
    """Fifty requests wait, more than there are connections; another account's are answered at once."""
    settings = ActionsSettings(
        port=1, jwks_url=issuer.jwks_url, database_url=actions.urls.app, kafka_bootstrap="127.0.0.1:1"
    )
    async with client_of(build(settings)) as client:
        ours, theirs = issuer.bearer(account_id), issuer.bearer(uuid7())
        await client.get("/api/v1/notes", headers=theirs)
        body = note_of(actions, contractor_id=str(uuid7()))
        waiting = [asyncio.create_task(client.post("/api/v1/notes", json=body, headers=ours)) for _ in range(50)]
        await asyncio.sleep(0.8)
        assert (await client.get("/api/v1/notes", headers=theirs)).status_code == 200
        assert not waiting[0].done()
        assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {404}


async def test_the_row_that_is_edited_is_free_while_a_reference_is_waited_for(actions: Actions, http_of: Http) -> None:
    client = http_of()
    item = (await client.post("/api/v1/action-items", json=item_of(actions))).json()
    path = f"/api/v1/action-items/{item['id']}"
    asked = asyncio.create_task(client.patch(path, json={"event_id": str(uuid7())}))
    await asyncio.sleep(0.4)
    assert (await client.patch(path, json={"priority": 1})).status_code == 200
    assert not asked.done()
    assert (await asked).status_code == 404


async def test_an_old_id_that_is_unknown_is_refused_at_once(actions: Actions, http_of: Http) -> None:
    client = http_of()
    for unknown in ("01890a5d-ac96-774b-bcce-b302099a8057", "2f1d7c3a-6d5b-4d55-9d3e-8a4f3f1c9e10"):
        began = time.monotonic()
        answer = await client.post("/api/v1/notes", json=note_of(actions, event_id=unknown))
        assert (answer.status_code, answer.json()["code"]) == (404, "reference_not_found")
        assert time.monotonic() - began < sum(WAITS_SECONDS)
