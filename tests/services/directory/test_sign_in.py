"""Who gets a token, and who does not."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import httpx
import jwt
import pytest
from fastapi import FastAPI

from services.directory.main import build
from services.directory.settings import DirectorySettings
from shared.db.database import Database, asyncpg_dsn
from tests.conftest import Urls, client_of
from tests.services.directory.conftest import KEY, PASSWORD, Api, new_api, new_key
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


async def test_a_wrong_password_and_an_unknown_e_mail_get_the_same_answer(client: httpx.AsyncClient, api: Api) -> None:
    wrong = await sign_in(client, "owner@example.com", "wrong password")
    unknown = await sign_in(client, "nobody@example.com", "wrong password")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "invalid_grant")
    assert wrong.content == unknown.content


async def test_an_unknown_e_mail_takes_as_long_as_a_wrong_password(settings: DirectorySettings, api: Api) -> None:
    patient = settings.model_copy(update={"sign_in_attempts": 1000})

    async def seconds(client: httpx.AsyncClient, email: str) -> float:
        start = time.perf_counter()
        await sign_in(client, email, "wrong password")
        return time.perf_counter() - start

    async with client_of(build(patient)) as client:
        pairs = [
            (await seconds(client, "owner@example.com"), await seconds(client, "nobody@example.com")) for _ in range(8)
        ]
    known, unknown = (statistics.median(each) for each in zip(*pairs, strict=True))
    assert unknown > known / 2, "an unknown e-mail is told by how soon the answer comes"
    assert known > unknown / 2


async def test_after_too_many_failures_even_the_right_password_waits(client: httpx.AsyncClient, api: Api) -> None:
    for _ in range(3):
        assert (await sign_in(client, "owner@example.com", "wrong password")).status_code == 401
    refused = await sign_in(client, "owner@example.com")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
    assert 0 < int(refused.headers["retry-after"]) <= 900


async def test_guesses_made_at_once_are_all_counted(client: httpx.AsyncClient, api: Api) -> None:
    answers = await asyncio.gather(*(sign_in(client, "owner@example.com", f"guess {n:010}") for n in range(10)))
    assert sorted(answer.status_code for answer in answers) == [401] * 3 + [429] * 7


async def test_a_success_forgets_the_failures_before_it(client: httpx.AsyncClient, api: Api) -> None:
    for _ in range(3):
        await sign_in(client, "owner@example.com", "wrong password")
        await sign_in(client, "owner@example.com", "wrong password")
        assert (await sign_in(client, "owner@example.com")).status_code == 200


async def test_the_wait_ends_with_its_window(client: httpx.AsyncClient, api: Api, urls: Urls) -> None:
    for _ in range(4):
        await sign_in(client, "owner@example.com", "wrong password")
    owner = await asyncpg.connect(asyncpg_dsn(urls.owner))
    await owner.execute("UPDATE sign_in_attempts SET first_at = first_at - interval '901 seconds'")
    await owner.close()
    assert (await sign_in(client, "owner@example.com")).status_code == 200


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


async def test_names_of_accounts_are_told_only_to_who_knows_the_password(
    client: httpx.AsyncClient, database: Database
) -> None:
    for name in ("Power100 Events", "Trade Forum"):
        await new_api(client, database, name, "ann@example.com")
    answer = await sign_in(client, "ann@example.com", "wrong password")
    assert (answer.status_code, "Trade Forum" in answer.text) == (401, False)


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


async def test_tokens_stay_valid_over_a_change_of_keys(settings: DirectorySettings, api: Api) -> None:
    fresh = settings.model_copy(update={"token_signing_key": new_key(), "token_signing_key_previous": KEY})
    async with client_of(build(fresh)) as client:
        assert (await client.get("/api/v1/account", headers=api.headers)).status_code == 200
        published = (await client.get("/.well-known/jwks.json")).json()["keys"]
        assert len(published) == 2
        assert all("d" not in key for key in published), "private parts are published"
        token = (await sign_in(client, "owner@example.com")).json()["access_token"]
        assert jwt.get_unverified_header(token)["kid"] == published[0]["kid"]
    forgotten = settings.model_copy(update={"token_signing_key": new_key()})
    async with client_of(build(forgotten)) as client:
        assert (await client.get("/api/v1/account", headers=api.headers)).status_code == 401


async def test_an_rsa_key_signs_too(settings: DirectorySettings, api: Api, rsa_key: str) -> None:
    async with client_of(build(settings.model_copy(update={"token_signing_key": rsa_key}))) as client:
        token = (await sign_in(client, "owner@example.com")).json()["access_token"]
        assert jwt.get_unverified_header(token)["alg"] == "RS256"
        assert (await claims_of(client, token))["role"] == "owner"


@pytest.mark.parametrize("key", ["", "oops", "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n"])
def test_a_key_that_cannot_sign_stops_the_start(key: str, settings: DirectorySettings) -> None:
    with pytest.raises(ValueError, match="private key in PEM"):
        DirectorySettings(**{**settings.model_dump(), "token_signing_key": key})


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
