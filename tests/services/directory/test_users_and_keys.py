"""Users, roles and API keys."""

import asyncio
import json
import os
import sys

import asyncpg
import httpx
import jwt
import pytest

from shared.db.database import asyncpg_dsn
from tests.conftest import Urls
from tests.services.directory.conftest import PASSWORD, Api
from tests.services.directory.nouns import NOUNS, Noun, new_contractor

MAY_WRITE = {
    "csm": {"/contractors", "/attendees", "/demo-bookings"},
    "marketing_manager": {"/partners", "/events", "/sessions", "/speakers", "/sponsors"},
    "content_manager": {"/partners", "/events", "/sessions", "/speakers", "/sponsors"},
    "sales": set(),
    "analytics": set(),
    "contractor": set(),
}
NOT_READ = {
    "csm": set(),
    "marketing_manager": {"/users"},
    "content_manager": {"/users", "/contractors", "/attendees", "/demo-bookings"},
    "sales": {"/users", "/contractors", "/attendees", "/demo-bookings"},
    "analytics": {"/users", "/contractors", "/attendees", "/demo-bookings", "/speakers"},
    "contractor": {"/users"},
}


@pytest.mark.parametrize("noun", NOUNS, ids=str)
@pytest.mark.parametrize("role", MAY_WRITE)
async def test_a_role_reads_and_writes_what_is_its_own(role: str, noun: Noun, api: Api) -> None:
    caller = api.as_role(role)
    written = await caller.call("POST", noun.path, json=await noun.body(api))
    assert written.status_code == (201 if noun.path in MAY_WRITE[role] else 403)
    assert (await caller.call("GET", noun.path)).status_code == (403 if noun.path in NOT_READ[role] else 200)


@pytest.mark.parametrize("role", MAY_WRITE)
async def test_keys_are_for_owners_and_admins(role: str, api: Api) -> None:
    for method in ("GET", "POST"):
        answer = await api.as_role(role).call(method, "/api-keys", json={"name": "x", "role": "csm"})
        assert answer.status_code == 403


async def test_only_an_owner_changes_the_account(api: Api) -> None:
    assert (await api.patch("/account", name="Power100"))["name"] == "Power100"
    refused = await api.as_role("admin").call("PATCH", "/account", json={"name": "Mine"})
    assert refused.status_code == 403
    assert (await api.as_role("csm").get("/account"))["name"] == "Power100"
    assert (await api.call("PATCH", "/account", json={"name": "x"}, headers={"If-Match": '"1"'})).status_code == 412


async def test_an_admin_neither_makes_nor_changes_nor_removes_an_owner(api: Api) -> None:
    owner = (await api.items("/users", role="owner"))[0]
    admin = api.as_role("admin")
    key = await api.post("/api-keys", name="Owner's", role="owner")
    new = {"email": "bea@example.com", "role": "owner"}
    user = await admin.post("/users", email="ann@example.com", role="csm")
    for method, path, body in (
        ("POST", "/users", new),
        ("PATCH", f"/users/{user['id']}", {"role": "owner"}),
        ("PATCH", f"/users/{owner['id']}", {"password": PASSWORD}),
        ("DELETE", f"/users/{owner['id']}", None),
        ("POST", "/api-keys", {"name": "x", "role": "owner"}),
        ("PATCH", f"/api-keys/{key['id']}", {"name": "x"}),
        ("DELETE", f"/api-keys/{key['id']}", None),
    ):
        assert (await admin.call(method, path, json=body)).status_code == 403
    await api.delete(f"/api-keys/{key['id']}")


@pytest.mark.parametrize("role", ["owner", "admin", "service"])
async def test_a_token_with_a_scope_lets_nobody_in_and_nobody_further(role: str, api: Api) -> None:
    ann = await api.post("/users", email="ann@example.com", role="csm")
    narrow = api.as_role(role, scope="users:write users:read")
    for body in ({"role": "owner"}, {"password": PASSWORD}, {"email": "evil@example.com"}, {"status": "active"}):
        assert (await narrow.call("PATCH", f"/users/{ann['id']}", json=body)).status_code == 403, body
    new = {"email": "evil@example.com", "role": "csm"}
    assert (await narrow.call("POST", "/users", json=new)).status_code == 403
    assert (await narrow.patch(f"/users/{ann['id']}", full_name="Ann Lee"))["full_name"] == "Ann Lee"


async def test_a_service_removes_no_owner(api: Api) -> None:
    second = await api.post("/users", email="bea@example.com", role="owner")
    service = api.as_role("service", scope="users:write")
    assert (await service.call("DELETE", f"/users/{second['id']}")).status_code == 403


async def test_the_last_owner_stays_even_when_two_leave_at_once(api: Api) -> None:
    first = (await api.items("/users", role="owner"))[0]
    assert (await api.call("DELETE", f"/users/{first['id']}")).status_code == 409
    assert (await api.call("PATCH", f"/users/{first['id']}", json={"role": "csm"})).status_code == 409
    second = await api.post("/users", email="bea@example.com", role="owner")
    answers = await asyncio.gather(*(api.call("DELETE", f"/users/{user['id']}") for user in (first, second)))
    assert sorted(answer.status_code for answer in answers) == [204, 409]
    assert len(await api.items("/users", role="owner")) == 1


async def test_a_password_is_never_shown_and_stored_as_argon2(api: Api, urls: Urls) -> None:
    made = await api.call("POST", "/users", json={"email": "a@example.com", "role": "csm", "password": PASSWORD})
    assert "password" not in made.text
    connection = await asyncpg.connect(asyncpg_dsn(urls.app))
    rows = await connection.fetch("SELECT password_hash FROM find_sign_ins('a@example.com')")
    await connection.close()
    assert rows[0]["password_hash"].startswith("$argon2id$")


async def test_an_e_mail_belongs_to_one_user_of_an_account(api: Api, other: Api) -> None:
    await api.post("/users", email="ann@example.com", role="csm")
    again = await api.call("POST", "/users", json={"email": "ANN@example.com", "role": "sales"})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    await other.post("/users", email="ann@example.com", role="csm")


async def test_a_contractors_user_goes_with_the_contractor(api: Api) -> None:
    maria = await new_contractor(api)
    user = await api.get(f"/users/{maria['user_id']}")
    assert (user["role"], user["full_name"], user["email"]) == ("contractor", "Maria Lopez", None)
    await api.patch(f"/contractors/{maria['id']}", full_name="Maria Ortiz")
    assert (await api.get(f"/users/{maria['user_id']}"))["full_name"] == "Maria Ortiz"
    assert (await api.call("DELETE", f"/users/{maria['user_id']}")).status_code == 422
    assert (await api.call("PATCH", f"/users/{maria['user_id']}", json={"role": "owner"})).status_code == 422
    await api.delete(f"/contractors/{maria['id']}")
    assert (await api.get(f"/users/{maria['user_id']}"))["status"] == "archived"


async def exchange(client: httpx.AsyncClient, key: str) -> httpx.Response:
    return await client.post("/api/v1/auth/api-key", headers={"X-API-Key": key})


async def test_a_key_is_shown_once_and_exchanged_for_five_minutes(api: Api, client: httpx.AsyncClient) -> None:
    made = await api.post("/api-keys", name="Console", role="csm", scopes=["contractors:read"])
    listed = (await api.items("/api-keys"))[0]
    assert "api_key" not in listed
    assert (listed["prefix"], listed["last_used_at"]) == (made["api_key"][:11], None)
    answer = await exchange(client, made["api_key"])
    claims = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == answer.json()["expires_in"] == 300
    assert (claims["role"], claims["scope"]) == ("csm", "contractors:read")
    assert claims["account_id"] == str(api.account_id)
    used = await api.get(f"/api-keys/{made['id']}")
    assert used["last_used_at"] is not None
    assert used["row_version"] == 1, "a use is no edit"
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert (await client.get("/api/v1/contractors", headers=headers)).status_code == 200
    assert (await client.get("/api/v1/events", headers=headers)).status_code == 403


async def test_a_narrow_key_makes_no_wider_one(api: Api, client: httpx.AsyncClient) -> None:
    narrow = await api.post("/api-keys", name="Keys", role="admin", scopes=["api-keys:write", "notes:read"])
    token = (await exchange(client, narrow["api_key"])).json()["access_token"]
    for scopes, status in (
        [[], 403],
        [["notes:read", "notes:write"], 403],
        [["notes:read"], 201],
        [["everything"], 422],
    ):
        body = {"name": "Another", "role": "admin", "scopes": scopes}
        answer = await client.post("/api/v1/api-keys", json=body, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == status, scopes


async def test_a_revoked_an_unknown_and_a_missing_key_are_refused_alike(api: Api, client: httpx.AsyncClient) -> None:
    made = await api.post("/api-keys", name="Console", role="csm")
    await api.delete(f"/api-keys/{made['id']}")
    answers = [
        await exchange(client, made["api_key"]),
        await exchange(client, "ft_unknown"),
        await exchange(client, "x" * 5000),
        await client.post("/api/v1/auth/api-key"),
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(401, answers[0].content)}
    assert [row["id"] for row in await api.items("/api-keys", revoked=True)] == [made["id"]]
    assert await api.items("/api-keys", revoked=False) == []


async def test_an_idempotency_key_stores_no_secret(api: Api, urls: Urls) -> None:
    headers = {"Idempotency-Key": "once"}
    body = {"name": "Console", "role": "csm"}
    first, second = [await api.call("POST", "/api-keys", json=body, headers=headers) for _ in range(2)]
    assert first.json()["api_key"] != second.json()["api_key"]
    connection = await asyncpg.connect(asyncpg_dsn(urls.worker))
    assert await connection.fetchval("SELECT count(*) FROM idempotency_keys") == 0
    await connection.close()


async def test_a_key_is_renamed_and_belongs_to_its_account(api: Api, other: Api) -> None:
    made = await api.post("/api-keys", name="Console", role="csm")
    renamed = await api.call("PATCH", f"/api-keys/{made['id']}", json={"name": "Export"}, headers={"If-Match": '"1"'})
    assert (renamed.json()["name"], renamed.headers["etag"]) == ("Export", '"2"')
    assert (await other.call("GET", f"/api-keys/{made['id']}")).status_code == 404
    assert (await other.call("DELETE", f"/api-keys/{made['id']}")).status_code == 404
    assert (await api.call("PATCH", f"/api-keys/{made['id']}", json={"role": "owner"})).status_code == 422


async def test_an_operator_makes_an_account_whose_owner_can_sign_in(client: httpx.AsyncClient, urls: Urls) -> None:
    async def make(*more: str) -> tuple[int, str, str]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.directory.accounts", "make", "--name", "Acme Events"),
            *("--email", "first@example.com", "--time-zone", "America/Chicago", *more),
            env=os.environ | {"FT_DATABASE_URL": urls.app},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()

    code, printed, _ = await make()
    made = json.loads(printed)
    form = {"grant_type": "password", "username": made["email"], "password": made["password"]}
    token = (await client.post("/api/v1/auth/token", data=form)).json()["access_token"]
    account = await client.get("/api/v1/account", headers={"Authorization": f"Bearer {token}"})
    assert (code, account.json()["id"], account.json()["name"]) == (0, made["account_id"], "Acme Events")
    code, printed, said = await make("--password", "short")
    assert (code, printed) == (1, "")
    assert "password" in said
