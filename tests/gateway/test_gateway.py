"""The gateway: what passes, what is taken off, who is limited, what happens when a service is down."""

import asyncio
from uuid import UUID

import httpx
import pytest

from gateway.openapi import merge
from gateway.routing import service_of
from shared.bus.kafka import KafkaCluster
from shared.ids import uuid7
from tests.gateway.conftest import Upstreams, gateway_before, serving
from tests.standins.issuer import Issuer


async def test_a_request_passes_with_its_query_body_and_answer_headers(
    gateway: httpx.AsyncClient, upstreams: Upstreams, issuer: Issuer, account_id: UUID
) -> None:
    answer = await gateway.post("/api/v1/notes?a=1&b=%2F", content=b'{"x":1}', headers=issuer.bearer(account_id))
    assert (answer.status_code, answer.headers["etag"]) == (200, '"7"')
    assert answer.json() == {"path": "/api/v1/notes", "query": "a=1&b=%2F"}
    assert upstreams.bodies == [b'{"x":1}']


async def test_what_only_we_may_say_is_taken_off(
    gateway: httpx.AsyncClient, upstreams: Upstreams, issuer: Issuer, account_id: UUID
) -> None:
    spoofed = {"X-Account-Id": "1", "X-Role": "owner", "X-Internal-User": "1", "X-Forwarded-For": "1.2.3.4", "X-FT-Scope": "all",
               "Forwarded": "for=1.2.3.4", "Cookie": "a=b", "traceparent": "00-" + "1" * 32 + "-" + "2" * 16 + "-01"}  # fmt: skip
    await gateway.get("/api/v1/notes", headers={**issuer.bearer(account_id), **spoofed, "If-Match": '"7"'})
    reached = upstreams.seen[0].headers
    assert {name.lower() for name in spoofed} & set(reached) == set()
    assert reached["if-match"] == '"7"'


async def test_who_has_no_token_does_not_pass(gateway: httpx.AsyncClient, upstreams: Upstreams) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"X-API-Key": "bad"}):
        assert (await gateway.get("/api/v1/notes", headers=headers)).status_code == 401
    assert upstreams.seen == []


async def test_an_api_key_is_exchanged_once_and_never_passed_on(
    gateway: httpx.AsyncClient, upstreams: Upstreams
) -> None:
    answers = await asyncio.gather(*(gateway.get("/api/v1/notes", headers={"X-API-Key": "good"}) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {200}
    assert upstreams.exchanges == 1
    assert all("x-api-key" not in request.headers for request in upstreams.seen)
    assert all(request.headers["authorization"].startswith("Bearer ") for request in upstreams.seen)


async def test_a_large_answer_streams_through_unchanged(
    gateway: httpx.AsyncClient, issuer: Issuer, account_id: UUID
) -> None:
    answer = await gateway.get("/api/v1/notes/large", headers=issuer.bearer(account_id))
    assert len(answer.content) == 1_000_000


async def test_a_large_body_streams_through_and_one_over_the_limit_is_413(
    upstreams: Upstreams, issuer: Issuer, kafka: KafkaCluster, account_id: UUID
) -> None:
    async with (
        serving(upstreams.app()) as upstream,
        gateway_before(upstream, issuer, kafka, max_body_bytes=500_000) as client,
    ):
        headers = issuer.bearer(account_id)
        assert (await client.post("/api/v1/notes", content=b"x" * 400_000, headers=headers)).status_code == 200
        assert upstreams.bodies == [b"x" * 400_000]
        assert (await client.post("/api/v1/notes", content=b"x" * 600_000, headers=headers)).status_code == 413


async def test_a_flood_of_one_account_leaves_others_alone(
    upstreams: Upstreams, issuer: Issuer, kafka: KafkaCluster, account_id: UUID
) -> None:
    limits = {"account_requests_per_minute": 5, "address_requests_per_minute": 3}
    async with serving(upstreams.app()) as upstream, gateway_before(upstream, issuer, kafka, **limits) as client:
        answers = [await client.get("/api/v1/notes", headers=issuer.bearer(account_id)) for _ in range(7)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
        assert int(answers[-1].headers["retry-after"]) <= 60
        assert (await client.get("/api/v1/notes", headers=issuer.bearer(uuid7()))).status_code == 200
        signs_in = [await client.post("/api/v1/auth/token", data={"username": "a"}) for _ in range(5)]
        assert [answer.status_code for answer in signs_in] == [200] * 3 + [429] * 2
        webhooks = [await client.post("/webhooks/twilio/sms", data={"From": "a"}) for _ in range(10)]
        assert {answer.status_code for answer in webhooks} == {200}


async def test_a_service_that_is_down_is_503_for_its_own_paths_only(
    upstreams: Upstreams, issuer: Issuer, kafka: KafkaCluster, account_id: UUID
) -> None:
    async with (
        serving(upstreams.app()) as upstream,
        gateway_before(upstream, issuer, kafka, followups_url="http://127.0.0.1:9") as client,
    ):
        headers = issuer.bearer(account_id)
        down = await client.get("/api/v1/followup-schedules", headers=headers)
        assert (down.status_code, down.json()["code"]) == (503, "unavailable")
        assert "followups" in down.json()["detail"]
        assert (await client.get("/api/v1/notes", headers=headers)).status_code == 200
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["checks"]["followups"]) == (503, "unreachable")
        assert (await client.get("/healthz")).status_code == 200


async def test_the_front_door_leads_to_the_documentation(gateway: httpx.AsyncClient) -> None:
    answer = await gateway.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")


@pytest.mark.parametrize(
    "path", ["/nothing", "/internal/republish", "/api/v1/internal", "/metrics/../internal/republish"]
)
async def test_what_is_not_in_the_table_is_not_there(
    gateway: httpx.AsyncClient, upstreams: Upstreams, issuer: Issuer, account_id: UUID, path: str
) -> None:
    assert (await gateway.get(path, headers=issuer.bearer(account_id))).status_code == 404
    assert upstreams.seen == []


def test_the_longest_prefix_names_the_service() -> None:
    assert service_of("/api/v1/services/actions/dead-letters/1") == "actions"
    assert service_of("/api/v1/notes/1") == "actions"
    assert service_of("/api/v1/notesy") is None
    assert service_of("/webhooks/twilio/sms") == "messaging"


def test_schemas_of_one_name_and_two_shapes_keep_apart() -> None:
    def document(field: str) -> dict[str, object]:
        schema = {"properties": {field: {"type": "string"}}}
        reference = {"$ref": "#/components/schemas/Row"}
        return {
            "paths": {f"/{field}": {"get": {"responses": {"200": {"schema": reference}}}}},
            "components": {"schemas": {"Row": schema}},
        }

    merged = merge({"actions": document("a"), "messaging": document("b")}, {})
    assert set(merged["components"]["schemas"]) == {"Row", "MessagingRow"}
    assert merged["paths"]["/b"]["get"]["responses"]["200"]["schema"]["$ref"].endswith("/MessagingRow")
