"""What each role reaches of another tenant's rows, command by command, with WHERE and without."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from tests.isolation import catalogue

OURS, THEIRS = UUID(int=1 << 120 | 1), UUID(int=1 << 120 | 2)
NOBODY_THERE = UUID(int=3 << 120)


@dataclass(frozen=True)
class Acting:
    """A role of the database, and what its transaction says who acts. `account` None: no setting; empty: ''."""

    role: str
    account: str | None
    acts_as: str = "owner"
    contractor: str = ""

    @property
    def name(self) -> str:
        told = {None: "without settings", "": "with empty settings", str(OURS): "as us"}[self.account]
        return f"{self.role} {told}{' a contractor' if self.acts_as == 'contractor' else ''}"


class Matrix:
    """Of one table. Everything happens in the caller's transaction, which is rolled back."""

    def __init__(self, base: asyncpg.Connection, service: str, table: str, insert: str) -> None:
        self._base, self._service, self._table = base, service, table
        self._insert = insert

    @classmethod
    async def of(cls, base: asyncpg.Connection, service: str, table: str) -> "Matrix":
        """With a row of ours and one of theirs in the table."""
        await base.execute("SET session_replication_role = replica")
        for account in (OURS, THEIRS):
            await base.execute(await catalogue.insertion(base, table, account))
        insert = await catalogue.insertion(base, table, THEIRS)
        return cls(base, service, table, insert)

    def actors(self) -> list[Acting]:
        app = f"{self._service}_app"
        us = str(OURS)
        contractor = Acting(app, us, "contractor", str(NOBODY_THERE))
        return [Acting(app, us), Acting(app, None), Acting(app, ""), contractor, *self.trusted()]

    def trusted(self) -> list[Acting]:
        """Roles that reach more, as far as openings.txt says."""
        return [Acting(f"{self._service}_worker", str(OURS)), Acting(f"{self._service}_owner", str(OURS))]

    async def reached(self, actor: Acting) -> set[str]:
        """The commands by which `actor` reaches a row of theirs, or makes one."""
        theirs = f"account_id = '{THEIRS}'"
        column = await catalogue.column_for(self._base, self._table, actor.role)
        tries = {
            "SELECT": f"SELECT 1 FROM {self._table}",
            "SELECT of them": f"SELECT 1 FROM {self._table} WHERE {theirs}",
            "UPDATE": f"UPDATE {self._table} SET {column} = {column}",
            "UPDATE of them": f"UPDATE {self._table} SET {column} = {column} WHERE {theirs}",
            "UPDATE into them": f"UPDATE {self._table} SET account_id = '{THEIRS}' WHERE account_id = '{OURS}'",
            "DELETE": f"DELETE FROM {self._table}",
            "DELETE of them": f"DELETE FROM {self._table} WHERE {theirs}",
            "INSERT": self._insert,
        }
        most = {"SELECT": 1, "UPDATE": 1, "DELETE": 1} if actor.account == str(OURS) else {}
        found = set()
        for command, statement in tries.items():
            if await self._count(actor, statement) > most.get(command, 0):
                found.add(command.split()[0])
        return found

    async def sees_own(self, actor: Acting) -> bool:
        return await self._count(actor, f"SELECT 1 FROM {self._table} WHERE account_id = '{OURS}'") == 1

    async def _count(self, actor: Acting, statement: str) -> int:
        """Rows reached; none where it is refused."""
        async with self._as(actor):
            try:
                return int((await self._base.execute(statement)).split()[-1])
            except asyncpg.InsufficientPrivilegeError:
                return 0
            except (asyncpg.IntegrityConstraintViolationError, asyncpg.RaiseError):
                return 2  # nothing but a constraint or a trigger was in the way

    @asynccontextmanager
    async def _as(self, actor: Acting) -> AsyncIterator[None]:
        attempt = self._base.transaction()
        await attempt.start()
        try:
            for name, value in (
                ("app.account_id", actor.account), ("app.role", actor.acts_as), ("app.contractor_id", actor.contractor)
            ):  # fmt: skip
                if value is not None:
                    await self._base.execute("SELECT set_config($1, $2, true)", name, value)
            await self._base.execute(f"SET LOCAL ROLE {actor.role}")
            yield
        finally:
            await attempt.rollback()


async def breaches(matrix: Matrix, openings: set[str], is_of_persons: bool) -> list[str]:
    """What is reached that may not be, and what is not that must be. `is_of_persons`: a contractor sees only own rows."""
    wrong = []
    for actor in matrix.actors():
        allowed = openings if actor in matrix.trusted() else set()
        reached = {f"{actor.role.rpartition('_')[2]} {command}" for command in await matrix.reached(actor)}
        wrong += [f"{actor.name}: {each}" for each in sorted(reached - allowed)]
        if actor in matrix.trusted():
            gone = {each for each in allowed if each.startswith(actor.role.rpartition("_")[2])} - reached
            wrong += [f"{actor.name}: no longer {each}" for each in sorted(gone)]
    [first, *_], contractor = matrix.actors(), matrix.actors()[3]
    if "app SELECT own" in openings and not await matrix.sees_own(first):
        wrong.append("the tenant does not see its own row")
    if is_of_persons and await matrix.sees_own(contractor):
        wrong.append("a contractor sees another's row")
    return wrong
