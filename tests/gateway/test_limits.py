"""What guessing and asking again and again may cost the services behind the gateway."""

import asyncio
from uuid import UUID

import httpx
import pytest

from deploy.local.ports import free_port
from gateway.api_keys import ApiKeys
from gateway.settings import GatewaySettings
from gateway.upstream import Upstream
from shared.bus.kafka import KafkaCluster
from shared.errors import Unauthenticated
from shared.ids import uuid7
from tests.gateway.conftest import Upstreams, gateway_before, serving
from tests.standins.issuer import Issuer


async def test_made_up_api_keys_cost_directory_no_more_than_the_limit(
    upstreams: Upstreams, issuer: Issuer, kafka: KafkaCluster
) -> None:
    async with (
        serving(upstreams.app()) as upstream,
        gateway_before(upstream, issuer, kafka, address_requests_per_minute=3) as client,
    ):
        assert (await client.get("/api/v1/notes", headers={"X-API-Key": "good"})).status_code == 200
        answers = [await client.get("/api/v1/notes", headers={"X-API-Key": f"bad{n}"}) for n in range(20)]
        assert [answer.status_code for answer in answers] == [401] * 3 + [429] * 17
        assert int(answers[-1].headers["retry-after"]) <= 60
        assert upstreams.exchanges == 1 + 3
        assert (await client.get("/api/v1/notes", headers={"X-API-Key": "good"})).status_code == 200


async def test_made_up_api_keys_all_at_once_cost_directory_few_exchanges_too(
    upstreams: Upstreams, issuer: Issuer, kafka: KafkaCluster
) -> None:
    async with (
        serving(upstreams.app()) as upstream,
        gateway_before(upstream, issuer, kafka, address_requests_per_minute=3) as client,
    ):
        guesses = (client.get("/api/v1/notes", headers={"X-API-Key": f"bad{n}"}) for n in range(60))
        answers = await asyncio.gather(*guesses)
    assert {answer.status_code for answer in answers} == {401, 429}
    assert upstreams.exchanges < 15


@pytest.mark.parametrize("path", ["/api/v1/notes", "/api/v1/stream", "/api/v1/stream/tickets"])
async def test_refused_tokens_are_limited_by_address_and_good_ones_still_pass(
    upstreams: Upstreams, issuer: Issuer, kafka: KafkaCluster, account_id: UUID, path: str
) -> None:
    async with (
        serving(upstreams.app()) as upstream,
        gateway_before(upstream, issuer, kafka, address_requests_per_minute=3) as client,
    ):
        method = "POST" if path.endswith("tickets") else "GET"
        guesses = [await client.request(method, path, headers={"Authorization": f"Bearer guess{n}"}) for n in range(6)]
        assert [answer.status_code for answer in guesses] == [401] * 3 + [429] * 3
        assert (await client.get("/api/v1/notes", headers=issuer.bearer(account_id))).status_code == 200
        signs_in = await client.post("/api/v1/auth/token", data={"username": "a"})
        assert signs_in.status_code == 200, "who lets a token expire can still sign in"


async def test_refused_keys_push_no_good_key_out_of_memory(upstreams: Upstreams, issuer: Issuer) -> None:
    async with serving(upstreams.app()) as address:
        upstream = Upstream(settings_before(address, issuer))
        await upstream.open()
        keys = ApiKeys(upstream, address, remembered=5)
        token = await keys.token("good")
        for n in range(10):
            with pytest.raises(Unauthenticated):
                await keys.token(f"bad{n}")
        assert keys.known("good") == token
        with pytest.raises(Unauthenticated):
            keys.known("bad9")
        await upstream.close()


def settings_before(address: str, issuer: Issuer) -> GatewaySettings:
    return GatewaySettings(
        port=1, jwks_url=issuer.jwks_url, kafka_bootstrap="127.0.0.1:1", ticket_key="k" * 32,
        directory_url=address, messaging_url=address, actions_url=address, followups_url=address,
    )  # fmt: skip


async def test_the_document_is_asked_of_the_services_once_for_all_readers_who_are_limited(
    upstreams: Upstreams, issuer: Issuer, kafka: KafkaCluster
) -> None:
    async with (
        serving(upstreams.app()) as upstream,
        gateway_before(upstream, issuer, kafka, address_requests_per_minute=4) as client,
    ):
        answers = await asyncio.gather(*(client.get("/openapi.json") for _ in range(10)))
        assert sorted(answer.status_code for answer in answers) == [200] * 4 + [429] * 6
        assert len(upstreams.seen) == 4, "one for each service"
        assert (await client.get("/docs")).status_code == 429


async def test_readiness_is_asked_of_the_services_once_for_all_who_look(
    gateway: httpx.AsyncClient, upstreams: Upstreams
) -> None:
    answers = await asyncio.gather(*(gateway.get("/readyz") for _ in range(100)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(upstreams.seen) <= 8


async def test_metrics_are_at_a_port_of_their_own_and_not_at_the_public_one(
    upstreams: Upstreams, issuer: Issuer, kafka: KafkaCluster
) -> None:
    port = free_port()
    async with (
        serving(upstreams.app()) as upstream,
        gateway_before(upstream, issuer, kafka, metrics_port=port) as client,
    ):
        await client.get(f"/api/v1/notes/{uuid7()}")
        metrics = await client.get(f"http://127.0.0.1:{port}/metrics")
        assert (
            'ft_http_requests_total{method="GET",route="/{path:path}",service="gateway",status="401"}' in metrics.text
        )
        assert (await client.get("/metrics")).status_code == 404
