"""Goes through the people of an event that is over, some at a time."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from services.actions.suggestions import queries, use_cases
from services.actions.suggestions.queries import ROUNDS
from services.actions.suggestions.rules import Person
from shared.bus.transient import is_transient
from shared.db.database import Database, Db
from shared.db.jobs import Lease, LeaseLost, tenant_of

log = logging.getLogger(__name__)

BATCH = 25


@dataclass(frozen=True)
class Suggesting:
    database: Database

    async def work(self, lease: Lease) -> None:
        """Some people in a transaction; after a failure each alone, and who fails alone is left out."""
        size = BATCH if lease.attempts == 1 else 1
        while await self._some(lease, size):
            pass

    async def _some(self, lease: Lease, size: int) -> bool:
        """Whether anybody may be left."""
        people: Sequence[Person] = []
        try:
            async with self.database.begin(tenant_of(lease)) as db:
                await ROUNDS.hold(db, lease)
                found = await queries.find_round(db, lease.id)
                people = await queries.list_people(db, lease.id, found[1], size) if found else []
                if not found or not people:
                    await queries.finish(db, lease.id)
                    return False
                await _suggest(db, lease, found[0], people)
        except Exception as error:
            if size > 1 or not people or is_transient(error) or isinstance(error, LeaseLost):
                raise
            log.exception("a person gets no suggestion")
            await self._leave_out(lease, people[-1])
        return True

    async def _leave_out(self, lease: Lease, person: Person) -> None:
        async with self.database.begin(tenant_of(lease)) as db:
            await ROUNDS.hold(db, lease)
            await queries.reach(db, lease, person.id)


async def _suggest(db: Db, lease: Lease, event: str | None, people: Sequence[Person]) -> None:
    partners = await queries.list_partners(db, lease.id)
    for person in people:
        await use_cases.suggest_partners(db, lease.id, event, person, partners)
    await queries.reach(db, lease, people[-1].id)
