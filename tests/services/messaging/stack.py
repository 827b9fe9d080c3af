"""Messaging over real sockets: its HTTP side, the Twilio stand-in on the other end, and its jobs, run step by step."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from deploy.local.twilio.signatures import sign
from services.messaging.inbound.listing import Listing
from services.messaging.sending.handlers import HANDLERS
from services.messaging.sending.jobs import Sender
from services.messaging.sending.limits import Limits
from services.messaging.sending.queries import IN_DOUBT, TO_SEND
from services.messaging.sending.reconcile import Reconciler
from services.messaging.settings import MessagingSettings
from services.messaging.twilio.client import Twilio
from shared.contracts.base import Message
from shared.contracts.messaging import Origin, SendRequested
from shared.db.database import Database, Tenant, asyncpg_dsn
from shared.db.jobs import LeaseLost
from shared.ids import uuid7
from tests.conftest import Urls

ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
AUTH_TOKEN = "token-of-the-stand-in"
PERSON = "+12145550123"


@dataclass
class Messaging:
    """One account with one number, `number`. `console` is the stand-in's far side, `http` messaging's own address."""

    urls: Urls
    settings: MessagingSettings
    account_id: UUID
    database: Database
    worker: Database
    provider: Twilio
    console: httpx.AsyncClient
    http: httpx.AsyncClient
    limits: Limits
    number: str = ""
    time_zone: str | None = None

    @property
    def sender(self) -> Sender:
        return Sender(self.database, self.provider, self.limits, self.settings.public_url)

    @property
    def listing(self) -> Listing:
        return Listing(self.database, self.worker, self.provider, 300, at_once=3)

    async def text(self, body: str, *, from_: str = PERSON, **options: Any) -> dict[str, Any]:
        """A person texts: kept by the stand-in, delivered by its signed webhook."""
        answer = await self.console.post(
            "/standin/texts", json={"from": from_, "to": self.number, "body": body, **options}
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def webhook(self, path: str = "/webhooks/twilio/sms", /, **changes: Any) -> httpx.Response:
        """A signed webhook of our own making. A list gives a name twice, None leaves it out."""
        given: dict[str, Any] = {
            "MessageSid": "SM" + uuid7().hex,
            "AccountSid": ACCOUNT_SID,
            "From": PERSON,
            "To": self.number,
            "Body": "Hello",
            "NumMedia": "0",
            **changes,
        }
        form = {name: value for name, value in given.items() if value is not None}
        return await self.http.post(path, data=form, headers={"X-Twilio-Signature": self.signature(path, form)})

    def signature(self, path: str, form: dict[str, Any]) -> str:
        joined = {name: "".join(sorted(value)) if isinstance(value, list) else value for name, value in form.items()}
        return sign(AUTH_TOKEN, self.settings.public_url + path, joined)

    async def callback(self, message: dict[str, Any], status: str, **changes: Any) -> httpx.Response:
        """A status callback for a message of ours."""
        path = f"/webhooks/twilio/status?message_id={message['id']}&account_id={self.account_id}"
        form = {
            "MessageSid": message["provider_sid"],
            "AccountSid": ACCOUNT_SID,
            "MessageStatus": status,
            **changes,
        }
        return await self.http.post(path, data=form, headers={"X-Twilio-Signature": self.signature(path, form)})

    def command(self, body: str = "Hello", **changes: Any) -> SendRequested:
        now = datetime.now(UTC)
        given: dict[str, Any] = {
            "message_key": f"actions:{uuid7()}",
            "address": PERSON,
            "purpose": "reply",
            "body": body,
            "origin": Origin(service="actions", type="turn", id=uuid7()),
            "expires_at": now + timedelta(hours=1),
            "time_zone": self.time_zone,
            **changes,
        }
        return SendRequested.model_validate(given)

    async def give(self, *messages: Message, account_id: UUID | None = None) -> None:
        """Hand commands to their handlers, each in a transaction of its own."""
        for message in messages:
            async with self.database.begin(Tenant(account_id or self.account_id)) as db:
                await HANDLERS[type(message)](db, message)

    async def send(self, body: str = "Hello", **changes: Any) -> dict[str, Any]:
        """Ask for a text, let the sender do what it can now, and return the message's row."""
        command = self.command(body, **changes)
        await self.give(command)
        await self.work()
        return await self.by_key(command.message_key)

    async def work(self) -> int:
        """Work off what is due, as the job loop does; returns how many jobs were run."""
        done = 0
        while leases := await TO_SEND.claim(self.worker, 10):
            done += len(leases)
            for outcome in await asyncio.gather(*(self.sender.work(one) for one in leases), return_exceptions=True):
                if isinstance(outcome, BaseException) and not isinstance(outcome, LeaseLost):
                    raise outcome
        return done

    async def reconcile(self) -> None:
        """Look for what is in doubt, without waiting for its time."""
        await self.sql("UPDATE messages SET run_after = clock_timestamp() WHERE status = 'in_doubt'")
        for lease in await IN_DOUBT.claim(self.worker, 10):
            await Reconciler(self.database, self.provider, self.settings.doubt_seconds).work(lease)

    async def due_now(self) -> None:
        """As if the backoff had passed."""
        await self.sql(
            "UPDATE messages SET run_after = clock_timestamp() - interval '1 second', leased_until = NULL"
            " WHERE status = 'pending'"
        )

    async def fault(self, kind: str, **options: Any) -> None:
        answer = await self.console.post("/standin/faults", json={"kind": kind, **options})
        assert answer.status_code == 201, answer.text

    async def ledger(self, *, to: str | None = PERSON, mine: bool = True) -> list[dict[str, Any]]:
        """What Twilio accepted from our number for a person, or for anybody; `mine` leaves out what it said by itself."""
        wanted = {"from": self.number, "direction": "outbound", **({"to": to} if to else {})}
        items: list[dict[str, Any]] = (await self.console.get("/standin/ledger", params=wanted)).json()["items"]
        return [item for item in items if not (mine and item.get("standin_origin"))]

    async def bodies(self, **options: Any) -> list[str]:
        return [item["body"] for item in await self.ledger(**options)]

    async def sql(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        """As the worker's role, which sees every tenant's messages."""
        async with self.worker.connection() as connection:
            return [dict(row) for row in await connection.fetch(statement, *values)]

    async def rows(self, statement: str, *values: Any, account_id: UUID | None = None) -> list[dict[str, Any]]:
        """As the account."""
        async with self.database.begin(Tenant(account_id or self.account_id)) as db:
            return [dict(row) for row in await db.raw.fetch(statement, *values)]

    async def messages(self, direction: str = "inbound") -> list[dict[str, Any]]:
        return await self.sql("SELECT * FROM messages WHERE direction = $1 ORDER BY seq", direction)

    async def by_key(self, key: str) -> dict[str, Any]:
        (row,) = await self.sql("SELECT * FROM messages WHERE message_key = $1", key)
        return row

    async def events(self, *types: str) -> list[dict[str, Any]]:
        """What was told since the account began, oldest first."""
        rows = await self.sql("SELECT type, key, account_id, payload FROM outbox ORDER BY seq")
        wanted = [row for row in rows if not types or row["type"].removesuffix(".v1") in types]
        return [
            {"type": row["type"].removesuffix(".v1"), "key": row["key"], **json.loads(row["payload"])} for row in wanted
        ]

    async def until(self, wanted: str, *values: Any, seconds: float = 30) -> None:
        """Wait for a condition in SQL."""
        async with asyncio.timeout(seconds):
            while not (await self.sql(f"SELECT ({wanted}) AS met", *values))[0]["met"]:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def as_owner(self, *statements: str) -> None:
        connection = await asyncpg.connect(asyncpg_dsn(self.urls.owner))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def move_clock(self, interval: str) -> None:
        await self.as_owner(
            f"INSERT INTO clock_offset (shift) VALUES ('{interval}') ON CONFLICT (single) DO UPDATE SET shift = excluded.shift"
        )
