"""Services that hang, or die in the middle of an answer: what their callers are told, and that nobody else notices."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import httpx

from gateway.upstream import CONNECTIONS_PER_SERVICE
from shared.bus.kafka import KafkaCluster
from tests.gateway.conftest import Upstreams, gateway_before, serving
from tests.standins.issuer import Issuer

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def socket_that(talk: Talk) -> AsyncIterator[str]:
    """A listening socket that speaks as `talk` does."""
    open_ones: set[asyncio.StreamWriter] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_ones.add(writer)
        await talk(reader, writer)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in open_ones:
            writer.close()


async def stays_silent(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    return None


async def dies_in_mid_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhalf")
    await writer.drain()
    writer.close()


async def test_a_service_that_hangs_leaves_the_others_alone(
    upstreams: Upstreams, issuer: Issuer, kafka: KafkaCluster, account_id: UUID
) -> None:
    headers = issuer.bearer(account_id)
    async with (
        serving(upstreams.app()) as upstream,
        socket_that(stays_silent) as silent,
        gateway_before(upstream, issuer, kafka, followups_url=silent, request_seconds=8) as client,
        httpx.AsyncClient(base_url=client.base_url, timeout=20, limits=httpx.Limits(max_connections=None)) as crowd,
    ):
        hung = [
            asyncio.create_task(crowd.get("/api/v1/followup-schedules", headers=headers))
            for _ in range(4 * CONNECTIONS_PER_SERVICE)
        ]
        await asyncio.sleep(1)
        assert (await client.get("/api/v1/notes", headers=headers)).status_code == 200
        assert not all(task.done() for task in hung), "they still wait"
        assert {answer.status_code for answer in await asyncio.gather(*hung)} == {503}


async def test_a_service_that_dies_in_mid_answer_is_unavailable(
    issuer: Issuer, kafka: KafkaCluster, account_id: UUID
) -> None:
    async with socket_that(dies_in_mid_answer) as dying, gateway_before(dying, issuer, kafka) as client:
        answer = await client.get("/api/v1/notes", headers=issuer.bearer(account_id))
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "actions" in answer.json()["detail"]
