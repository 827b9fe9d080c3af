"""Starts a process: an HTTP server, or a worker with its small HTTP side for probes."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from shared import crash_points
from shared.settings import Settings
from shared.telemetry.logs import configure_logging
from shared.telemetry.metrics import metrics_response
from shared.telemetry.traces import configure_tracing

log = logging.getLogger(__name__)

RESTART_SECONDS = 1
CANCEL_AGAIN_SECONDS = 4


def serve(app: ASGIApp, settings: Settings) -> None:
    """Answer HTTP until SIGTERM or SIGINT."""
    crash_points.watch(settings.crash_directory, settings.service)
    with _telemetry(settings):
        uvicorn.run(app, **_uvicorn_options(settings))


@contextlib.contextmanager
def _telemetry(settings: Settings) -> Iterator[None]:
    configure_logging(settings.service, settings.log_level)
    log.info("starts on port %s", settings.port)
    send_last_spans = configure_tracing(settings.service, settings.otlp_endpoint, settings.trace_sample)
    try:
        yield
    finally:
        send_last_spans()


def _uvicorn_options(settings: Settings) -> dict[str, Any]:
    return {
        "host": settings.host,
        "port": settings.port,
        "loop": "uvloop",
        "http": "httptools",
        "ws": "none",
        "log_config": None,
        "access_log": False,
        "timeout_keep_alive": 75,
        "timeout_graceful_shutdown": 5,
        "server_header": False,
        "h11_max_incomplete_event_size": 65536,
    }


class _ProbeServer(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        """The worker handles signals itself."""
        yield


def serve_worker(
    start: Callable[[], Awaitable[list[Callable[[], Awaitable[None]]]]],
    settings: Settings,
    *,
    ready: Callable[[], Awaitable[dict[str, str]]],
    measure: Callable[[], Awaitable[None]],
    close: Callable[[], Awaitable[None]],
) -> None:
    """Run the loops that `start` gives until SIGTERM or SIGINT; answer probes on the settings' port meanwhile.

    `measure` sets the gauges whenever the metrics are asked for."""
    import uvloop

    crash_points.watch(settings.crash_directory, f"{settings.service}-worker")
    with _telemetry(settings):
        uvloop.run(_work(start, settings, _probes(ready, measure), close))


async def _work(
    start: Callable[[], Awaitable[list[Callable[[], Awaitable[None]]]]],
    settings: Settings,
    probes: ASGIApp,
    close: Callable[[], Awaitable[None]],
) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    server = _ProbeServer(uvicorn.Config(probes, **_uvicorn_options(settings)))
    tasks = [asyncio.create_task(server.serve())]
    tasks += [
        asyncio.create_task(_keep_running(loop), name=getattr(loop, "__qualname__", None)) for loop in await start()
    ]
    waiting = asyncio.create_task(stopping.wait())
    await asyncio.wait([waiting, tasks[0]], return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    while not all(task.done() for task in tasks):  # a library's wait_for may swallow the first cancellation
        for task in tasks[1:]:
            task.cancel()
        await asyncio.wait(tasks, timeout=CANCEL_AGAIN_SECONDS)
    waiting.cancel()
    with contextlib.suppress(Exception):
        await asyncio.wait_for(close(), 5)


async def _keep_running(loop: Callable[[], Awaitable[None]]) -> None:
    """A loop that ends by an error of its own is logged and started again."""
    while True:
        try:
            await loop()
        except Exception:
            log.exception("a loop ended; it starts again")
        await asyncio.sleep(RESTART_SECONDS)


def _probes(ready: Callable[[], Awaitable[dict[str, str]]], measure: Callable[[], Awaitable[None]]) -> Starlette:
    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(_request: Request) -> Response:
        checks = await ready()
        is_ready = all(answer == "ok" for answer in checks.values())
        return JSONResponse({"ready": is_ready, "checks": checks}, 200 if is_ready else 503)

    async def metrics(_request: Request) -> Response:
        try:
            await measure()
        except Exception as error:
            log.warning("the gauges are old: %s", type(error).__name__)
        return metrics_response()

    return Starlette(routes=[Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)])
