"""What people and programs do while everything is broken: texts, check-ins, answers, writes over HTTP."""

import asyncio
import itertools
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from deploy.local.daytime import daytime_zone
from shared.ids import uuid7
from tests.faults.house import House

AREA = "+1817555"
PEOPLE = 40
ACTS = {"text": 60, "check-in": 12, "done": 8, "promise": 12, "change": 6, "policy": 2}
"""What they do, and how often."""
PATIENCE = 5.0
"""Seconds after which a client asks again with the same Idempotency-Key."""


@dataclass
class Done:
    """What was taken: ids of what a 2xx answered for. `offered` and `taken` count texts by what the webhook answered."""

    offered: int = 0
    taken: int = 0
    repeated: int = 0
    """Requests that had to be asked more than once."""
    written: dict[str, list[str]] = field(default_factory=lambda: {"contractors": [], "action-items": []})
    check_ins: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def writes(self) -> int:
        return sum(map(len, self.written.values())) + len(self.check_ins)


class Load:
    """`rate` is in acts a second, of all people together. Each of them does one thing after the other."""

    def __init__(self, house: House, seed: int, rate: float) -> None:
        self.done = Done()
        self._stack = house.stack
        self._random = random.Random(seed)
        self._pause = PEOPLE / rate
        self._numbers = itertools.count(1)
        self._phones = itertools.count()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Until `stop`, and then until everything that was begun has an answer."""
        demo = self._stack.demo
        async with (
            httpx.AsyncClient(
                base_url=demo["gateway"], headers={"X-API-Key": demo["api_key"]}, timeout=PATIENCE
            ) as api,
            httpx.AsyncClient(base_url=demo["twilio_api"], timeout=PATIENCE * 4) as twilio,
        ):
            people = await asyncio.gather(*(self._invite(api) for _ in range(PEOPLE)))
            await asyncio.gather(*(self._live(api, twilio, *person) for person in people))

    def stop(self) -> None:
        self._stopping.set()

    async def _invite(self, api: httpx.AsyncClient) -> tuple[str, str]:
        number = next(self._phones)
        phone = f"{AREA}01{number:02d}"
        body = {"full_name": f"Pat Example {number}", "phone": phone, "time_zone": daytime_zone()}
        return await self._write(api, "contractors", body), phone

    async def _live(self, api: httpx.AsyncClient, twilio: httpx.AsyncClient, who: str, phone: str) -> None:
        while not self._stopping.is_set():
            await self._rest()
            act = self._random.choices(list(ACTS), list(ACTS.values()))[0]
            number = next(self._numbers)
            if act == "text":
                await self._text(twilio, phone, f"Met Robin Reed {number}, wants a quote for job {number}")
            elif act == "done":
                await self._text(twilio, phone, "done")
            elif act == "check-in":
                await self._check_in(api, who, number)
            elif act == "promise":
                body = {"contractor_id": who, "title": f"Send the plans {number}", "action_type": "send_info"}
                await self._write(api, "action-items", body)
            elif act == "change":
                await self._write(api, f"contractors/{who}", {"company": f"Firm {number}"}, "PATCH")
            else:
                await self._write(api, "followup-policy", {"repeat_days": number % 20 + 3}, "PATCH")

    async def _rest(self) -> None:
        pause = self._random.expovariate(1 / self._pause)
        _, waiting = await asyncio.wait([asyncio.create_task(self._stopping.wait())], timeout=pause)
        for task in waiting:
            task.cancel()

    async def _text(self, twilio: httpx.AsyncClient, phone: str, body: str) -> None:
        """Told once, as a phone does; whether Twilio has it, its ledger says."""
        told = {"from": phone, "to": self._stack.demo["twilio_number"], "body": body}
        self.done.offered += 1
        try:
            answer = await twilio.post("/standin/texts", json=told)
            self.done.taken += answer.json().get("webhook_status") == 200
        except (httpx.HTTPError, ValueError):
            return

    async def _check_in(self, api: httpx.AsyncClient, who: str, number: int) -> None:
        words = {"message_template": f"How is job {number} going?", "ai_should_personalize": False}
        body = {"contractor_id": who, "scheduled_time": datetime.now(UTC).isoformat(), **words}
        self.done.check_ins.append(await self._write(api, "followup-schedules", body))

    async def _write(self, api: httpx.AsyncClient, what: str, body: dict[str, Any], method: str = "POST") -> str:
        """Asked again with the same key until somebody answers for it."""
        headers = {"Idempotency-Key": str(uuid7())}
        for attempt in itertools.count():
            try:
                answer = await api.request(method, f"/api/v1/{what}", json=body, headers=headers)
                if answer.is_success:
                    break
                self.done.refused[str(answer.status_code)] += 1
                assert answer.status_code in (404, 409, 422, 429, 500, 502, 503, 504), answer.text
            except httpx.HTTPError as error:
                self.done.refused[type(error).__name__] += 1
            await asyncio.sleep(min(0.2 * 2**attempt, 2))
        self.done.repeated += attempt > 0
        row_id = str(answer.json().get("id"))
        if what in self.done.written:
            self.done.written[what].append(row_id)
        return row_id
