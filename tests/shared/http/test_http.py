"""What every service's API promises: errors, pages, entity tags, strict bodies, dead letters."""

import base64
import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.db.database import Database, Tenant
from shared.http import readiness
from shared.ids import uuid7
from tests.conftest import Urls, client_of
from tests.shared.http.things_app import build
from tests.standins.issuer import Issuer

THINGS = "/api/v1/things"
SOME_ID = "0198c0de-0000-7000-8000-000000000000"
Bearer = Callable[..., dict[str, str]]


@pytest.fixture
async def client(urls: Urls, issuer: Issuer, account_id: UUID) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(build(urls, issuer.jwks_url), issuer.bearer(account_id)) as client:
        yield client


async def names(client: httpx.AsyncClient) -> list[str]:
    return [item["name"] for item in (await client.get(THINGS)).json()["items"]]


async def test_pages_hold_every_row_once_in_order(client: httpx.AsyncClient) -> None:
    for n in range(7):
        await client.post(THINGS, json={"name": f"{n}"})
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(4):
        page = (await client.get(THINGS, params={"limit": 2, **({"cursor": cursor} if cursor else {})})).json()
        seen += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert seen == list("6543210")


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "cursor=x", "cursor=W10", "cursor=WzFd", "limit=ten"])
async def test_a_page_that_cannot_be_is_422(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"{THINGS}?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "place",
    [
        ["2026-01-01T00:00:00+00:00", 1],
        ["2026-01-01T00:00:00", SOME_ID],
        ["9999-12-31T23:59:59-23:00", SOME_ID],
        [None, None],
        [1, SOME_ID],
        ["2026-01-01T00:00:00+00:00"],
        {"created_at": "2026-01-01T00:00:00+00:00"},
    ],
    ids=str,
)
async def test_a_forged_cursor_is_422(client: httpx.AsyncClient, place: Any) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
    answer = await client.get(THINGS, params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_a_query_parameter_that_is_not_there_is_told(client: httpx.AsyncClient) -> None:
    answer = await client.get(THINGS, params={"nane": "lamp"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "nane")
    assert "cursor, limit" in answer.json()["detail"]


async def test_who_has_this_version_gets_304_and_no_body(client: httpx.AsyncClient) -> None:
    made = await client.post(THINGS, json={"name": "lamp"})
    path, tag = f"{THINGS}/{made.json()['id']}", made.headers["etag"]
    same = await client.get(path, headers={"If-None-Match": f'"7", {tag}'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert (await client.get(path, headers={"If-None-Match": "*"})).status_code == 304
    assert (await client.get(path, headers={"If-None-Match": '"7"'})).json()["name"] == "lamp"
    assert (await client.get(path.rpartition("/")[0], headers={"If-None-Match": "-, *"})).status_code == 200


async def test_a_stale_edit_is_412_and_a_fresh_one_passes(client: httpx.AsyncClient) -> None:
    made = await client.post(THINGS, json={"name": "lamp"})
    path = f"{THINGS}/{made.json()['id']}"
    fresh = await client.patch(path, json={"name": "desk"}, headers={"If-Match": made.headers["etag"]})
    assert (fresh.status_code, fresh.json()["row_version"]) == (200, 2)
    stale = await client.patch(path, json={"name": "bed"}, headers={"If-Match": made.headers["etag"]})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert (await client.patch(path, json={"name": "bed"})).status_code == 200


async def test_another_tenants_row_answers_like_an_absent_one(client: httpx.AsyncClient, issuer: Issuer) -> None:
    made = (await client.post(THINGS, json={"name": "ours"})).json()
    theirs = issuer.bearer(uuid7())
    found = await client.get(f"{THINGS}/{made['id']}", headers=theirs)
    absent = await client.get(f"{THINGS}/{uuid7()}", headers=theirs)
    assert found.status_code == absent.status_code == 404
    assert found.content == absent.content


BAD_BODIES = {
    "NaN": b'{"name": "a", "weight": NaN}',
    "infinity": b'{"name": "a", "weight": -Infinity}',
    "1e400": b'{"name": "a", "weight": 1e400}',
    "2^63": b'{"name": "a", "count": 9223372036854775808}',
    "duplicate keys": b'{"name": "a", "name": "b"}',
    "depth": b'{"name": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "NUL": b'{"name": "a\\u0000b"}',
    "not UTF-8": b'{"name": "\xff"}',
    "lone surrogate": b'{"name": "\\ud800"}',
    "30 February": b'{"name": "a", "seen_at": "2026-02-30T10:00:00Z"}',
    "no zone": b'{"name": "a", "seen_at": "2026-02-20T10:00:00"}',
    "unknown field": b'{"name": "a", "account_id": "0"}',
    "cut off": b'{"name": ',
    "a number of digits": b'{"name": "a", "count": ' + b"9" * 5_000 + b"}",
}


@pytest.mark.parametrize("kind", ["application/json", "application/JSON", "Application/Vnd.Thing+Json; charset=UTF-8"])
@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
async def test_a_body_that_is_not_right_is_422(client: httpx.AsyncClient, body: bytes, kind: str) -> None:
    answer = await client.post(THINGS, content=body, headers={"content-type": kind})
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "invalid"
    assert await names(client) == []


async def test_a_body_over_the_limit_is_413_whether_declared_or_not(client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b"a" * 1_000

    big = json.dumps({"name": "a" * 200_000}).encode()
    headers = {"content-type": "application/json"}
    assert (await client.post(THINGS, content=big, headers=headers)).status_code == 413
    assert (await client.post(THINGS, content=chunks(), headers=headers)).status_code == 413


async def test_who_may_not_is_told_whom_to_ask(client: httpx.AsyncClient, issuer: Issuer, account_id: UUID) -> None:
    answer = await client.post(THINGS, json={"name": "a"}, headers=issuer.bearer(account_id, "sales"))
    assert answer.status_code == 403
    assert "Ask an owner" in answer.json()["detail"]
    anonymous = await client.get(THINGS, headers={"Authorization": ""})
    assert (anonymous.status_code, anonymous.headers["www-authenticate"]) == (401, "Bearer")


async def test_dead_letters_are_listed_inspected_and_replayed_over_http(
    client: httpx.AsyncClient, app: Database, account_id: UUID
) -> None:
    async with app.begin(Tenant(account_id)) as db:
        for number, state in enumerate(("dead", "parked")):
            await db.raw.execute(
                "INSERT INTO dead_letters (account_id, consumer, event_id, topic, key, type, envelope, state, error)"
                " VALUES ($1, 'sample', $2, 't', 'k', 'thing.created.v1', $3, $4, 'ValueError: poison')",
                *(account_id, uuid7(), json.dumps({"number": number}), state),
            )
    path = "/api/v1/services/sample/dead-letters"
    listed = (await client.get(path)).json()["items"]
    assert [letter["state"] for letter in listed] == ["dead", "parked"]
    assert (await client.get(path, params={"state": "parked"})).json()["items"] == listed[1:]
    assert (await client.get(path, params={"state": "nonsense"})).status_code == 422
    assert (await client.get(f"{path}/{listed[0]['id']}")).json()["envelope"] == {"number": 0}
    replayed = await client.post(f"{path}/{listed[0]['id']}/replay")
    assert replayed.status_code == 202
    both: list[dict[str, Any]] = (await client.get(path)).json()["items"]
    assert all(letter["replay_requested_at"] for letter in both)
    assert (await client.get(f"{path}/{uuid7()}")).status_code == 404


async def test_current_rows_are_published_again_on_request(
    client: httpx.AsyncClient, worker: Database, account_id: UUID
) -> None:
    for name in ("lamp", "desk"):
        await client.post(THINGS, json={"name": name})
    answer = await client.post("/internal/republish", params={"type": "thing"})
    assert answer.json() == {"type": "thing", "count": 2}
    assert (await client.post("/internal/republish", params={"type": "nothing"})).status_code == 422
    async with worker.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM outbox WHERE account_id = $1", account_id) == 4


async def test_an_outage_of_the_database_is_503_and_alive_stays_alive(
    urls: Urls, issuer: Issuer, account_id: UUID
) -> None:
    gone = Urls(urls.service, urls.name, urls.owner, urls.app.replace("port=5432", "port=5433"), urls.worker)
    async with client_of(build(gone, issuer.jwks_url), issuer.bearer(account_id)) as client:
        answer = await client.get(THINGS)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["retry-after"] == "2"
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503


async def test_an_api_reports_its_broker_and_is_ready_without_it(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "newest", lambda _service: "0001")
    answer = await client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["checks"]["database"] == "ok"
    assert answer.json()["checks"]["broker"].startswith("unreachable")
