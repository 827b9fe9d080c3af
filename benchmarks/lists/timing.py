"""Times what a list asks of the database, as each kind of caller."""

import json
import statistics
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from benchmarks.lists.asking import List, Service, Statement, values_of
from shared.db.database import Database, Tenant

TIMES = 5
_WHO = """
SELECT account_id, person FROM given WHERE account_id = md5('account ' || $1::text)::uuid ORDER BY n DESC LIMIT 1
"""


@dataclass(frozen=True)
class Timed:
    milliseconds: float
    plan: str


@dataclass(frozen=True)
class Caller:
    """Who asks; `tenant` is what the application would set for the token `bearer`."""

    tenant: Tenant
    bearer: dict[str, str]


async def callers(service: Service, owner: asyncpg.Connection) -> list[Caller]:
    """Staff of the large account, staff of a small one, a contractor of the large one."""
    large, small = [await owner.fetchrow(_WHO, number) for number in ("0", "2")]
    return [
        _caller(service, large["account_id"], "owner"),
        _caller(service, small["account_id"], "owner"),
        _caller(service, large["account_id"], "contractor", large["person"]),
    ]


def _caller(service: Service, account_id: UUID, role: str, contractor_id: UUID | None = None) -> Caller:
    tenant = Tenant(account_id, uuid4(), role, contractor_id)
    claims = {} if contractor_id is None else {"contractor_id": contractor_id}
    return Caller(tenant, service.bearer(account_id, role, user_id=tenant.user_id, **claims))


async def time_lists(service: Service, owner: asyncpg.Connection) -> dict[str, Timed]:
    """By list and filter: the slowest value of the slowest caller, a contractor apart from staff."""
    slowest: dict[str, Timed] = {}
    for caller in await callers(service, owner):
        for each in service.lists():
            async for what, path, params in _requests(service, caller, each):
                name = what if caller.tenant.contractor_id is None else f"{what}, for a contractor"
                if await service.ask(path, caller.bearer, **params) is not None:
                    timed = await explain(service.database, caller.tenant, list(service.statements))
                    slowest[name] = max(timed, slowest.get(name, timed), key=lambda timed: timed.milliseconds)
    return slowest


async def _requests(service: Service, caller: Caller, asked: List) -> AsyncIterator[tuple[str, str, dict[str, Any]]]:
    """Name, path and parameters: the list itself, its second page, and each filter."""
    parent = (
        asked.path.rpartition("/")[0] if asked.path.count("/") > 3 and "dead-letters" not in asked.path else asked.path
    )
    parent = parent.partition("/{")[0]
    found = await service.ask(parent, caller.bearer)
    if found is None:
        return
    items, cursor = found
    path = asked.path if not items else _with_id(asked.path, items[0]["id"])
    if not asked.needed:
        yield asked.path, path, {}
        if cursor and path == parent:
            yield f"{asked.path}, next page", path, {"cursor": cursor}
    for name, told in asked.filters.items():
        for value in values_of(name, told, items):
            yield f"{asked.path}?{name}", path, {name: value}


def _with_id(path: str, row_id: str) -> str:
    head, _, rest = path.partition("/{")
    return f"{head}/{row_id}{rest.partition('}')[2]}" if rest else path


async def explain(database: Database, tenant: Tenant, statements: list[Statement]) -> Timed:
    """Run them again, a few times, under the settings of `tenant`."""
    assert statements, "a list that asks the database nothing is not measured"
    told = [await _explain(database, tenant, each) for each in statements]
    return Timed(sum(each.milliseconds for each in told), "; ".join(each.plan for each in told))


async def _explain(database: Database, tenant: Tenant, statement: Statement) -> Timed:
    times = []
    for _ in range(TIMES):
        async with database.begin(tenant) as db:
            told = await db.raw.fetchval(
                f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement.sql}", *statement.values
            )
        whole = (json.loads(told) if isinstance(told, str) else told)[0]
        times.append(whole["Planning Time"] + whole["Execution Time"])
    return Timed(statistics.median(times), " < ".join(_nodes(whole["Plan"])))


def _nodes(plan: dict[str, Any]) -> Iterator[str]:
    """Each step's kind, with its index or table, from the last to the first."""
    yield " ".join([plan["Node Type"], plan.get("Index Name") or plan.get("Relation Name") or ""]).strip()
    for child in plan.get("Plans", []):
        yield from _nodes(child)
