"""Idempotency-Key: a POST that is repeated happens once, and is answered as the first time."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from shared.db.database import Database
from shared.http import tenant_route
from tests.conftest import Urls, client_of
from tests.shared.http.things_app import build
from tests.standins.issuer import Issuer

THINGS = "/api/v1/things"


@pytest.fixture
async def client(urls: Urls, issuer: Issuer, account_id: UUID) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(build(urls, issuer.jwks_url), issuer.bearer(account_id)) as client:
        yield client


async def names(client: httpx.AsyncClient) -> list[str]:
    return [item["name"] for item in (await client.get(THINGS)).json()["items"]]


async def test_the_same_key_and_body_give_the_same_answer_once_done(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "k1"}
    first = await client.post(THINGS, json={"name": "lamp"}, headers=headers)
    second = await client.post(THINGS, json={"name": "lamp"}, headers=headers)
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert first.headers["etag"] == second.headers["etag"] == '"1"'
    assert second.headers["idempotency-replayed"] == "true"
    assert await names(client) == ["lamp"]


async def test_five_at_once_with_one_key_make_one_row_and_one_event(
    client: httpx.AsyncClient, worker: Database, account_id: UUID
) -> None:
    async def post() -> httpx.Response:
        return await client.post(THINGS, json={"name": "slow"}, headers={"Idempotency-Key": "k"})

    answers = await asyncio.gather(*(post() for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    async with worker.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM outbox WHERE account_id = $1", account_id) == 1


async def test_the_same_key_with_another_body_is_refused(client: httpx.AsyncClient) -> None:
    await client.post(THINGS, json={"name": "lamp"}, headers={"Idempotency-Key": "k"})
    answer = await client.post(THINGS, json={"name": "desk"}, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 422
    assert await names(client) == ["lamp"]


async def test_a_failed_request_leaves_its_key_free_and_nothing_behind(client: httpx.AsyncClient) -> None:
    broken = await client.post(THINGS, json={"name": "broken"}, headers={"Idempotency-Key": "k"})
    assert broken.status_code == 500
    assert broken.json()["code"] == "internal"
    assert "42" not in broken.text
    assert await names(client) == []
    assert (await client.post(THINGS, json={"name": "lamp"}, headers={"Idempotency-Key": "k"})).status_code == 201


async def test_a_key_whose_first_request_still_runs_is_409_after_the_wait(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenant_route, "RUNNING_SECONDS", 0.2)
    headers = {"Idempotency-Key": "k"}
    first = asyncio.create_task(client.post(THINGS, json={"name": "slow"}, headers=headers))
    await asyncio.sleep(0.7)
    second = await client.post(THINGS, json={"name": "slow"}, headers=headers)
    assert (second.status_code, second.json()["code"]) == (409, "conflict")
    assert (await first).status_code == 201
    third = await client.post(THINGS, json={"name": "slow"}, headers=headers)
    assert (third.status_code, third.text) == (201, (await first).text)
    assert await names(client) == ["slow"]


async def test_a_form_sent_again_with_another_boundary_is_the_same_request(client: httpx.AsyncClient) -> None:
    async def upload(content: bytes) -> httpx.Response:
        return await client.post(
            f"{THINGS}/files", files={"file": ("card.png", content)}, headers={"Idempotency-Key": "k"}
        )

    first, second, other = await upload(b"a card"), await upload(b"a card"), await upload(b"another")
    assert first.request.headers["content-type"] != second.request.headers["content-type"]
    assert (first.status_code, first.text) == (second.status_code, second.text) == (201, second.text)
    assert second.headers["idempotency-replayed"] == "true"
    assert other.status_code == 422
    assert await names(client) == ["a card"]
