"""The main job under load, on a whole local stack with the offline provider: webhooks, replies, backlog; start, memory, idling.

    python -m benchmarks.webhooks [--seconds 60] [--idle 60]

Texts come from this process, by the Twilio stand-in, whose ledger says when a text was taken and when its reply. With the embedded
broker, which `make up` starts, all is measured; with Apache Kafka start, memory and idling, and those for information.
"""

import asyncio
import statistics
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.main_job import LIMITS, idle, make_people, memory, milliseconds, start_times, text_of, texts
from benchmarks.measure import Number, finish, options
from benchmarks.places import brokers, choose_brokers
from tests.stack import Stack, running_stack

UNITS = {"first make up (s)": "s", "next make up (s)": "s", "memory, PSS (MB)": "MB", "idle (% of a core)": "%"}
WEBHOOK_RATE, WEBHOOK_P99 = 200, 50
CALM_RATE, CALM_P50, CALM_P99 = 20, 80, 250
BUSY_RATE, BUSY_P99 = 100, 1_000
PATIENCE = 600


@dataclass(frozen=True)
class Load:
    """What came of texts at a steady rate: milliseconds until the webhook's answer and until the reply, sorted; and how long
    after the last text its reply went, in seconds."""

    webhooks: list[float]
    replies: list[float]
    backlog: float


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="of each rate")
    parser.add_argument("--idle", type=float, default=60, help="seconds of rest before idling is measured")
    choose_brokers(parser)
    told = parser.parse_args()
    numbers = []
    for kind in brokers(told.broker):
        with tempfile.TemporaryDirectory() as folder:
            numbers += measure(Path(folder) / "home", kind, told.seconds, told.idle)
    finish("webhooks", "The main job, on a whole local stack", numbers, told.results)


def measure(home: Path, kind: str, seconds: float, rest: float) -> list[Number]:
    measured = start_times(home, FT_KAFKA=kind)
    with running_stack(home, FT_KAFKA=kind) as stack:
        people = make_people(stack)
        asyncio.run(texts(stack, people, CALM_RATE, 5))  # connections, caches, plans
        loads = under_load(stack, people, seconds) if kind == "embedded" else []
        measured["memory, PSS (MB)"] = sum(memory(stack).values())
        time.sleep(rest)
        measured["idle (% of a core)"] = idle(stack)
    limits = LIMITS if kind == "embedded" else {}
    ends = [Number(f"{kind} broker, {what}", value, UNITS[what], limits.get(what)) for what, value in measured.items()]
    return [*loads, *ends]


def under_load(stack: Stack, people: list[str], seconds: float) -> list[Number]:
    calm, busy, full = [
        asyncio.run(send_and_wait(stack, people, rate, seconds)) for rate in (CALM_RATE, BUSY_RATE, WEBHOOK_RATE)
    ]
    lost = stored_less_than_taken(stack)
    at_calm, at_busy, at_full = (f"at {rate}/s for {seconds:g} s" for rate in (CALM_RATE, BUSY_RATE, WEBHOOK_RATE))
    return [
        Number(f"text to reply p50, {at_calm}", statistics.median(calm.replies), "ms", CALM_P50),
        Number(f"text to reply p99, {at_calm}", _p99(calm.replies), "ms", CALM_P99),
        Number(f"text to reply p99, {at_busy}", _p99(busy.replies), "ms", BUSY_P99),
        Number(f"webhook p50, {at_full}", statistics.median(full.webhooks), "ms"),
        Number(f"webhook p99, {at_full}", _p99(full.webhooks), "ms", WEBHOOK_P99),
        Number("texts that are in the ledger and not in the database", lost, "", 0),
        Number(f"backlog is gone after texts {at_full}", full.backlog, "s"),
    ]


def _p99(ordered: list[float]) -> float:
    return ordered[int(len(ordered) * 0.99)]


async def send_and_wait(stack: Stack, people: list[str], rate: float, seconds: float) -> Load:
    """Each person in turn; every text must be answered once."""
    count = int(rate * seconds)
    async with httpx.AsyncClient(base_url=stack.demo["twilio_api"], timeout=60) as client:
        begin = time.monotonic()
        tasks = []
        for n in range(count):
            await asyncio.sleep(max(0.0, begin + n / rate - time.monotonic()))
            tasks.append(asyncio.create_task(_send(client, stack, people[n % len(people)], n)))
        sent = await asyncio.gather(*tasks)
        replies = await _replies(client, min(each["accepted_at"] for each in sent), count)
    waits = replied_after(sent, replies)
    last = max(each["accepted_at"] for each in sent)
    webhooks = sorted(each["webhook_seconds"] * 1000 for each in sent)
    return Load(webhooks, sorted(waits), milliseconds(last, max(each["accepted_at"] for each in replies)) / 1000)


async def _send(client: httpx.AsyncClient, stack: Stack, phone: str, number: int) -> dict[str, Any]:
    body = f"Met Alex Jones {number}, wants a quote for a roof. alex{number}@example.com"
    sent = (await client.post("/standin/texts", json=text_of(stack, phone, body))).json()
    assert sent["webhook_status"] == 200, sent
    return {"phone": phone, **sent}


async def _replies(client: httpx.AsyncClient, since: str, count: int) -> list[dict[str, Any]]:
    query = {"direction": "outbound", "since": since}
    async with asyncio.timeout(PATIENCE):
        while True:
            items: list[dict[str, Any]] = (await client.get("/standin/ledger", params=query)).json()["items"]
            if len(items) >= count:
                assert len(items) == count, f"{len(items)} replies to {count} texts"
                return items
            await asyncio.sleep(1)


def replied_after(sent: list[dict[str, Any]], replies: list[dict[str, Any]]) -> list[float]:
    """Milliseconds from each text to its reply: turns of a person run in order, so the n-th reply is the n-th text's."""
    by_phone: dict[str, list[str]] = defaultdict(list)
    for reply in sorted(replies, key=lambda reply: reply["accepted_at"]):
        by_phone[reply["to"]].append(reply["accepted_at"])
    texted: dict[str, list[str]] = defaultdict(list)
    for text in sorted(sent, key=lambda text: text["accepted_at"]):
        texted[text["phone"]].append(text["accepted_at"])
    assert {phone: len(times) for phone, times in texted.items()} == {phone: len(t) for phone, t in by_phone.items()}
    return [
        milliseconds(text, reply)
        for phone in texted
        for text, reply in zip(texted[phone], by_phone[phone], strict=True)
    ]


def stored_less_than_taken(stack: Stack) -> int:
    """Texts that Twilio took and that no message of ours holds, by what both call them."""
    taken = stack.twilio.get("/standin/ledger", params={"direction": "inbound"}).json()["items"]
    stored = {item["provider_sid"] for item in stack.items("/api/v1/messages", direction="inbound")}
    return len({item["sid"] for item in taken} - stored)


if __name__ == "__main__":
    main()
