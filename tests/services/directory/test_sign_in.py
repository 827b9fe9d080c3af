"""Who gets a token, and who does not."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import httpx
import jwt
import pytest
from fastapi import FastAPI

from shared.db.database import Database, asyncpg_dsn
from tests.conftest import Urls
from tests.services.directory.conftest import PASSWORD, Api, new_api
from tests.services.directory.nouns import new_contractor


async def ask(client: httpx.AsyncClient, **form: Any) -> httpx.Response:
    return await client.post("/api/v1/auth/token", data=form)


async def sign_in(client: httpx.AsyncClient, email: str, password: str = PASSWORD, **more: Any) -> httpx.Response:
    return await ask(client, grant_type="password", username=email, password=password, **more)


async def claims_of(client: httpx.AsyncClient, token: str) -> dict[str, Any]:
    """The token, checked as any other service checks it: by the published keys."""
    published = jwt.PyJWKSet.from_dict((await client.get("/.well-known/jwks.json")).json())
    key = published[jwt.get_unverified_header(token)["kid"]]
    found: dict[str, Any] = jwt.decode(
        token, key.key, [key.algorithm_name], audience="followthrough", issuer="followthrough"
    )
    return found


async def test_a_person_signs_in_and_reads_their_own_account(client: httpx.AsyncClient, api: Api, other: Api) -> None:
    answer = await sign_in(client, " Owner@Example.com ")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    body = answer.json()
    claims = await claims_of(client, body["access_token"])
    assert claims["exp"] - claims["iat"] == body["expires_in"] == 900
    assert (claims["account_id"], claims["role"], claims["sub"]) == (str(api.account_id), "owner", claims["user_id"])
    assert "contractor_id" not in claims
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    assert (await client.get("/api/v1/account", headers=headers)).json()["name"] == "Power100 Events"


async def test_a_contractor_who_signs_in_is_known_as_that_contractor(client: httpx.AsyncClient, api: Api) -> None:
    maria = await new_contractor(api)
    await new_contractor(api)
    await api.patch(f"/users/{maria['user_id']}", email="maria@example.com", password=PASSWORD)
    token = (await sign_in(client, "maria@example.com")).json()["access_token"]
    claims = await claims_of(client, token)
    assert (claims["role"], claims["contractor_id"]) == ("contractor", maria["id"])
    hers = Api(client, api.account_id, {"Authorization": f"Bearer {token}"})
    assert [row["id"] for row in await hers.items("/contractors")] == [maria["id"]]
    assert (await hers.call("PATCH", f"/contractors/{maria['id']}", json={"company": "x"})).status_code == 403


async def test_who_has_several_accounts_names_one(client: httpx.AsyncClient, database: Database) -> None:
    first = await new_api(client, database, "Power100 Events", "ann@example.com")
    second = await new_api(client, database, "Trade Forum", "ann@example.com")
    undecided = await sign_in(client, "ann@example.com")
    assert (undecided.status_code, undecided.json()["code"]) == (422, "account_required")
    assert "Power100 Events" in undecided.json()["detail"]
    assert "Trade Forum" in undecided.json()["detail"]
    by_name = await sign_in(client, "ann@example.com", account="Trade Forum")
    assert by_name.json()["account_id"] == str(second.account_id)
    by_id = await sign_in(client, "ann@example.com", account=str(first.account_id))
    assert by_id.json()["account_id"] == str(first.account_id)


async def test_a_refresh_token_is_good_once_and_its_second_use_ends_the_family(
    client: httpx.AsyncClient, api: Api
) -> None:
    first = (await sign_in(client, "owner@example.com")).json()["refresh_token"]
    second = await ask(client, grant_type="refresh_token", refresh_token=first)
    assert second.status_code == 200
    assert (await claims_of(client, second.json()["access_token"]))["account_id"] == str(api.account_id)
    stolen = await ask(client, grant_type="refresh_token", refresh_token=first)
    assert (stolen.status_code, stolen.json()["code"]) == (401, "invalid_grant")
    newest = await ask(client, grant_type="refresh_token", refresh_token=second.json()["refresh_token"])
    assert newest.status_code == 401, "the whole family is revoked"


async def test_of_two_refreshes_at_once_one_goes_on_at_most(client: httpx.AsyncClient, api: Api) -> None:
    token = (await sign_in(client, "owner@example.com")).json()["refresh_token"]
    answers = await asyncio.gather(*(ask(client, grant_type="refresh_token", refresh_token=token) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


async def test_refresh_tokens_end_with_their_time_the_password_and_the_user(
    client: httpx.AsyncClient, api: Api, urls: Urls
) -> None:
    user = await api.post("/users", email="ann@example.com", role="csm", password=PASSWORD)

    async def refreshed_after(change: Callable[[], Awaitable[None]]) -> int:
        token = (await sign_in(client, "ann@example.com")).json()["refresh_token"]
        await change()
        return (await ask(client, grant_type="refresh_token", refresh_token=token)).status_code

    async def expire() -> None:
        app = await asyncpg.connect(asyncpg_dsn(urls.app))
        await app.execute("SELECT set_config('app.account_id', $1, false)", str(api.account_id))
        await app.execute("UPDATE refresh_tokens SET expires_at = clock_timestamp()")
        await app.close()

    async def same_password() -> None:
        await api.patch(f"/users/{user['id']}", password=PASSWORD)

    async def archived() -> None:
        await api.delete(f"/users/{user['id']}")

    for change in (expire, same_password, archived):
        assert await refreshed_after(change) == 401
    assert (await sign_in(client, "ann@example.com")).status_code == 401


async def test_a_new_role_counts_from_the_next_refresh_on(client: httpx.AsyncClient, api: Api) -> None:
    user = await api.post("/users", email="ann@example.com", role="csm", password=PASSWORD)
    token = (await sign_in(client, "ann@example.com")).json()["refresh_token"]
    await api.patch(f"/users/{user['id']}", role="analytics")
    answer = await ask(client, grant_type="refresh_token", refresh_token=token)
    assert (await claims_of(client, answer.json()["access_token"]))["role"] == "analytics"


async def test_a_service_acts_for_the_account_it_names(client: httpx.AsyncClient, api: Api) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": "messaging",
        "client_secret": "a-secret-of-messaging",
        "account_id": str(api.account_id),
        "scope": "contractors:read",
    }
    claims = await claims_of(client, (await ask(client, **form)).json()["access_token"])
    assert (claims["role"], claims["sub"], claims["scope"]) == ("service", "service:messaging", "contractors:read")
    assert claims["account_id"] == str(api.account_id)
    for wrong in ({"client_secret": "another"}, {"client_id": "nobody", "client_secret": "nothing"}):
        answer = await ask(client, **{**form, **wrong})
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_client")
    answer = await ask(client, **{**form, "account_id": "0198c0de-0000-7000-8000-000000000000"})
    assert answer.status_code == 422
    beyond = await ask(client, **{**form, "scope": "contractors:read api-keys:write"})
    assert (beyond.status_code, beyond.json()["code"]) == (422, "invalid_scope")


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"grant_type": "implicit"},
        {"grant_type": "password", "username": "owner@example.com"},
        {"grant_type": "password", "username": "owner@example.com", "password": "x" * 257},
        {"grant_type": "password", "username": "owner@example.com", "password": PASSWORD, "role": "owner"},
        {"grant_type": "refresh_token"},
    ],
)
async def test_a_form_that_is_not_whole_is_refused(form: dict[str, str], client: httpx.AsyncClient, api: Api) -> None:
    assert (await ask(client, **form)).status_code == 422


async def test_the_lookups_before_a_tenant_return_ids_and_hashes_only(app: FastAPI, api: Api, urls: Urls) -> None:
    connection = await asyncpg.connect(asyncpg_dsn(urls.app))
    try:
        found = await connection.fetch("SELECT * FROM find_sign_ins('owner@example.com')")
        assert [set(row.keys()) for row in found] == [{"account_id", "user_id", "password_hash"}]
        for name in ("find_api_key", "find_refresh_token"):
            described = await connection.prepare(f"SELECT * FROM {name}('x')")
            assert [column.name for column in described.get_attributes()] == ["account_id", "id"]
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT * FROM sign_in_attempts")
        assert await connection.fetchval("SELECT count(*) FROM users") == 0
    finally:
        await connection.close()
