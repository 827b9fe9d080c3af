"""One filled database of each service, for all tests of the matrix."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from deploy.local.embedded import PostgresServer
from deploy.topology import SERVICES
from shared.db.database import asyncpg_dsn
from tests.conftest import Databases
from tests.isolation import rows
from tests.isolation.catalogue import Table, acting_roles, read_tables
from tests.isolation.matrix import ATTEMPT


@dataclass(frozen=True)
class House:
    """A service's database with rows of two accounts in every table that has an account. `connection` is the superuser's."""

    service: str
    url: str
    connection: asyncpg.Connection
    tables: dict[str, Table]

    @property
    def acting_roles(self) -> list[str]:
        return acting_roles(self.tables.values())


@asynccontextmanager
async def entered(url: str) -> AsyncIterator[asyncpg.Connection]:
    """As the superuser, who can try what each role can."""
    connection = await asyncpg.connect(url)
    try:
        # Without foreign keys and triggers: the policies alone.
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(ATTEMPT)
        yield connection
    finally:
        await connection.close()


async def _furnish(service: str, table: Table, connection: asyncpg.Connection) -> None:
    try:
        for statement in rows.statements(service, table):
            await connection.execute(statement)
    except (KeyError, asyncpg.PostgresError) as error:
        pytest.fail(f"{service}.{table.name} cannot be filled; declared.VALUES may say with what: {error!r}")


@pytest.fixture(scope="session")
async def houses(databases: Databases, postgres: PostgresServer) -> AsyncIterator[dict[str, House]]:
    """By service."""
    made: dict[str, House] = {}
    async with AsyncExitStack() as stack:
        for service in SERVICES:
            name = (await databases.clone(service)).name
            stack.push_async_callback(databases.drop, name)
            url = asyncpg_dsn(make_url(postgres.admin_url).set(database=name).render_as_string())
            connection = await stack.enter_async_context(entered(url))
            made[service] = House(service, url, connection, await read_tables(connection, service))
            for table in made[service].tables.values():
                await _furnish(service, table, connection)
        yield made


@pytest.fixture(params=SERVICES)
def house(request: pytest.FixtureRequest, houses: dict[str, House]) -> House:
    return houses[request.param]
