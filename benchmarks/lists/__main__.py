"""How long every list takes in the database, at 10^4, 10^5 and 10^6 rows a table.

    python -m benchmarks.lists [--rows 1000000] [--service actions]

Each list is asked over HTTP without a filter, for its second page, and with each filter, by staff of a large and of a small
account and by a contractor; what it asks of the database is explained and run again as the application's role with that
caller's settings. A list's time is the middle one of five, for the slowest caller; contractors are told apart. Also what
document 000 asks for.
"""

import asyncio
from pathlib import Path

import asyncpg

from benchmarks.lists.asking import serving
from benchmarks.lists.curve import curve
from benchmarks.lists.documents import time_documents
from benchmarks.lists.fills import fill
from benchmarks.lists.timing import Timed, time_lists
from benchmarks.measure import Number, finish, options
from benchmarks.places import migrated, postgres, superuser_dsn
from deploy.local.embedded import PostgresServer
from deploy.topology import SERVICES

MOST_MILLISECONDS = 20
PICTURES = Path(__file__).parent
Times = dict[str, dict[int, Timed]]


def main() -> None:
    parser = options(__doc__)
    parser.add_argument(
        "--rows", type=int, default=1_000_000, help="the most in a table; a tenth and a hundredth come before"
    )
    parser.add_argument("--service", choices=SERVICES, help="only this, kept apart from what was measured of all")
    parser.add_argument("--pictures", type=Path, default=PICTURES, help="the folder of the picture of growth")
    told = parser.parse_args()
    sizes = [rows for rows in (told.rows // 100, told.rows // 10, told.rows) if rows >= 2_000]
    times: Times = {}
    for service in [told.service] if told.service else SERVICES:
        with postgres(fsync=False) as server:
            times |= asyncio.run(measure(server, service, sizes))
    growth = {what: {rows: timed.milliseconds for rows, timed in by.items()} for what, by in times.items()}
    name = f"lists-{told.service}" if told.service else "lists"
    (told.pictures / f"{name}.svg").write_text(curve(growth, MOST_MILLISECONDS))
    numbers = [
        Number(
            f"{name}, {told.rows:,} rows", by[told.rows].milliseconds, "ms", MOST_MILLISECONDS, note=by[told.rows].plan
        )
        for name, by in times.items()
    ]
    finish(name, "Lists, in the database", numbers, told.results)


async def measure(server: PostgresServer, service: str, sizes: list[int]) -> Times:
    urls = await migrated(server, service)
    times: Times = {}
    for rows in sizes:
        owner = await asyncpg.connect(superuser_dsn(server, service))
        await fill(owner, service, rows)
        async with serving(service, urls) as asked:
            found = await time_lists(asked, owner) | await time_documents(asked, owner)
        await owner.close()
        for name, timed in found.items():
            times.setdefault(f"{service} {name}", {})[rows] = timed
    return times


if __name__ == "__main__":
    main()
