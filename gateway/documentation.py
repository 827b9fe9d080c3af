"""`/openapi.json` and `/docs`: every endpoint of every service in one document."""

import asyncio
import importlib.util
import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from gateway.one_answer import OneAnswer
from gateway.openapi import merge
from gateway.routing import SERVICES
from gateway.upstream import Upstream
from shared.errors import DomainError

PATIENCE_SECONDS = 3
GOOD_FOR_SECONDS = 5

router = APIRouter(include_in_schema=False)


def install(app: FastAPI) -> None:
    app.include_router(router)
    app.mount("/docs/static", StaticFiles(directory=_static_directory()), name="docs-static")


def document_of(app: FastAPI, upstream: Upstream) -> OneAnswer[bytes]:
    """The services' documents as they were a few seconds ago; one that is down is left out."""

    async def make() -> bytes:
        found = await asyncio.gather(*(_theirs(upstream, service) for service in SERVICES))
        documents = {name: document for name, document in zip(SERVICES, found, strict=True) if document}
        return json.dumps(merge(documents, app.openapi()), separators=(",", ":")).encode()

    return OneAnswer(make, GOOD_FOR_SECONDS)


async def _theirs(upstream: Upstream, service: str) -> dict[str, Any] | None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            status, body = await upstream.get_json(service, "/openapi.json", "")
    except (DomainError, TimeoutError):
        return None
    return body if status == 200 else None


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    await request.app.state.access.admit_stranger(request, "reading")
    document: OneAnswer[bytes] = request.app.state.document
    return Response(await document.get(), media_type="application/json")


@router.get("/")
async def front_door() -> RedirectResponse:
    return RedirectResponse("/docs")


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    await request.app.state.access.admit_stranger(request, "reading")
    return get_swagger_ui_html(
        openapi_url="/openapi.json",
        title="Followthrough",
        swagger_js_url="/docs/static/swagger-ui-bundle.js",
        swagger_css_url="/docs/static/swagger-ui.css",
        swagger_favicon_url="/docs/static/favicon.png",
    )


def _static_directory() -> Path:
    found = importlib.util.find_spec("fastapi_offline")
    if found is None or found.origin is None:
        raise RuntimeError("The package fastapi-offline, which carries the documentation's pages, is not installed.")
    return Path(found.origin).parent / "static"
