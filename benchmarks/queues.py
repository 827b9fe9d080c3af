"""Claims per second of our queue, of pgqueuer and of procrastinate, on the same server, in turns.

    python -m benchmarks.queues [--jobs 6000] [--rounds 3]

Two workers in processes of their own, ten jobs a claim where a library can claim more than one. A round claims every job and
finishes it: pgqueuer ten at once, the others one by one, ours under its fence in a transaction of its tenant. For "claims" only
the time within the calls that claim counts, for "whole jobs" all of it. The middle round is told.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import uvloop

from benchmarks.measure import Number, finish, options
from benchmarks.places import postgres, processes
from benchmarks.queue_ways import WAYS, fill, make_ready
from deploy.local.embedded import PostgresServer

OURS, *OTHERS = WAYS
TIMES = 4
WORKERS = 2
BATCH = 10
JobT = TypeVar("JobT")
Rates = dict[str, list[tuple[float, float]]]


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--jobs", type=int, default=6_000, help="in a round of one queue")
    parser.add_argument("--rounds", type=int, default=3)
    told = parser.parse_args()
    with postgres() as server:
        rates = measure(server, told.jobs, told.rounds)
    finish(
        "queues", f"Queues side by side, {told.jobs:,} jobs a round, {WORKERS} workers", numbers(rates), told.results
    )


def measure(server: PostgresServer, jobs: int, rounds: int) -> Rates:
    addresses = asyncio.run(make_ready(server))
    rates: Rates = {name: [] for name in WAYS}
    with processes(WORKERS) as pool:
        list(pool.map(time.sleep, [1.0] * WORKERS))  # both have started and imported this
        for _ in range(rounds):
            for name in WAYS:
                asyncio.run(fill(name, addresses[name], jobs))
                begun = time.time() + 1
                found = [pool.submit(work, name, addresses[name], begun) for _ in range(WORKERS)]
                rates[name].append(rates_of([each.result() for each in found], jobs))
    return rates


def rates_of(workers: list[tuple[int, float, float]], jobs: int) -> tuple[float, float]:
    """Claims and whole jobs per second, of (claimed, seconds within claims, seconds in all) of each worker."""
    assert sum(claimed for claimed, _, _ in workers) == jobs, "not every job was claimed once"
    return sum(claimed / within for claimed, within, _ in workers), jobs / max(whole for _, _, whole in workers)


def numbers(rates: Rates) -> list[Number]:
    claims, whole = ({name: statistics.median(each[n] for each in rates[name]) for name in WAYS} for n in (0, 1))
    rival = OTHERS[0]
    return [
        *(Number(f"{name}: claims", rate, "a second") for name, rate in claims.items()),
        *(Number(f"{name}: whole jobs", rate, "a second") for name, rate in whole.items()),
        Number(f"claims of {OURS}, as a multiple of {rival}'s", claims[OURS] / claims[rival], "", TIMES, at_least=True),
    ]


def work(name: str, address: dict[str, str], begin: float) -> tuple[int, float, float]:
    return uvloop.run(_work(name, address, begin))


async def _work(name: str, address: dict[str, str], begin: float) -> tuple[int, float, float]:
    async with WAYS[name].open(address) as (claim, done):
        await asyncio.sleep(max(0.0, begin - time.time()))
        return await drain(claim, done)


async def drain(
    claim: Callable[[int], Awaitable[list[JobT]]], done: Callable[[list[JobT]], Awaitable[None]]
) -> tuple[int, float, float]:
    claimed, within, start = 0, 0.0, time.monotonic()
    while True:
        asked = time.monotonic()
        jobs = await claim(BATCH)
        if not jobs:
            return claimed, within, time.monotonic() - start
        within += time.monotonic() - asked
        claimed += len(jobs)
        await done(jobs)


if __name__ == "__main__":
    main()
