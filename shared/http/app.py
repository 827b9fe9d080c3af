"""The application factory: what every HTTP process of a service has."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import JSONResponse

from shared.bus.kafka import KafkaCluster
from shared.db.database import Database
from shared.http import dead_letters, problems, republish
from shared.http.auth import Jwks, Tokens
from shared.http.body_limit import BodyLimit
from shared.http.readiness import BrokerCheck, database_check
from shared.settings import ServiceSettings
from shared.telemetry.asgi import TelemetryMiddleware
from shared.telemetry.metrics import metrics_response

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(
    settings: ServiceSettings,
    routers: Sequence[APIRouter],
    *,
    snapshots: republish.Snapshots | None = None,
    lifespan: Lifespan | None = None,
) -> FastAPI:
    """The service's application. `lifespan` opens what only this service has; it runs with `app.state.database` set."""

    @asynccontextmanager
    async def whole_lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = Database(settings.database_url, service=settings.service, pool_size=settings.database_pool_size)
        app.state.database = database
        app.state.tokens = Tokens(
            Jwks(settings.jwks_url), issuer=settings.token_issuer, audience=settings.token_audience
        )
        try:
            if lifespan is None:
                yield
            else:
                async with lifespan(app):
                    yield
        finally:
            await database.close()

    app = FastAPI(
        title=f"Followthrough {settings.service}",
        version="1",
        lifespan=whole_lifespan,
        redoc_url=None,
        docs_url=None,
        generate_unique_id_function=lambda route: route.name,
        strict_content_type=True,
    )
    app.state.settings = settings
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes)
    app.add_middleware(TelemetryMiddleware, service=settings.service)
    problems.install(app)
    for router in (*routers, dead_letters.router_of(settings.service), republish.router_of(snapshots or {})):
        app.include_router(router)
    app.include_router(_health(settings, app))
    return app


def _health(settings: ServiceSettings, app: FastAPI) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    broker = BrokerCheck(KafkaCluster(settings.kafka_bootstrap), patience=0.5)

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        database = await database_check(app.state.database)
        ready = database == "ok"  # not the broker: writes go on without it, and wait in the outbox
        checks = {"database": database, "broker": await broker.answer()}
        return JSONResponse({"ready": ready, "service": settings.service, "checks": checks}, 200 if ready else 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        return metrics_response()

    return router
