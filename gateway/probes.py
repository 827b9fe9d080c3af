"""Whether the gateway is alive and its services are ready; its metrics, on a port that is not public."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from prometheus_client import start_http_server

from gateway.one_answer import OneAnswer
from gateway.routing import SERVICES
from gateway.settings import GatewaySettings
from gateway.upstream import Upstream
from shared.errors import Unavailable

PATIENCE_SECONDS = 3
GOOD_FOR_SECONDS = 0.5

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    return {"status": "alive"}


@router.get("/readyz")
async def readyz(request: Request) -> JSONResponse:
    """Ready when every service's API is; the broker gates none."""
    readiness: OneAnswer[dict[str, str]] = request.app.state.readiness
    checks = await readiness.get()
    ready = all(answer == "ok" for answer in checks.values())
    return JSONResponse({"ready": ready, "checks": checks}, 200 if ready else 503)


def readiness_of(upstream: Upstream) -> OneAnswer[dict[str, str]]:
    """Not limited by address: a flood would make the gateway look dead to those who watch it."""

    async def ask_all() -> dict[str, str]:
        answers = await asyncio.gather(*(_ask(upstream, service) for service in SERVICES))
        return dict(zip(SERVICES, answers, strict=True))

    return OneAnswer(ask_all, GOOD_FOR_SECONDS)


async def _ask(upstream: Upstream, service: str) -> str:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            status, _ = await upstream.get_json(service, "/readyz", "")
    except (Unavailable, TimeoutError):
        return "unreachable"
    return "ok" if status == 200 else "not ready"


@asynccontextmanager
async def serving_metrics(settings: GatewaySettings) -> AsyncIterator[None]:
    """Prometheus' own small server at `metrics_port`; none without one."""
    if not settings.metrics_port:
        yield
        return
    server, thread = start_http_server(settings.metrics_port, settings.host)
    try:
        yield
    finally:
        await asyncio.to_thread(server.shutdown)
        server.server_close()
        thread.join()
