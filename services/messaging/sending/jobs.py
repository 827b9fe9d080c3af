"""Hands messages to the provider: decide and mark, ask outside of any transaction, record."""

from typing import Protocol
from urllib.parse import urlencode

from services.messaging.delivery.use_cases import record_sent
from services.messaging.sending import use_cases
from services.messaging.sending.outcomes import Accepted, Outcome
from services.messaging.sending.reconcile import Provider as Lister
from services.messaging.sending.reconcile import find_sid
from services.messaging.sending.use_cases import Call, Limits
from shared.db.database import Database
from shared.db.jobs import Lease, tenant_of

CALLBACK_PATH = "/webhooks/twilio/status"


class Provider(Lister, Protocol):
    async def send(self, *, to: str, from_: str, body: str, status_callback: str) -> Outcome: ...


class Sender:
    """`work` is the job of the queue TO_SEND."""

    def __init__(self, database: Database, provider: Provider, limits: Limits, public_url: str) -> None:
        self._database = database
        self._provider = provider
        self._limits = limits
        self._callback = public_url.rstrip("/") + CALLBACK_PATH

    async def work(self, lease: Lease) -> None:
        call = await self._prepare(lease)
        if call is not None and call.look_first:
            sid = await find_sid(self._database, self._provider, lease)
            if sid is not None:
                return await self._finish(lease, Accepted(sid))
            call = await self._prepare(lease, looked=True)
        if call is None:
            return None
        return await self._finish(lease, await self._ask(lease, call))

    async def _prepare(self, lease: Lease, *, looked: bool = False) -> Call | None:
        async with self._database.begin(tenant_of(lease)) as db:
            return await use_cases.prepare(db, lease, self._limits, looked=looked)

    async def _ask(self, lease: Lease, call: Call) -> Outcome:
        # Twilio signs the whole address, so what stands in it comes back as we wrote it.
        query = urlencode({"message_id": str(call.message_id), "account_id": str(lease.account_id)})
        return await self._provider.send(
            to=call.to, from_=call.from_, body=call.body, status_callback=f"{self._callback}?{query}"
        )

    async def _finish(self, lease: Lease, outcome: Outcome) -> None:
        """That the provider has it is a fact, whoever holds the lease by now."""
        if isinstance(outcome, Accepted):
            await record_sent(self._database, lease.account_id, lease.id, outcome.sid)
            return
        async with self._database.begin(tenant_of(lease)) as db:
            await use_cases.finish(db, lease, outcome, self._limits)
            await db.notify("messages")
