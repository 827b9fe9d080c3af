"""Finds out what became of messages whose fate is unknown: the provider's list knows what it took."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import func

from services.messaging.delivery.use_cases import record_sent
from services.messaging.messages.models import Message
from services.messaging.messages.queries import get_message, lock_message
from services.messaging.sending import queries
from shared.db.database import Database
from shared.db.jobs import Lease, LeaseLost, tenant_of

MARGIN = timedelta(minutes=2)
LISTED = 200
MAX_PAUSE_SECONDS = 60.0


class Found(Protocol):
    """A message in the provider's list."""

    @property
    def sid(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def inbound(self) -> bool: ...
    @property
    def created_at(self) -> datetime: ...


class Provider(Protocol):
    async def list_messages(
        self, *, to: str, from_: str | None = None, since: datetime | None = None, limit: int
    ) -> Sequence[Found]: ...


async def find_sid(database: Database, provider: Provider, lease: Lease) -> str | None:
    """The provider's message with these ends and words, of about this time, that is nobody else's. Raises Unavailable."""
    async with database.begin(tenant_of(lease)) as db:
        message = await get_message(db, lease.id)
    listed = await provider.list_messages(to=message.address or "", from_=message.our_address, limit=LISTED)
    earliest = _asked_at(message) - MARGIN
    same = [
        found for found in listed if not found.inbound and found.body == message.body and found.created_at >= earliest
    ]
    async with database.begin(tenant_of(lease)) as db:
        taken = await queries.sids_taken(db, [found.sid for found in same])
    return next((found.sid for found in reversed(same) if found.sid not in taken), None)


def _asked_at(message: Message) -> datetime:
    """By the real clock, which is the provider's, too."""
    return message.calling_at or message.run_after - timedelta(minutes=1)


class Reconciler:
    """`work` is the job of the queue IN_DOUBT. After `doubt_seconds` a message stays in doubt for good."""

    def __init__(self, database: Database, provider: Provider, doubt_seconds: float) -> None:
        self._database = database
        self._provider = provider
        self._doubt_seconds = doubt_seconds

    async def work(self, lease: Lease) -> None:
        sid = await find_sid(self._database, self._provider, lease)
        if sid is not None:
            return await record_sent(self._database, lease.account_id, lease.id, sid)
        return await self._keep_looking(lease)

    async def _keep_looking(self, lease: Lease) -> None:
        async with self._database.begin(tenant_of(lease)) as db:
            message, _ = await lock_message(db, lease.id)
            if message.fence != lease.fence or message.status != "in_doubt":
                raise LeaseLost
            if (await queries.real_now(db)) - _asked_at(message) > timedelta(seconds=self._doubt_seconds):
                message.leased_until, message.run_after = None, func.to_timestamp(float("inf"))
            else:
                queries.postpone(message, min(2.0**lease.attempts, MAX_PAUSE_SECONDS), message.failure_reason)
