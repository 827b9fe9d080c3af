"""Breaks a whole stack while people text and programs write, then checks the books.

    python -m tests.faults.chaos --seconds 60 --seed 1 [--rate 20] [--kills 0]

The nightly length is 100,000 domain events and 1,000 kills: --seconds 3600 --kills 1000. Ends with 1 when a book does not hold.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from tests.faults.books import Auditor, Books
from tests.faults.house import House, running_house
from tests.faults.load import Load
from tests.faults.storm import Storm

SETTINGS = {"FT_LISTING_SECONDS": "5", "FT_DAILY_LIMIT": "10000000", "FT_SEGMENTS_PER_SECOND": "1000"}
"""What was missed is looked for often, and no limit of ours holds anybody back."""


async def run(house: House, seconds: float, seed: int, rate: float, kills: int = 0) -> tuple[Books, Storm]:
    load, storm = Load(house, seed, rate), Storm(house, seed)
    begin = time.monotonic()
    living = asyncio.create_task(load.run())
    await asyncio.sleep(2)
    await storm.blow(seconds, kills)
    load.stop()
    blown = time.monotonic() - begin
    house.until_ready()
    await asyncio.wait_for(living, 120)
    async with Auditor(house) as auditor:
        drained = await auditor.drained()
        books = await auditor.audit(load.done)
    books.facts |= {"seconds of storm": round(blown), "seconds until all was drained": round(drained, 1)}
    books.facts |= {"kills": storm.kills, "commit points passed": len(house.passed()), **storm.faults}
    return books, storm


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    options.add_argument("--rate", type=float, default=20, help="acts a second")
    options.add_argument("--kills", type=int, default=0, help="at least so many")
    asked = options.parse_args()
    home = Path(tempfile.mkdtemp(prefix="ft-chaos-"))
    print(f"seed {asked.seed}; the stack's files are in {home} until the books hold", file=sys.stderr)
    with running_house(home / "house", **SETTINGS) as house:
        books, _ = asyncio.run(run(house, asked.seconds, asked.seed, asked.rate, asked.kills))
    Console(width=None if sys.stdout.isatty() else 130).print(books.table(f"chaos, seed {asked.seed}"))
    if books.wrong:
        sys.exit(f"Repeat it with SEED={asked.seed}. " + "\n".join(books.wrong))
    shutil.rmtree(home)


if __name__ == "__main__":
    main()
