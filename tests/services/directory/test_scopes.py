"""To what a token may be narrowed."""

from typing import Any

import httpx
import pytest

from services.directory.settings import DirectorySettings
from tests.services.directory.conftest import Api
from tests.services.directory.test_sign_in import ask, claims_of, sign_in


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
