"""Runs the stand-in: as a process of its own, or inside a test."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn

from deploy.local.twilio.app import create_app
from deploy.local.twilio.settings import StandInSettings
from shared.settings import read_settings


def run() -> None:
    """Serve until SIGTERM or SIGINT."""
    uvicorn.Server(_configure(read_settings(StandInSettings))).run()


@asynccontextmanager
async def serving(settings: StandInSettings) -> AsyncIterator[str]:
    """Serve in the running loop on a port that is free (or the settings' own), and yield the address."""
    server = EmbeddedServer(_configure(settings))
    # Named TCP: asyncio turns Nagle's delay (40 ms a request) off only where it is sure of the protocol.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind((settings.host, settings.port))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started and not task.done():  # noqa: ASYNC110
            await asyncio.sleep(0.002)  # uvicorn tells by a flag, not by an event
        try:
            yield f"http://{settings.host}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


class EmbeddedServer(uvicorn.Server):
    """A server that leaves the process's signals alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _configure(settings: StandInSettings) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_level="warning",
        timeout_keep_alive=75,
        # A long poll must not hold up the end.
        timeout_graceful_shutdown=1,
    )
