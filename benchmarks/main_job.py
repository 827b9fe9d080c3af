"""Measures the main job on this machine: start, text to reply, webhook, memory, idle.

    python -m benchmarks.main_job [--texts 5000] [--rate 20] [--seconds 60]

The stack is its own, on loopback, with the embedded broker. The numbers are counted at the receiving end: the Twilio stand-in.
Ends with 1 when a limit is exceeded.
"""

import argparse
import asyncio
import math
import statistics
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from deploy.local.memory import children_of, memory_of
from deploy.local.ports import free_port
from tests.stack import Stack, local, running_stack

LIMITS = {"first make up (s)": 15, "next make up (s)": 6, "text to reply p50 (ms)": 80, "text to reply p99 (ms)": 250,
          "memory, PSS (MB)": 600, "idle (% of a core)": 5}  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--texts", type=int, default=5_000, help="texts before memory is measured")
    options.add_argument("--rate", type=float, default=20, help="texts a second while latency is measured")
    options.add_argument("--seconds", type=float, default=60, help="for how long")
    options.add_argument("--idle", type=float, default=60, help="seconds of rest before idling is measured")
    arguments = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        measured = start_times(home)
        with running_stack(home) as stack:
            people = make_people(stack)
            asyncio.run(texts(stack, people, arguments.rate, 5))
            measured |= asyncio.run(texts(stack, people, arguments.rate, arguments.seconds))
            rest = arguments.texts - int(arguments.rate * (arguments.seconds + 5))
            if rest > 0:
                measured |= asyncio.run(flood(stack, people, rest))
            measured["memory, PSS (MB)"] = sum(memory(stack).values())
            time.sleep(arguments.idle)
            measured["idle (% of a core)"] = idle(stack)
            show(measured, memory(stack))
    over = exceeded(measured)
    if over:
        sys.exit(f"Over the limit: {', '.join(over)}")


def exceeded(measured: dict[str, float]) -> list[str]:
    """What is over its limit, or was not measured."""
    return [name for name, limit in LIMITS.items() if not measured.get(name, math.inf) <= limit]


def start_times(home: Path, **environment: str) -> dict[str, float]:
    port = str(free_port())
    found = {}
    for name in ("first make up (s)", "next make up (s)"):
        begin = time.monotonic()
        up = local(home, "up", within=(), **{"FT_PORT": port, **environment})
        found[name] = time.monotonic() - begin
        assert up.returncode == 0, up.stdout + up.stderr
        local(home, "down")
    return found


def make_people(stack: Stack) -> list[str]:
    phones = [f"+1{area}55501{n:02d}" for area in (972, 817) for n in range(100)]
    for phone in phones:
        answer = stack.api.post("/api/v1/contractors", json={"full_name": "Pat Example", "phone": phone})
        assert answer.status_code == 201, answer.text
    time.sleep(2)
    return phones


async def texts(stack: Stack, people: list[str], rate: float, seconds: float) -> dict[str, float]:
    """Texts at a steady rate, each person in turn; from Twilio's taking a text to its taking our reply."""
    async with httpx.AsyncClient(base_url=stack.demo["twilio_api"], timeout=30) as client:
        begin = time.monotonic()
        tasks = []
        for n in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, begin + n / rate - time.monotonic()))
            tasks.append(asyncio.create_task(_one(client, stack, people[n % len(people)], n)))
        found = await asyncio.gather(*tasks)
    replied = sorted(reply for reply, _ in found)
    webhooks = sorted(webhook for _, webhook in found)
    return {
        "texts measured": len(found),
        "text to reply p50 (ms)": statistics.median(replied),
        "text to reply p99 (ms)": replied[int(len(replied) * 0.99)],
        "webhook p50 (ms)": statistics.median(webhooks),
        "webhook p99 (ms)": webhooks[int(len(webhooks) * 0.99)],
    }


async def _one(client: httpx.AsyncClient, stack: Stack, phone: str, number: int) -> tuple[float, float]:
    body = f"Met Alex Jones {number}, wants a quote for a roof. alex{number}@example.com"
    sent = (await client.post("/standin/texts", json=text_of(stack, phone, body))).json()
    query = {"to": phone, "after": sent["accepted_at"], "count": "1", "timeout": "20"}
    items = (await client.get("/standin/wait", params=query)).json()["items"]
    assert items, f"no reply to text {number}"
    return milliseconds(sent["accepted_at"], items[0]["accepted_at"]), sent["webhook_seconds"] * 1000


def text_of(stack: Stack, phone: str, body: str) -> dict[str, Any]:
    return {"from": phone, "to": stack.demo["twilio_number"], "body": body}


def milliseconds(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() * 1000


async def flood(stack: Stack, people: list[str], number: int) -> dict[str, float]:
    """The rest of the texts as fast as 16 senders go, until the last reply is out."""
    before = len(_all_outbound(stack))
    free = asyncio.Semaphore(16)
    begin = time.monotonic()
    async with httpx.AsyncClient(base_url=stack.demo["twilio_api"], timeout=60) as client:

        async def send(n: int) -> None:
            async with free:
                body = f"Talked to Robin Reed {n} about pumps"
                answer = await client.post("/standin/texts", json=text_of(stack, people[n % len(people)], body))
                assert answer.json()["webhook_status"] == 200, answer.text

        await asyncio.gather(*(send(n) for n in range(number)))
    taken = time.monotonic() - begin
    while len(_all_outbound(stack)) < before + number:
        assert time.monotonic() - begin < 600, "the replies did not all come"
        await asyncio.sleep(0.5)
    return {"flood: texts/s taken": number / taken, "flood: texts/s replied": number / (time.monotonic() - begin)}


def _all_outbound(stack: Stack) -> list[dict[str, Any]]:
    query = {"direction": "outbound", "limit": "100000"}
    return list(stack.twilio.get("/standin/ledger", params=query).json()["items"])


def memory(stack: Stack) -> dict[str, float]:
    """Proportional set size of every process with a pid file and its children, in MB."""
    roots = _processes(stack)
    return {name: sum(map(memory_of, _own_family(pid, set(roots.values())))) / 1024 for name, pid in roots.items()}


def _processes(stack: Stack) -> dict[str, int]:
    return {file.stem: int(file.read_text()) for file in sorted((stack.home / "run").glob("*.pid"))}


def _own_family(pid: int, roots: set[int]) -> list[int]:
    """The process and its descendants but those that have a pid file, and a row, of their own."""
    return [pid, *(each for child in children_of(pid) if child not in roots for each in _own_family(child, roots))]


def idle(stack: Stack, seconds: float = 20) -> float:
    """CPU of all of them together while nobody texts, in per cent of one core."""
    before = _ticks(stack)
    time.sleep(seconds)
    return (_ticks(stack) - before) / 100 / seconds * 100


def _ticks(stack: Stack) -> int:
    roots = set(_processes(stack).values())
    pids = [pid for root in roots for pid in _own_family(root, roots)]
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total


def show(measured: dict[str, float], parts: dict[str, float]) -> None:
    table = Table(title="The main job, measured here")
    for column in ("what", "measured", "limit", "ratio"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for name, value in measured.items():
        limit = LIMITS.get(name)
        table.add_row(name, f"{value:,.1f}", f"{limit}" if limit else "", f"{value / limit:.2f}" if limit else "")
    Console().print(table)
    Console().print("memory by process (MB): " + ", ".join(f"{name} {size:.0f}" for name, size in parts.items()))


if __name__ == "__main__":
    main()
