"""Prepares the words of a follow-up ahead of its time: lease, ask without a transaction, finish under the fence."""

from dataclasses import asdict
from uuid import UUID

from services.followups.replicas import queries as replicas
from services.followups.wording import queries
from services.followups.wording.facts import gather
from services.followups.wording.tasks import WORD_FOLLOWUP, Draft, Words, draft_of
from shared.ai.records import Outcome
from shared.ai.runner import Ai
from shared.bus.outbox import emit
from shared.contracts.ai import AiRunCompleted
from shared.db.database import Database, Db
from shared.db.jobs import Lease, tenant_of


class Preparing:
    def __init__(self, database: Database, ai: Ai) -> None:
        self._database = database
        self._ai = ai

    async def work(self, lease: Lease) -> None:
        """Raises LeaseLost when the schedule was changed meanwhile: then its words are prepared anew."""
        async with self._database.begin(tenant_of(lease)) as db:
            draft = await _draft(db, lease.id)
            if draft is None:
                await queries.PREPARATIONS.hold(db, lease)
                await queries.finish(db, lease.id)
                return
        outcome = await self._ai.run(WORD_FOLLOWUP, draft, account_id=lease.account_id, subject_id=lease.id)
        async with self._database.begin(tenant_of(lease)) as db:
            await _keep(db, lease, outcome)


async def _draft(db: Db, schedule_id: UUID) -> Draft | None:
    """None where nothing is to be prepared any more."""
    row = await queries.find_waiting(db, schedule_id)
    if row is None:
        return None
    contractor = await replicas.find_contractor(db, row.contractor_id)
    item = await replicas.find_item(db, row.action_item_id)
    return draft_of(gather(row, contractor, item, await replicas.find_event(db, row.event_id)))


async def _keep(db: Db, lease: Lease, outcome: Outcome[Words]) -> None:
    """What others know of the schedule does not change, so no domain event tells of it; the run has its own."""
    row = await queries.lock_waiting(db, lease.id)
    await queries.PREPARATIONS.hold(db, lease)
    if row is not None:
        row.prepared_body, row.prepared_at = outcome.output.body, db.now
        await db.flush()
    await queries.finish(db, lease.id)
    await emit(db, AiRunCompleted(**asdict(outcome.run), completed_at=db.now))
