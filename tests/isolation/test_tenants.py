"""Every table x every role x another tenant x every command, from the catalogue; then each policy is broken on purpose.

A new table is in it by existing. What the worker and the owner reach across tenants stands in openings.txt: a new opening has to
be written down there, for a reviewer to see.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy.local.embedded import PostgresServer
from deploy.topology import SERVICES
from shared.db.database import asyncpg_dsn
from tests.conftest import Urls
from tests.isolation import catalogue
from tests.isolation.catalogue import Policy
from tests.isolation.matrix import Matrix, breaches

OPENINGS = Path(__file__).with_name("openings.txt")
OF_NOBODY = {"alembic_version", "clock_offset", "inbox", "leases"}
OF_NOBODY_IN = {"directory": {"sign_in_attempts"}, "followups": set(), "messaging": set(), "actions": set()}
TENANT = "nullif(current_setting('app.account_id', true), '')::uuid"


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def base(
    service: str, postgres: PostgresServer, database_of: Callable[[str], Awaitable[Urls]]
) -> AsyncIterator[asyncpg.Connection]:
    """As the superuser, in a transaction that is rolled back."""
    urls = await database_of(service)
    connection = await asyncpg.connect(
        asyncpg_dsn(postgres.admin_url).replace("/postgres?", f"/{urls.name}?"), statement_cache_size=0
    )
    transaction = connection.transaction()
    await transaction.start()
    yield connection
    await transaction.rollback()
    await connection.close()


def openings_of(service: str, table: str) -> set[str]:
    """`worker SELECT`, `owner SELECT`, …, and `app SELECT own` where the tenant reads the table at all."""
    found = [line.split(": ") for line in OPENINGS.read_text().splitlines() if line.startswith(f"{service}.{table}: ")]
    return {each for _, told in found for each in told.split(", ")}


async def test_every_table_of_tenants_is_closed_and_those_of_nobody_are_known(
    service: str, base: asyncpg.Connection
) -> None:
    found = await catalogue.tables(base)
    assert found.not_closed == ()
    assert set(found.of_nobody) == OF_NOBODY | OF_NOBODY_IN[service]


async def test_no_role_can_go_past_the_policies(service: str, base: asyncpg.Connection) -> None:
    roles = await base.fetch(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE $1 AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)",
        f"{service}\\_%",
    )
    assert roles == []
    members = await base.fetch(
        "SELECT m.rolname FROM pg_auth_members JOIN pg_roles m ON m.oid = member JOIN pg_roles r ON r.oid = roleid"
        " WHERE m.rolname ~ '_(app|worker)$' AND r.rolname ~ '_owner$'"
    )
    assert members == []


async def test_functions_that_run_as_their_owner_look_nowhere_else(base: asyncpg.Connection) -> None:
    loose = await base.fetch(
        "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        " AND NOT coalesce(array_to_string(proconfig, ','), '') LIKE '%search_path=%'"
    )
    assert loose == []


async def test_no_role_reaches_another_tenants_rows(service: str, base: asyncpg.Connection) -> None:
    wrong = []
    for table in (await catalogue.tables(base)).of_tenants:
        is_of_persons = await _is_of_persons(base, table)
        async with base.transaction():
            matrix = await Matrix.of(base, service, table)
            wrong += [f"{table}: {each}" for each in await breaches(matrix, openings_of(service, table), is_of_persons)]
    assert wrong == []


async def _is_of_persons(base: asyncpg.Connection, table: str) -> bool:
    return any("app.contractor_id" in (policy.using or "") for policy in await catalogue.policies(base, table))


async def test_a_policy_that_is_broken_is_noticed(
    service: str, base: asyncpg.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    made, survivors = 0, []
    for table in (await catalogue.tables(base)).of_tenants:
        is_of_persons = await _is_of_persons(base, table)
        for policy in await catalogue.policies(base, table):
            for name, statements in mutants(service, table, policy):
                made += 1
                change = base.transaction()
                await change.start()
                for statement in statements:
                    await base.execute(statement)
                matrix = await Matrix.of(base, service, table)
                if not await breaches(matrix, openings_of(service, table), is_of_persons):
                    survivors.append(f"{table}.{policy.name}: {name}")
                await change.rollback()
    with capsys.disabled():
        print(f"\n{service}: {made} broken policies, {made - len(survivors)} noticed")
    assert survivors == []


def mutants(service: str, table: str, policy: Policy) -> Iterator[tuple[str, list[str]]]:
    """Ways in which the application's policies are written wrongly."""
    if f"{service}_app" not in policy.roles:
        return
    alter = f"ALTER POLICY {policy.name} ON {table}"
    security = f"ALTER TABLE {table}"
    yield "row security is off", [f"{security} DISABLE ROW LEVEL SECURITY"]
    yield "not forced", [f"{security} NO FORCE ROW LEVEL SECURITY"]
    yield "another policy for everybody", [f"CREATE POLICY hole ON {table} USING (true) WITH CHECK (true)"]
    if policy.command in ("a", "*"):
        yield "rows of anybody may be written", [f"{alter} WITH CHECK (true)"]
    if policy.using is not None:
        yield "all rows", [f"{alter} USING (true)"]
        yield (
            "a setting that nobody sets",
            [f"{alter} USING ({policy.using.replace('app.account_id', 'app.accountid')})"],
        )
        yield "all rows without a setting", [f"{alter} USING (account_id = coalesce({TENANT}, account_id))"]
        if "app.contractor_id" in policy.using:
            yield "a contractor's rows are everybody's", [f"{alter} USING (account_id = {TENANT})"]
