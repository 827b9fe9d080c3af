"""Goes through the plans of all people of an event or an account, some at a time, beside what comes in."""

import logging
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, text

from services.followups.jobs import begin_job
from services.followups.planning import queries
from services.followups.planning.models import Replan
from services.followups.planning.people import replan_contractor
from services.followups.planning.priorities import plan_priorities
from services.followups.planning.use_cases import replan_item
from services.followups.replicas import queries as replicas
from services.followups.schedules import lifecycle
from services.followups.schedules.models import FollowupSchedule
from shared.bus.transient import is_transient
from shared.db.database import Database, Db
from shared.db.jobs import Lease, LeaseLost, Queue, tenant_of

log = logging.getLogger(__name__)

REPLANS = Queue("followup_replans", "done_at IS NULL", dead="done_at = app_clock()")
BATCH = 25

_PEOPLE_OF_EVENT = text(
    "SELECT contractor_id FROM (SELECT contractor_id FROM attendees WHERE account_id = :account_id AND event_id = :id"
    " UNION SELECT contractor_id FROM action_items WHERE account_id = :account_id AND event_id = :id"
    " UNION SELECT contractor_id FROM contractor_followup_schedules"
    " WHERE account_id = :account_id AND event_id = :id AND status = 'scheduled') AS people"
    " WHERE contractor_id > coalesce(:reached, CAST('00000000-0000-0000-0000-000000000000' AS uuid))"
    " ORDER BY contractor_id LIMIT :limit"
)
_PEOPLE_OF_ACCOUNT = text(
    "SELECT DISTINCT contractor_id FROM contractor_followup_schedules"
    " WHERE account_id = :account_id AND status = 'scheduled'"
    " AND contractor_id > coalesce(:reached, CAST('00000000-0000-0000-0000-000000000000' AS uuid))"
    " ORDER BY contractor_id LIMIT :limit"
)


async def request_event(db: Db, event_id: UUID) -> None:
    """The event was made, moved, renamed or archived: its promises and top-3 questions follow."""
    await begin_job(db, Replan, event_id, subject="event", reached=None)
    await db.notify(REPLANS.table)


async def request_account(db: Db) -> None:
    """The account's policy or zone is another: what waits follows."""
    assert db.account_id is not None
    await begin_job(db, Replan, db.account_id, subject="account", reached=None)
    await db.notify(REPLANS.table)


class Replanning:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def work(self, lease: Lease) -> None:
        """Some people in a transaction; after a failure each alone, and who fails alone is left out."""
        size = BATCH if lease.attempts == 1 else 1
        while people := await self._next(lease, size):
            try:
                await self._replan(lease, people)
            except Exception as error:
                if size > 1 or is_transient(error) or isinstance(error, LeaseLost):
                    raise
                log.exception("the plans of a person stay as they are")
                await self._reach(lease, people[-1])

    async def _next(self, lease: Lease, size: int) -> Sequence[UUID]:
        async with self._database.begin(tenant_of(lease)) as db:
            await REPLANS.hold(db, lease)
            job = await _job(db, lease)
            people = await _people(db, job, size)
            if not people:
                job.done_at, job.leased_until = db.now, None
            return people

    async def _replan(self, lease: Lease, people: Sequence[UUID]) -> None:
        async with self._database.begin(tenant_of(lease)) as db:
            job = await _job(db, lease)
            for contractor_id in people:
                if job.subject == "event":
                    await replan_at_event(db, job.id, contractor_id)
                else:
                    await replan_contractor(db, contractor_id)
            await REPLANS.hold(db, lease)
            job.reached = people[-1]

    async def _reach(self, lease: Lease, contractor_id: UUID) -> None:
        async with self._database.begin(tenant_of(lease)) as db:
            await REPLANS.hold(db, lease)
            (await _job(db, lease)).reached = contractor_id


async def _job(db: Db, lease: Lease) -> Replan:
    return (await db.scalars(select(Replan).where(Replan.id == lease.id))).one()


async def _people(db: Db, job: Replan, size: int) -> Sequence[UUID]:
    statement = _PEOPLE_OF_EVENT if job.subject == "event" else _PEOPLE_OF_ACCOUNT
    given = {"account_id": db.account_id, "id": job.id, "reached": job.reached, "limit": size}
    if job.subject == "account":
        given.pop("id")
    return (await db.scalars(statement, given)).all()


async def replan_at_event(db: Db, event_id: UUID, contractor_id: UUID) -> None:
    """What one person's promises of the event, and the top-3 question, are now."""
    event = await replicas.find_event(db, event_id)
    if event is None or event.row_version == 0:
        return
    if event.is_gone:
        about = (FollowupSchedule.event_id == event_id, FollowupSchedule.contractor_id == contractor_id)
        for row in await queries.lock_undecided(db, *about):
            await lifecycle.cancel(db, row, "event_archived")
        return
    for item in await replicas.open_items_at_event(db, event_id, contractor_id):
        await replan_item(db, item.id)
    if await replicas.attends(db, event_id, contractor_id):
        await plan_priorities(db, event_id, contractor_id)
