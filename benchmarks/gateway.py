"""How much of a service's own throughput is left through the gateway.

    python -m benchmarks.gateway [--seconds 5] [--rounds 5] [--clients 16]

One row, which costs its service least, and a list: the same GET with the same token, over connections that are kept, from a process
of its own, directly and through the gateway
in turns, on a whole local stack. The middle round is told.
"""

import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path

import aiohttp
import uvloop

from benchmarks.measure import Number, finish, options
from benchmarks.places import processes
from tests.stack import Stack, running_stack

LEAST = 0.65
LIST = "/api/v1/contractors"
WAYS = ("directly", "through the gateway")


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--seconds", type=float, default=5, help="of one way in one round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=16, help="at once")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, running_stack(Path(home) / "home") as stack:
        row = stack.api.get(LIST, params={"limit": "1"}).json()["items"][0]
        paths = {"one row": f"{LIST}/{row['id']}", "a list": f"{LIST}?limit=20"}
        numbers = [
            number
            for what, path in paths.items()
            for number in numbers_of(what, measure(stack, path, told.seconds, told.rounds, told.clients))
        ]
    finish("gateway", f"The gateway, {told.clients} clients at once", numbers, told.results)


def numbers_of(what: str, rates: dict[str, list[float]]) -> list[Number]:
    ratios = [through / direct for direct, through in zip(*(rates[way] for way in WAYS), strict=True)]
    return [
        *(Number(f"{what}, {way}", statistics.median(rates[way]), "requests/s") for way in WAYS),
        Number(f"{what}, share that is left through the gateway", statistics.median(ratios), "", LEAST, at_least=True),
    ]


def measure(stack: Stack, path: str, seconds: float, rounds: int, clients: int) -> dict[str, list[float]]:
    """Requests per second, each way, in each round."""
    token = token_of(stack)
    ports = json.loads((stack.home / "run" / "ports.json").read_text())
    bases = dict(zip(WAYS, (f"http://127.0.0.1:{ports['directory']}", stack.demo["gateway"]), strict=True))
    rates: dict[str, list[float]] = {way: [] for way in WAYS}
    with processes(1) as pool:
        for way in WAYS:
            pool.submit(load, bases[way] + path, token, 1, clients).result()  # connections, caches, plans
        for turn in range(rounds):
            for way in WAYS if turn % 2 == 0 else reversed(WAYS):
                rates[way].append(pool.submit(load, bases[way] + path, token, seconds, clients).result())
    return rates


def token_of(stack: Stack) -> str:
    signed_in = stack.api.post("/api/v1/auth/api-key")
    signed_in.raise_for_status()
    return str(signed_in.json()["access_token"])


def load(url: str, token: str, seconds: float, clients: int) -> float:
    return uvloop.run(_load(url, token, seconds, clients))


async def _load(url: str, token: str, seconds: float, clients: int) -> float:
    connector = aiohttp.TCPConnector(limit=clients)
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}, connector=connector) as client:
        begin = time.monotonic()
        counts = await asyncio.gather(*(_ask(client, url, begin + seconds) for _ in range(clients)))
        return sum(counts) / (time.monotonic() - begin)


async def _ask(client: aiohttp.ClientSession, url: str, end: float) -> int:
    answered = 0
    while time.monotonic() < end:
        async with client.get(url) as answer:
            body = await answer.read()
            assert answer.status == 200, body
            answered += 1
    return answered


if __name__ == "__main__":
    main()
