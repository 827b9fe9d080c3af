"""The application factory: what every HTTP process of a service has."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import JSONResponse
from sqlalchemy import text

from shared.bus.kafka import KafkaCluster
from shared.db.database import Database
from shared.db.migrations import newest
from shared.http import dead_letters, problems, republish
from shared.http.auth import Jwks, Tokens
from shared.http.body_limit import BodyLimit
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

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        checks = {"database": await database_check(app.state.database)}
        ready = all(answer == "ok" for answer in checks.values())
        return JSONResponse({"ready": ready, "service": settings.service, "checks": checks}, 200 if ready else 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        return metrics_response()

    return router


async def database_check(database: Database) -> str:
    """`ok`, or what is wrong: unreachable, or at another migration than this code."""
    try:
        async with database.begin() as db:
            revision = await db.scalar(text("SELECT version_num FROM alembic_version"))
    except Exception as error:
        return f"unreachable ({type(error).__name__})"
    expected = newest(database.service)
    return "ok" if revision == expected else f"at migration {revision}, this code wants {expected}: run the migrations"


async def broker_check(kafka: KafkaCluster) -> str:
    try:
        await kafka.ensure_topics([])
    except Exception as error:
        return f"unreachable ({type(error).__name__})"
    return "ok"
