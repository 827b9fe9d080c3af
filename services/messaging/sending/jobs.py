"""Hands messages to the provider: decide and mark, ask outside of any transaction, record."""

import logging
from urllib.parse import urlencode

from services.messaging.delivery.use_cases import record_sent
from services.messaging.provider import Provider
from services.messaging.sending import finishing, use_cases
from services.messaging.sending.limits import Limits
from services.messaging.sending.outcomes import Accepted, Outcome, Unknown
from services.messaging.sending.queries import TO_SEND
from services.messaging.sending.reconcile import Unclear, find_sid
from services.messaging.sending.use_cases import Call
from shared import crash_points
from shared.bus.transient import is_transient
from shared.db.database import Database
from shared.db.jobs import ENDED, Lease, LeaseLost, tenant_of

log = logging.getLogger(__name__)

CALLBACK_PATH = "/webhooks/twilio/status"


class Sender:
    """`work` is the job of the queue TO_SEND."""

    def __init__(self, database: Database, provider: Provider, limits: Limits, public_url: str) -> None:
        self._database = database
        self._provider = provider
        self._limits = limits
        self._callback = public_url.rstrip("/") + CALLBACK_PATH

    async def work(self, lease: Lease) -> None:
        """The last attempt ends the message, whatever went wrong: a queue's end would tell nobody."""
        if lease.attempts > TO_SEND.max_attempts:
            return await self._give_up(lease, ENDED)
        try:
            await self._send(lease)
        except Exception as error:
            if isinstance(error, LeaseLost) or is_transient(error) or lease.attempts < TO_SEND.max_attempts:
                raise
            log.exception("a message is given up")
            await self._give_up(lease, f"{type(error).__name__}: {error}")

    async def _send(self, lease: Lease) -> None:
        # Once a message is marked, seconds of waiting for a client would make a doubt of it.
        await self._provider.ready()
        call = await self._prepare(lease)
        if call is not None and call.look_first:
            try:
                sid = await find_sid(self._database, self._provider, lease)
            except Unclear as error:
                return await self._finish(lease, Unknown(str(error)))
            if sid is not None:
                return await self._finish(lease, Accepted(sid))
            call = await self._prepare(lease, looked=True)
        if call is None:
            return None
        return await self._finish(lease, await self._ask(lease, call))

    async def _prepare(self, lease: Lease, *, looked: bool = False) -> Call | None:
        async with self._database.begin(tenant_of(lease)) as db:
            call = await use_cases.prepare(db, lease, self._limits, looked=looked)
            if call is None:
                await db.notify("messages")
            return call

    async def _ask(self, lease: Lease, call: Call) -> Outcome:
        # Twilio signs the whole address, so what stands in it comes back as we wrote it.
        query = urlencode({"message_id": str(call.message_id), "account_id": str(lease.account_id)})
        crash_points.passing("provider.before")
        outcome = await self._provider.send(
            to=call.to, from_=call.from_, body=call.body, status_callback=f"{self._callback}?{query}"
        )
        crash_points.passing("provider.after")
        return outcome

    async def _finish(self, lease: Lease, outcome: Outcome) -> None:
        """That the provider has it is a fact, whoever holds the lease by now."""
        if isinstance(outcome, Accepted):
            await record_sent(self._database, lease.account_id, lease.id, outcome.sid)
            return
        async with self._database.begin(tenant_of(lease)) as db:
            await finishing.finish(db, lease, outcome, self._limits.verify_seconds)
            await db.notify("messages")

    async def _give_up(self, lease: Lease, reason: str) -> None:
        async with self._database.begin(tenant_of(lease)) as db:
            await finishing.give_up(db, lease, reason)
            await db.notify("messages")
