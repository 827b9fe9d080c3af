"""Real servers for every test: PostgreSQL and a broker of the test process's own, databases cloned from migrated templates."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from hypothesis import settings
from sqlalchemy.engine import make_url

from deploy.local.embedded import EmbeddedKafka, PostgresServer, running_kafka, running_postgres
from shared.bus.kafka import KafkaCluster
from shared.db.database import Database, asyncpg_dsn
from shared.db.migrations import ROLES, migrate, provision, role_url
from shared.ids import uuid7
from tests.standins.issuer import Issuer

settings.load_profile("ci")  # the same examples every time, however long the machine takes for one
PASSWORD = "test"
for name in ("FT_HOME", "FT_PORT"):  # whoever develops has them set for a stack of their own
    os.environ.pop(name, None)

# Modules that take more than some six seconds on two cores; `make test-fast` leaves them to `make test`.
SLOW = {
    *("test_users_and_keys", "test_resources", "test_imports", "test_programme", "test_sign_in", "test_contractors"),
    *("test_supervisor", "test_embedded", "test_restart", "test_bus", "test_dispatch", "test_planning", "test_answers"),
    *("test_sending", "test_model", "test_tables", "test_database", "test_notes_http", "test_worker"),
    *("test_concierge", "test_action_items_http", "test_consent", "test_platform", "test_dead_letters", "test_stream"),
    *("test_outages", "test_odd_programmes", "test_bodies", "test_edits", "test_bodies_http", "test_whole_package"),
    *("test_hours_and_limits", "test_replans", "test_series", "test_wording", "test_doubts", "test_listing"),
    *("test_check_ins", "test_guesses", "test_workbooks", "test_dispatchers", "test_refusals_http", "test_not_sent"),
    *("test_commands", "test_demos", "test_drafts", "test_suggestions", "test_shown_drafts", "test_questions"),
    *("test_runner", "test_published_schedules", "test_runs", "test_endpoints", "test_tenants", "test_every_zone"),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        module = Path(str(item.fspath))
        if module.stem in SLOW or (module.parent.name, module.stem) == ("followups", "test_http"):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with running_postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
def kafka_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    with running_kafka(tmp_path_factory.mktemp("kafka")) as server:
        assert isinstance(server, EmbeddedKafka)
        yield server


@pytest.fixture(scope="session")
def kafka(kafka_server: EmbeddedKafka) -> KafkaCluster:
    return KafkaCluster(kafka_server.bootstrap, embedded=True, partitions=3)


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    yield issuer
    issuer.close()


@dataclass(frozen=True)
class Urls:
    """One test's own database of a service, by role; `name` is the database's."""

    service: str
    name: str
    owner: str
    app: str
    worker: str

    def database(self, role: str = "app", pool_size: int = 3) -> Database:
        return Database(getattr(self, role), service=self.service, pool_size=pool_size)


class Databases:
    """Migrates each service once, then clones."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._templates: dict[str, Awaitable[None]] = {}

    async def _template(self, service: str) -> None:
        urls = await provision(self._server.admin_url, service, dict.fromkeys(ROLES, PASSWORD))
        await migrate(urls["owner"], service)

    def use_template(self, service: str, made: Awaitable[None]) -> None:
        """`made` migrates a database that has no history under services/."""
        self._templates[service] = made

    async def clone(self, service: str) -> Urls:
        self._templates[service] = asyncio.ensure_future(self._templates.get(service) or self._template(service))
        await self._templates[service]
        name = f"{service}_{uuid7().hex[-12:]}"
        admin = make_url(self._server.admin_url)
        await self._execute(f"CREATE DATABASE {name} TEMPLATE {service} OWNER {service}_owner STRATEGY file_copy")
        return Urls(service, name, *(role_url(admin, service, role, PASSWORD, database=name) for role in ROLES))

    async def drop(self, name: str) -> None:
        await self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(asyncpg_dsn(self._server.admin_url))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@pytest.fixture(scope="session")
def databases(postgres: PostgresServer) -> Databases:
    return Databases(postgres)


@pytest.fixture
async def database_of(databases: Databases) -> AsyncIterator[Callable[[str], Awaitable[Urls]]]:
    """`await database_of("actions")` gives this test's own migrated database of that service."""
    made: list[Urls] = []

    async def clone(service: str) -> Urls:
        made.append(await databases.clone(service))
        return made[-1]

    yield clone
    for urls in made:
        await databases.drop(urls.name)


@pytest.fixture
def account_id() -> UUID:
    return uuid7()


@asynccontextmanager
async def client_of(app: FastAPI, headers: dict[str, str] | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """The application with its lifespan running, without a socket."""
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://service", headers=headers) as client:
            yield client


@pytest.fixture
def object_store_url(tmp_path: Path) -> str:
    return f"file://{tmp_path}/objects"
