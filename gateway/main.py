"""The gateway: one public API, webhooks, live stream, documentation."""

import asyncio
import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles

from gateway import composed, stream
from gateway.access import Access
from gateway.feed import Feed
from gateway.openapi import merge
from gateway.routing import SERVICES, is_public, service_of
from gateway.settings import GatewaySettings
from gateway.tickets import Tickets
from gateway.upstream import Upstream
from shared.bus.kafka import KafkaCluster
from shared.errors import DomainError, NotFound, Unavailable
from shared.http import problems
from shared.http.body_limit import BodyLimit
from shared.process import serve
from shared.settings import read_settings
from shared.telemetry.asgi import TelemetryMiddleware
from shared.telemetry.metrics import metrics_response

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
PROBE_SECONDS = 3


def build(settings: GatewaySettings) -> FastAPI:
    """The gateway's application."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        upstream = Upstream(settings)
        await upstream.open()
        kafka = KafkaCluster(settings.kafka_bootstrap, embedded=settings.kafka_embedded)
        app.state.upstream = upstream
        app.state.access = Access(settings, upstream)
        app.state.tickets = Tickets(settings.ticket_key)
        app.state.feed = Feed(kafka, [f"followthrough.{service}" for service in SERVICES])
        tail = asyncio.create_task(app.state.feed.run())
        try:
            yield
        finally:
            tail.cancel()
            await asyncio.gather(tail, return_exceptions=True)
            await upstream.close()

    app = FastAPI(
        title="Followthrough", version="1", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.state.settings = settings
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes)
    app.add_middleware(TelemetryMiddleware, service="gateway", trust_parent=False)
    problems.install(app)
    app.add_exception_handler(composed.Refused, composed.on_refused)
    for router in (_probes(), _documentation(), stream.router, composed.router):
        app.include_router(router)
    app.mount("/docs/static", StaticFiles(directory=_static_directory()), name="docs-static")
    app.add_api_route("/{path:path}", _pass, methods=METHODS, include_in_schema=False)
    return app


async def _pass(request: Request) -> Response:
    path = request.scope["path"]
    service = service_of(path)
    if service is None:
        raise NotFound("There is nothing at this address. See /docs for what there is.")
    access: Access = request.app.state.access
    upstream: Upstream = request.app.state.upstream
    if not is_public(path):
        _, token = await access.admit(request)
        return await upstream.pass_through(
            _without_authorization(request), service, [("authorization", f"Bearer {token}")]
        )
    if path.startswith("/webhooks/"):
        return await upstream.pass_through(request, service, [])
    await access.admit_stranger(request)
    api_key = request.headers.get("x-api-key")
    return await upstream.pass_through(request, service, [("x-api-key", api_key)] if api_key else [])


def _without_authorization(request: Request) -> Request:
    headers = [(name, value) for name, value in request.scope["headers"] if name != b"authorization"]
    return Request({**request.scope, "headers": headers}, request.receive)


def _probes() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    async def readyz(request: Request) -> JSONResponse:
        """Ready when every service's API is; the broker gates none."""
        upstream: Upstream = request.app.state.upstream
        answers = dict(zip(SERVICES, await asyncio.gather(*(_probe(upstream, name) for name in SERVICES)), strict=True))
        ready = all(answer == "ok" for answer in answers.values())
        return JSONResponse({"ready": ready, "checks": answers}, 200 if ready else 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        return metrics_response()

    return router


async def _probe(upstream: Upstream, service: str) -> str:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            status, _ = await upstream.get_json(service, "/readyz", "")
    except (Unavailable, TimeoutError):
        return "unreachable"
    return "ok" if status == 200 else "not ready"


def _documentation() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/openapi.json")
    async def openapi(request: Request) -> dict[str, Any]:
        """The services' documents as they are now; one that is down is left out."""
        upstream: Upstream = request.app.state.upstream
        found = await asyncio.gather(*(_document(upstream, service) for service in SERVICES))
        documents = {name: document for name, document in zip(SERVICES, found, strict=True) if document}
        return merge(documents, request.app.openapi())

    @router.get("/docs")
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="Followthrough",
            swagger_js_url="/docs/static/swagger-ui-bundle.js",
            swagger_css_url="/docs/static/swagger-ui.css",
            swagger_favicon_url="/docs/static/favicon.png",
        )

    return router


async def _document(upstream: Upstream, service: str) -> dict[str, Any] | None:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            status, body = await upstream.get_json(service, "/openapi.json", "")
    except (DomainError, TimeoutError):
        return None
    return body if status == 200 else None


def _static_directory() -> Path:
    found = importlib.util.find_spec("fastapi_offline")
    if found is None or found.origin is None:
        raise RuntimeError("The package fastapi-offline, which carries the documentation's pages, is not installed.")
    return Path(found.origin).parent / "static"


def run() -> None:
    settings = read_settings(GatewaySettings)
    serve(build(settings), settings)


if __name__ == "__main__":
    run()
