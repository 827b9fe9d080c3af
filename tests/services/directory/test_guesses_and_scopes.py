"""What a password may be tried for, and to what a token may be narrowed."""

import asyncio
from typing import Any

import httpx
import pytest

from services.directory.settings import DirectorySettings
from services.directory.sign_in import queries
from shared.db.database import Database, Tenant
from tests.services.directory.conftest import PASSWORD, Api
from tests.services.directory.test_sign_in import ask, claims_of, sign_in

THEIRS = "another password"


async def test_who_signs_in_to_their_own_account_wins_no_guesses_at_anothers(
    client: httpx.AsyncClient, api: Api, other: Api
) -> None:
    await other.post("/users", email="owner@example.com", role="csm", password=THEIRS)
    statuses = []
    for number in range(3):
        statuses.append((await sign_in(client, "owner@example.com", f"guess {number}")).status_code)
        statuses.append((await sign_in(client, "owner@example.com", THEIRS)).status_code)
    assert statuses == [401, 200, 401, 200, 401, 200]
    assert (await sign_in(client, "owner@example.com", PASSWORD)).status_code == 401, "not tried any more"
    await sign_in(client, "owner@example.com", "guess")
    await sign_in(client, "owner@example.com", "guess")
    assert (await sign_in(client, "owner@example.com", PASSWORD)).status_code == 429


async def test_an_e_mail_of_nobody_is_counted_like_any_other(client: httpx.AsyncClient, api: Api) -> None:
    for _ in range(3):
        assert (await sign_in(client, "nobody@example.com", "guess")).status_code == 401
    assert (await sign_in(client, "nobody@example.com", "guess")).status_code == 429


async def test_a_password_that_changes_while_it_is_checked_opens_nothing(
    client: httpx.AsyncClient, api: Api, database: Database
) -> None:
    user = await api.post("/users", email="ann@example.com", role="csm", password=PASSWORD)
    async with database.begin(Tenant(api.account_id)) as db:
        (known,) = await queries.find_sign_ins(db, "ann@example.com")
        held = await queries.lock_active_user(db, known.user_id)
        assert held is not None
        change = asyncio.create_task(api.call("PATCH", f"/users/{user['id']}", json={"password": THEIRS}))
        await asyncio.sleep(0.5)
        assert not change.done(), "the change waits for who is signing in"
    assert (await change).status_code == 200


async def test_changes_of_the_password_and_sign_ins_at_once_leave_no_session_of_the_old_one(
    client: httpx.AsyncClient, api: Api
) -> None:
    user = await api.post("/users", email="ann@example.com", role="csm", password=PASSWORD)
    token = (await sign_in(client, "ann@example.com")).json()["refresh_token"]
    answers = await asyncio.gather(
        api.call("PATCH", f"/users/{user['id']}", json={"password": THEIRS}),
        *(sign_in(client, "ann@example.com") for _ in range(2)),
        ask(client, grant_type="refresh_token", refresh_token=token),
    )
    assert answers[0].status_code == 200
    for answer in answers[1:]:
        assert answer.status_code in (200, 401)
        if answer.status_code == 200:
            left = answer.json()["refresh_token"]
            assert (await ask(client, grant_type="refresh_token", refresh_token=left)).status_code == 401


async def scope_of(client: httpx.AsyncClient, answer: httpx.Response) -> Any:
    return (await claims_of(client, answer.json()["access_token"]))["scope"]


async def test_a_scope_narrows_a_sign_in_and_all_its_refreshes(client: httpx.AsyncClient, api: Api) -> None:
    first = await sign_in(client, "owner@example.com", scope="events:read contractors:read")
    assert await scope_of(client, first) == "events:read contractors:read"

    async def refresh(earlier: httpx.Response, **more: str) -> httpx.Response:
        return await ask(client, grant_type="refresh_token", refresh_token=earlier.json()["refresh_token"], **more)

    narrower = await refresh(first, scope="events:read")
    assert await scope_of(client, narrower) == "events:read"
    whole = await refresh(narrower)
    assert await scope_of(client, whole) == "events:read contractors:read"
    wider = await refresh(whole, scope="events:read events:write")
    assert (wider.status_code, wider.json()["code"]) == (422, "invalid_scope")
    assert (await refresh(whole)).status_code == 200, "what was refused used nothing up"
    headers = {"Authorization": f"Bearer {first.json()['access_token']}"}
    assert (await client.get("/api/v1/events", headers=headers)).status_code == 200
    assert (await client.get("/api/v1/users", headers=headers)).status_code == 403


async def test_a_service_without_scopes_of_its_own_gets_none(
    client: httpx.AsyncClient, settings: DirectorySettings, api: Api
) -> None:
    form = {"grant_type": "client_credentials", "client_id": "messaging", "client_secret": "a-secret-of-messaging"}
    answer = await ask(client, **form, account_id=str(api.account_id), scope="api-keys:write")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_scope")


def test_a_scope_that_names_nothing_stops_the_start(settings: DirectorySettings) -> None:
    with pytest.raises(ValueError, match="is no scope"):
        DirectorySettings(**{**settings.model_dump(), "service_scopes": {"messaging": "everything"}})
