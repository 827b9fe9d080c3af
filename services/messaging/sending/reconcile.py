"""Finds out what became of messages whose fate is unknown: the provider's list knows what it took."""

from datetime import timedelta

from sqlalchemy import func

from services.messaging.delivery.use_cases import record_sent
from services.messaging.messages.queries import get_message, lock_message
from services.messaging.provider import Provider
from services.messaging.sending import queries
from shared.db.database import Database
from shared.db.jobs import Lease, LeaseLost, tenant_of

MARGIN = timedelta(minutes=2)
ANSWER_TIME = timedelta(seconds=15)
"""As long as a request may last: settings allow no more."""
LISTED = 200
MAX_PAUSE_SECONDS = 60.0


class Unclear(Exception):
    """The provider has this message, or another of ours with the same ends and words."""


async def find_sid(database: Database, provider: Provider, lease: Lease) -> str | None:
    """The provider's message with these ends and words, of the time it was asked in, that is nobody else's.

    Raises Unclear, and Unavailable when the list cannot be had.
    """
    async with database.begin(tenant_of(lease)) as db:
        message = await get_message(db, lease.id)
    if message.asked_at is None or message.calling_at is None:
        return None
    earliest, latest = message.asked_at - MARGIN, message.calling_at + ANSWER_TIME + MARGIN
    listed = await provider.list_messages(to=message.address or "", from_=message.our_address, limit=LISTED)
    same = {
        found.sid: found.created_at
        for found in reversed(listed)
        if not found.inbound and found.body == message.body and earliest <= found.created_at <= latest
    }
    if not same:
        return None
    async with database.begin(tenant_of(lease)) as db:
        # Rivals first: one that is settled in between has taken its sid by then.
        rivals = await queries.count_rivals(
            db, message, min(same.values()) - ANSWER_TIME - MARGIN, max(same.values()) + MARGIN
        )
        taken = await queries.sids_taken(db, list(same))
    free = [sid for sid in same if sid not in taken]
    if free and len(free) <= rivals:
        raise Unclear("the provider has one, and another message says the same")
    return free[0] if free else None


class Reconciler:
    """`work` is the job of the queue IN_DOUBT. After `doubt_seconds` a message stays in doubt for good."""

    def __init__(self, database: Database, provider: Provider, doubt_seconds: float) -> None:
        self._database = database
        self._provider = provider
        self._doubt_seconds = doubt_seconds

    async def work(self, lease: Lease) -> None:
        try:
            sid = await find_sid(self._database, self._provider, lease)
        except Unclear:
            sid = None
        if sid is not None:
            return await record_sent(self._database, lease.account_id, lease.id, sid)
        return await self._keep_looking(lease)

    async def _keep_looking(self, lease: Lease) -> None:
        """For as long after the last ask, not the first: an earlier one may be hours ago."""
        async with self._database.begin(tenant_of(lease)) as db:
            message, _ = await lock_message(db, lease.id)
            if message.fence != lease.fence or message.status != "in_doubt" or message.calling_at is None:
                raise LeaseLost
            if (await queries.real_now(db)) - message.calling_at > timedelta(seconds=self._doubt_seconds):
                message.leased_until, message.run_after = None, func.to_timestamp(float("inf"))
            else:
                queries.postpone(message, min(2.0**lease.attempts, MAX_PAUSE_SECONDS), message.failure_reason)
