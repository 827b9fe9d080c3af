"""Every table with an account x every role x every command on another account's rows; then each policy is broken on purpose.

Made from the catalogue: a new table is in it by existing, a new service by standing in the gateway's list. What is open across
accounts stands in declared.py, with its reason; what is open and is not declared fails, and what is declared and is not open fails.
Everything happens in the superuser's transactions, as one role after the other, and is rolled back.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table as Printed

from shared.db.migrations import ROLES
from tests.isolation.catalogue import Table
from tests.isolation.conftest import House, entered
from tests.isolation.declared import OPENINGS
from tests.isolation.matrix import UNSET, Trial, actors, breaches, colleagues, own_row_trials, trials
from tests.isolation.mutants import Mutant, mutants


async def test_every_table_has_rows_of_both_accounts(house: House) -> None:
    assert house.tables
    for name in house.tables:
        assert await house.connection.fetchval(f"SELECT count(DISTINCT account_id) FROM {name}") == 2, name


async def test_where_nobody_was_ever_named_no_rows_are_reached(house: House) -> None:
    async with entered(house.url) as connection:
        for table in house.tables.values():
            assert await breaches(connection, house.service, table, list(trials(house.service, table, UNSET))) == []


async def test_each_role_reaches_of_an_account_what_is_declared(house: House) -> None:
    wrong = []
    for table in house.tables.values():
        wrong += await breaches(house.connection, house.service, table, tried(house, table))
    assert wrong == []


def tried(house: House, table: Table) -> list[Trial]:
    return [
        *trials(house.service, table, actors(house.acting_roles)),
        *own_row_trials(house.service, table, colleagues(house.acting_roles)),
    ]


async def test_what_grants_and_policies_open_is_declared(house: House) -> None:
    opened = {
        (role, name): found
        for role in ROLES
        for name, table in house.tables.items()
        if role != "app" and (found := table.openings(house.service, role))
    }
    for (role, name), commands in opened.items():
        print(f"{house.service}_{role}: {', '.join(sorted(commands))} of every account's {name}")
    assert opened == {place: set(opening.commands) for place, opening in OPENINGS[house.service].items()}


async def test_every_policy_that_is_broken_is_noticed(houses: dict[str, House]) -> None:
    found = await asyncio.gather(*(noticed_or_not(house) for house in houses.values()))
    made = Counter(mutant.kind for each in found for mutant in each.values())
    survivors = {name: mutant.kind for each in found for name, mutant in each.items() if not mutant.is_noticed}
    lost = Counter(survivors.values())
    printed = Printed("broken on purpose", "made", "noticed")
    for kind, count in made.items():
        printed.add_row(kind, str(count), str(count - lost[kind]))
    printed.add_row("all", str(made.total()), str(made.total() - lost.total()))
    Console(width=120).print(printed, *survivors, sep="\n")
    assert survivors == {}


@dataclass(frozen=True)
class Made:
    kind: str
    is_noticed: bool


async def noticed_or_not(house: House) -> dict[str, Made]:
    """By name."""
    made = {}
    for table in house.tables.values():
        known = tried(house, table)
        for mutant in mutants(house.service, table):
            found = await breaches_of(house, table, mutant, known)
            made[f"{house.service}.{table.name} {mutant.policy}: {mutant.kind}"] = Made(mutant.kind, found != [])
    return made


async def breaches_of(house: House, table: Table, mutant: Mutant, known: list[Trial]) -> list[str]:
    transaction = house.connection.transaction()
    await transaction.start()
    try:
        await house.connection.execute(mutant.statement)
        return await breaches(house.connection, house.service, table, known)
    finally:
        await transaction.rollback()
