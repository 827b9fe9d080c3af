"""A network that can be cut: forwards connections from one address to another, until it is told not to."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, Literal

from deploy.local.ports import HOST

Address = int | Path
"""A TCP port on loopback, or a unix socket."""
State = Literal["open", "cut", "hung"]
CHUNK = 65_536


class Wire:
    """`cut`: connections are reset, new ones too. `hung`: they stay, and nothing passes. Made by `Wires`."""

    def __init__(self, listen: Address, target: Address, loop: asyncio.AbstractEventLoop) -> None:
        self.listen, self.target = listen, target
        self._loop = loop
        self._open: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._state: State = "open"

    def turn(self, state: State) -> None:
        """May be called from any thread."""
        self._loop.call_soon_threadsafe(self._turn, state)

    def _turn(self, state: State) -> None:
        self._state = state
        if state == "hung":
            self._flows.clear()
        else:
            self._flows.set()
        if state == "cut":
            for writer in self._open:
                writer.transport.abort()

    async def serve(self) -> asyncio.Server:
        if isinstance(self.listen, Path):
            return await asyncio.start_unix_server(self._connect, self.listen)
        return await asyncio.start_server(self._connect, HOST, self.listen)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with self._among_the_open(writer):
            if self._state == "cut":
                return writer.transport.abort()
            try:
                there, back = await self._dial()
            except OSError:
                return writer.transport.abort()
            with self._among_the_open(back), contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        return None

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.target, Path):
            return await asyncio.open_unix_connection(self.target)
        return await asyncio.open_connection(HOST, self.target)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(CHUNK):
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
            writer.write_eof()
        except OSError:
            writer.transport.abort()

    @contextlib.contextmanager
    def _among_the_open(self, writer: asyncio.StreamWriter) -> Iterator[None]:
        self._open.add(writer)
        try:
            yield
        finally:
            self._open.discard(writer)
            writer.close()


class Wires:
    """All wires of a test, in a thread of their own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._servers: list[asyncio.Server] = []

    def lay(self, listen: Address, target: Address) -> Wire:
        wire = Wire(listen, target, self._loop)
        self._servers.append(self._do(wire.serve))
        return wire

    def close(self) -> None:
        self._do(self._end)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _do(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        return asyncio.run_coroutine_threadsafe(work(), self._loop).result(10)
