"""What the middleware counts and which trace a request belongs to."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.responses import Response

from shared.telemetry.asgi import TelemetryMiddleware
from shared.telemetry.metrics import QUEUE_DEPTH, metrics_response
from shared.telemetry.traces import current_traceparent

INCOMING = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"


def application(service: str, *, trust_parent: bool) -> FastAPI:
    notes = APIRouter(prefix="/notes")

    @notes.get("/{note_id}")
    async def get_note(note_id: str) -> dict[str, str | None]:
        if note_id == "broken":
            raise RuntimeError("broken")
        return {"traceparent": current_traceparent()}

    app = FastAPI()
    app.include_router(notes, prefix="/api/v1")
    app.add_api_route("/metrics", metrics, include_in_schema=False)
    app.add_middleware(TelemetryMiddleware, service=service, trust_parent=trust_parent)
    return app


async def metrics() -> Response:
    return metrics_response()


def client(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


@pytest.fixture
async def inner() -> AsyncIterator[httpx.AsyncClient]:
    async with client(application("notes-test", trust_parent=True)) as http:
        yield http


async def count_of(http: httpx.AsyncClient, labels: str) -> float:
    found = re.search(
        rf"^ft_http_requests_total{{{re.escape(labels)}}} (\S+)$", (await http.get("/metrics")).text, re.M
    )
    return float(found.group(1)) if found else 0.0


async def test_requests_are_counted_by_route_template_not_by_path(inner: httpx.AsyncClient) -> None:
    await inner.get("/api/v1/notes/one")
    await inner.get("/api/v1/notes/two")
    await inner.get("/api/v1/notes/broken")
    await inner.get("/nowhere/at-all")
    await inner.request("BREW", "/nowhere/else")
    route = 'route="/api/v1/notes/{note_id}",service="notes-test"'
    assert await count_of(inner, f'method="GET",{route},status="200"') == 2
    assert await count_of(inner, f'method="GET",{route},status="500"') == 1
    assert await count_of(inner, 'method="GET",route="unmatched",service="notes-test",status="404"') == 1
    assert await count_of(inner, 'method="OTHER",route="unmatched",service="notes-test",status="404"') == 1
    text = (await inner.get("/metrics")).text
    assert f'ft_http_request_seconds_count{{method="GET",{route}}} 3.0' in text


async def test_a_gauge_set_anywhere_is_shown(inner: httpx.AsyncClient) -> None:
    QUEUE_DEPTH.labels("notes-test", "concierge_turns").set(3)
    assert 'ft_queue_depth{queue="concierge_turns",service="notes-test"} 3.0' in (await inner.get("/metrics")).text


async def test_a_request_joins_the_trace_it_came_with(inner: httpx.AsyncClient) -> None:
    answer = await inner.get("/api/v1/notes/one", headers={"traceparent": INCOMING})
    assert answer.json() == {"traceparent": INCOMING}


async def test_the_public_edge_starts_a_trace_of_its_own() -> None:
    async with client(application("edge-test", trust_parent=False)) as http:
        answer = await http.get("/api/v1/notes/one", headers={"traceparent": INCOMING})
    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-00", answer.json()["traceparent"])
    assert answer.json()["traceparent"] != INCOMING
