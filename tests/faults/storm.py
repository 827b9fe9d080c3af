"""A seeded plan of what goes wrong: processes killed, stopped, ended at a commit point; connections cut, hung, terminated."""

import asyncio
import contextlib
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable

import asyncpg

from tests.faults.house import House

CRASH_PATIENCE = 4.0
"""Seconds in which somebody should pass a commit point."""
CRASH_TRIES = 3
"""A point that was passed once, and never again in so many times, is let alone."""
REST = 2.0
"""Seconds between two ends of one process: its supervisor waits longer and longer for one that never stays."""
TERMINATE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND random() < 0.5"
)


class Storm:
    """One fault at a time, and beside them one process after the other ends at each of its commit points."""

    def __init__(self, house: House, seed: int) -> None:
        self.faults: Counter[str] = Counter()
        self.crashed: set[str] = set()
        self.kills = 0
        self._house = house
        self._random = random.Random(seed)
        self._tries: Counter[str] = Counter()

    async def blow(self, seconds: float, kills: int = 0) -> None:
        """For so long, and until so many kills; at most as long again until each commit point has ended somebody."""
        end = time.monotonic() + seconds
        crashing = [asyncio.create_task(self._crash_everywhere(name, end + seconds)) for name in self._house.processes]
        while time.monotonic() < end or self.kills < kills or not all(task.done() for task in crashing):
            await self._quietly(self._choose())
            await asyncio.sleep(self._random.uniform(0.5, 2))
        await asyncio.gather(*crashing)

    async def _quietly(self, fault: Callable[[], Awaitable[None]]) -> None:
        """Whom it was meant for may be gone already."""
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await fault()

    def _choose(self) -> Callable[[], Awaitable[None]]:
        faults = {self._kill: 6, self._stop: 3, self._cut: 3, self._hang: 2, self._terminate: 2, self._miss: 4}
        return self._random.choices([*faults, self._power_off], [*faults.values(), 0.3])[0]

    def points_left(self) -> list[str]:
        """Somebody passed them, and nobody was ended there."""
        return [place for place in self._house.passed() if place not in self.crashed]

    def _points_to_try(self, process: str) -> list[str]:
        mine = [place for place in self.points_left() if place.startswith(f"{process} ")]
        return [place for place in mine if self._tries[place] < CRASH_TRIES]

    async def _crash_everywhere(self, process: str, until: float) -> None:
        while time.monotonic() < until and (places := self._points_to_try(process)):
            place = min(places, key=lambda each: (self._tries[each], self._random.random()))
            self._tries[place] += 1
            if await self._crash(place):
                self.crashed.add(place)
                self._note("ended at a commit point", killed=True)
                await asyncio.sleep(REST)

    async def _crash(self, place: str) -> bool:
        """Whether somebody passed it in time, and was ended there."""
        self._house.crash_at(place)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CRASH_PATIENCE):
                while self._house.is_asked(place):  # noqa: ASYNC110  # another process takes the file away
                    await asyncio.sleep(0.05)
                return True
        return not self._house.take_back(place)

    async def _kill(self) -> None:
        process = self._random.choice(self._house.processes)
        if self._house.kill(process):
            self._note("killed", killed=True)

    async def _stop(self) -> None:
        process = self._random.choice(self._house.processes)
        if self._house.signal(process, signal.SIGSTOP):
            await asyncio.sleep(self._random.choice((0.5, 1, 2, 7)))
            self._house.signal(process, signal.SIGCONT)
            self._note("stopped and continued")

    async def _cut(self) -> None:
        with self._house.cut(self._random.choice(sorted(self._house.wires))):
            await asyncio.sleep(self._random.uniform(0.2, 3))
        self._note("network cut")

    async def _miss(self) -> None:
        """Twilio does not tell again what it could not tell."""
        with self._house.cut("webhooks"):
            await asyncio.sleep(self._random.uniform(0.2, 1))
        self._note("webhooks missed")

    async def _hang(self) -> None:
        wire = self._house.wires[self._random.choice(sorted(self._house.wires))]
        wire.turn("hung")
        await asyncio.sleep(self._random.uniform(0.2, 3))
        wire.turn("open")
        self._note("network hung")

    async def _terminate(self) -> None:
        connection = await asyncpg.connect(self._house.database_url, timeout=5)
        try:
            await connection.execute(TERMINATE)
        finally:
            await connection.close()
        self._note("connections terminated")

    async def _power_off(self) -> None:
        await asyncio.to_thread(self._house.power_off)
        self._note("everything killed at once", killed=True)

    def _note(self, what: str, *, killed: bool = False) -> None:
        self.faults[what] += 1
        self.kills += killed
