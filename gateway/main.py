"""The gateway: one public API, webhooks, live stream, documentation."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import Response

from gateway import context, documentation, probes, reader, report, stream
from gateway.access import Access
from gateway.feed import Feed
from gateway.routing import SERVICES, is_public, service_of
from gateway.settings import GatewaySettings
from gateway.tickets import Tickets
from gateway.upstream import Upstream
from shared.bus.kafka import KafkaCluster
from shared.errors import NotFound
from shared.http import problems
from shared.http.body_limit import BodyLimit
from shared.process import serve
from shared.settings import read_settings
from shared.telemetry.asgi import TelemetryMiddleware

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def build(settings: GatewaySettings) -> FastAPI:
    """The gateway's application."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        upstream = Upstream(settings)
        await upstream.open()
        kafka = KafkaCluster(settings.kafka_bootstrap, embedded=settings.kafka_embedded)
        app.state.upstream = upstream
        app.state.readiness = probes.readiness_of(upstream)
        app.state.document = documentation.document_of(app, upstream)
        app.state.access = Access(settings, upstream)
        app.state.tickets = Tickets(settings.ticket_key)
        app.state.places = stream.Places(settings.streams_per_account)
        app.state.feed = Feed(kafka, [f"followthrough.{service}" for service in SERVICES])
        tail = asyncio.create_task(app.state.feed.run())
        try:
            async with probes.serving_metrics(settings):
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
    app.add_exception_handler(reader.Refused, reader.on_refused)
    for router in (probes.router, stream.router, context.router, report.router):
        app.include_router(router)
    documentation.install(app)
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


def run() -> None:
    settings = read_settings(GatewaySettings)
    serve(build(settings), settings)


if __name__ == "__main__":
    run()
