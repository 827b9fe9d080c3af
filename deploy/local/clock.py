"""`make clock TO=…`: moves the business time of the whole stack, in every service's database."""

import asyncio
import re
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg

from deploy.local.home import Home, read_json
from deploy.local.stack import databases_file
from shared.db.clock import clock_shift, set_clock

DALLAS = ZoneInfo("America/Chicago")  # Where the demo accounts' people are: texts go out by their clocks.
UNITS = {"d": "days", "h": "hours", "m": "minutes"}
HOW = "Say when: make clock TO=+3d, TO=+2h, TO=2026-11-25T10:00:00-06:00, or TO=now for the real time."


def clock(home: Home, to: str) -> int:
    """Without `to`, what time it is there."""
    try:
        print(asyncio.run(_move(home, to or "+0m")))
        if not to:
            print(HOW)
    except ValueError:
        print(HOW, file=sys.stderr)
        return 2
    except (OSError, asyncpg.PostgresError) as error:
        print(
            f"The clock could not be set in every database ({error}). Is the stack up? make up, or make ps",
            file=sys.stderr,
        )
        return 1
    return 0


def shift_to(to: str, present: timedelta, now: datetime) -> timedelta:
    """The offset that `to` asks for; `present` is the offset so far, `now` the real time. Raises ValueError."""
    if to == "now":
        return timedelta(0)
    relative = re.fullmatch(r"([+-]\d+)([dhm])", to)
    if relative:
        return present + timedelta(**{UNITS[relative[2]]: int(relative[1])})
    moment = datetime.fromisoformat(to)
    if moment.tzinfo is None:
        raise ValueError(to)
    return moment - now


async def stack_time(home: Home) -> datetime:
    """What the stack's clock says."""
    connection = await asyncpg.connect(_urls(home)[0], timeout=5)
    try:
        now: datetime = await connection.fetchval("SELECT app_clock()")
        return now
    finally:
        await connection.close()


def _urls(home: Home) -> list[str]:
    databases: dict[str, dict[str, str]] = read_json(databases_file(home)) or {}
    if not databases:
        raise OSError("nothing was started yet")
    return [database["owner"].replace("+asyncpg", "") for database in databases.values()]


async def _move(home: Home, to: str) -> str:
    connections = [await asyncpg.connect(url, timeout=5) for url in _urls(home)]
    try:
        shift = shift_to(to, await clock_shift(connections[0]), datetime.now(UTC))
        moments = [await set_clock(connection, shift) for connection in connections]
    finally:
        for connection in connections:
            await connection.close()
    there = moments[0].astimezone(DALLAS)
    return f"The stack's clock says {moments[0].astimezone(UTC):%A %Y-%m-%d %H:%M} UTC, {there:%A %H:%M} in Dallas."
