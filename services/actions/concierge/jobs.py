"""The lanes' work: lease a person, read their oldest turn without a transaction, carry it out under the fence."""

import logging
from dataclasses import dataclass, replace
from datetime import timedelta

from services.actions.concierge import knowing, queries, use_cases
from services.actions.concierge.context import Knowledge, knowledge_of
from services.actions.concierge.offline import read_turn_by_rules
from services.actions.concierge.reading import Reading
from services.actions.concierge.rules import input_of, plan_unread
from services.actions.concierge.tasks import READ_TURN
from shared.ai.records import RunRecord
from shared.ai.runner import Ai
from shared.bus.transient import is_transient
from shared.db.database import Database
from shared.db.jobs import Lease, LeaseLost, tenant_of

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 5


@dataclass(frozen=True)
class Concierge:
    database: Database
    ai: Ai
    reply_expires: timedelta = timedelta(hours=1)

    async def work(self, lease: Lease) -> None:
        """One turn of the lane's person. A turn that fails by itself is given up after five attempts; the lane goes on."""
        if lease.attempts > MAX_ATTEMPTS:
            await self._give_up(lease, "the process ended five times while this turn ran")
            return
        try:
            await self._do(lease)
        except LeaseLost:
            raise
        except Exception as error:
            if is_transient(error) or lease.attempts < MAX_ATTEMPTS:
                raise
            log.exception("a turn is given up")
            await self._give_up(lease, type(error).__name__)

    async def _do(self, lease: Lease) -> None:
        async with self.database.begin(tenant_of(lease)) as db:
            stored = await knowing.begin_turn(db, lease.id)
            if stored is None:
                await queries.LANES.hold(db, lease)
                await queries.release_lane(db, lease.id)
                return
        known = knowledge_of(stored)
        reading, run = await self._read(lease, known)
        try:
            await self._carry_out(lease, known, reading, run)
        except Exception as error:
            if run is None or run.outcome != "ok" or isinstance(error, LeaseLost) or is_transient(error):
                raise
            log.warning("what a model read could not be carried out: %s", type(error).__name__)
            by_rules = replace(run, outcome="fallback", fallback_reason="not_carried_out")
            await self._carry_out(lease, known, read_turn_by_rules(input_of(known)), by_rules)

    async def _carry_out(self, lease: Lease, known: Knowledge, reading: Reading | None, run: RunRecord | None) -> None:
        async with self.database.begin(tenant_of(lease)) as db:
            speaks = await queries.hold_lane(db, lease, known.turn.conversation_id, known.turn.conversation_epoch)
            await use_cases.carry_out(db, known, reading, run, self.reply_expires, speaks=speaks)
        read_as = reading.intent if reading else "an option's number, or a wish to be left alone"
        log.info("a turn is carried out", extra={"turn_id": str(known.turn.id), "read_as": read_as})

    async def _read(self, lease: Lease, known: Knowledge) -> tuple[Reading | None, RunRecord | None]:
        """Nothing is read where the text is the number of an option, or a wish to be left alone."""
        if plan_unread(known) is not None:
            return None, None
        outcome = await self.ai.run(READ_TURN, input_of(known), account_id=lease.account_id, subject_id=known.turn.id)
        return outcome.output, outcome.run

    async def _give_up(self, lease: Lease, reason: str) -> None:
        async with self.database.begin(tenant_of(lease)) as db:
            await queries.LANES.hold(db, lease)
            await queries.fail_oldest_turn(db, lease.id, reason)
            await queries.release_lane(db, lease.id)
