"""LISTEN: turns PostgreSQL's notifications into events that loops wait on. A lost one costs only the poll behind it."""

import asyncio
import contextlib
import logging

import asyncpg

from shared.db.database import asyncpg_dsn

log = logging.getLogger(__name__)


class Wakeups:
    """One connection for all channels of a process. `run` ends only by cancellation."""

    def __init__(self, url: str) -> None:
        self._dsn = asyncpg_dsn(url)
        self._events: dict[str, list[asyncio.Event]] = {}

    def of(self, channel: str) -> asyncio.Event:
        """An event of the caller's own, for it to clear."""
        event = asyncio.Event()
        self._events.setdefault(channel, []).append(event)
        return event

    async def run(self) -> None:
        while True:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                await self._listen()
            await asyncio.sleep(1)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(self._dsn, timeout=5, server_settings={"application_name": "wakeups"})
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        try:
            for channel in self._events:
                await connection.add_listener(channel, self._wake)
            for channel in self._events:
                self._ring(channel)
            while not lost.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(lost.wait(), 30)
                if not lost.is_set():
                    await connection.execute("SELECT 1", timeout=5)
        finally:
            connection.terminate()

    def _wake(self, _connection: object, _pid: int, channel: str, _payload: str) -> None:
        self._ring(channel)

    def _ring(self, channel: str) -> None:
        for event in self._events[channel]:
            event.set()


async def wait_for(woken: asyncio.Event, seconds: float) -> None:
    """Until `woken` is set, at most `seconds`; then it is clear again."""
    try:
        async with asyncio.timeout(seconds):  # wait_for of Python 3.11 may swallow a cancellation
            await woken.wait()
    except TimeoutError:
        return
    woken.clear()
