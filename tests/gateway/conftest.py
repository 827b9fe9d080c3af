"""The gateway on a real socket, before services of the tests' own that say what reached them."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from gateway.main import build
from gateway.settings import GatewaySettings
from shared.bus.kafka import KafkaCluster
from tests.standins.issuer import Issuer

TICKET_KEY = "a key of thirty-two characters or more"


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[str]:
    """The application on a free port of loopback."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none", timeout_keep_alive=75))
    server.capture_signals = _leave_signals_alone  # type: ignore[method-assign]
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.01)
        assert not task.done()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()


@contextmanager
def _leave_signals_alone() -> Iterator[None]:
    yield


@dataclass
class Upstreams:
    """One application that plays all services. `seen` is what reached it; `keys` are API keys it accepts."""

    issuer: Issuer
    account_id: UUID
    seen: list[Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    keys: set[str] = field(default_factory=lambda: {"good"})
    exchanges: int = 0
    token_seconds: int = 300
    answers: dict[str, Any] = field(default_factory=dict)

    def app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)

        @app.post("/api/v1/auth/api-key")
        async def exchange(request: Request) -> Response:
            self.exchanges += 1
            if request.headers.get("x-api-key") not in self.keys:
                return JSONResponse({"code": "unauthenticated"}, 401)
            token = self.issuer.token(self.account_id, exp=int(time.time()) + self.token_seconds)
            return JSONResponse({"access_token": token})

        @app.api_route("/{path:path}", methods=["GET", "POST", "PATCH", "DELETE", "PUT"])
        async def anything(request: Request) -> Response:
            self.seen.append(request)
            self.bodies.append(await request.body())
            path = request.url.path
            if path.endswith("/large"):
                return StreamingResponse((b"x" * 10_000 for _ in range(100)), media_type="application/octet-stream")
            if path in self.answers:
                answer = self.answers[path]
                status, body = answer(request) if callable(answer) else answer
                return JSONResponse(body, status)
            return JSONResponse({"path": path, "query": request.url.query}, headers={"ETag": '"7"'})

        return app


@pytest.fixture
def upstreams(issuer: Issuer, account_id: UUID) -> Upstreams:
    return Upstreams(issuer, account_id)


@asynccontextmanager
async def gateway_before(
    upstream: str, issuer: Issuer, kafka: KafkaCluster, **told: Any
) -> AsyncIterator[httpx.AsyncClient]:
    urls = {f"{name}_url": upstream for name in ("directory", "messaging", "actions", "followups")}
    settings = GatewaySettings(
        port=1,
        jwks_url=issuer.jwks_url,
        kafka_bootstrap=kafka.bootstrap,
        kafka_embedded=True,
        ticket_key=TICKET_KEY,
        **{**urls, **told},
    )
    async with serving(build(settings)) as address, httpx.AsyncClient(base_url=address, timeout=20) as client:
        yield client


@pytest.fixture
async def gateway(upstreams: Upstreams, issuer: Issuer, kafka: KafkaCluster) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(upstreams.app()) as upstream, gateway_before(upstream, issuer, kafka) as client:
        yield client
