"""Runs a service's Alembic history; makes its roles and its database.

python -m shared.db.migrations revision <service> "what changes"     writes a new migration from the models
"""

import asyncio
import importlib
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import create_async_engine

if TYPE_CHECKING:
    from alembic.config import Config

ROOT = Path(__file__).resolve().parents[2]
ROLES = ("owner", "app", "worker")


async def provision(admin_url: str, service: str, passwords: dict[str, str]) -> dict[str, str]:
    """Make database `service` and its roles where they do not exist; returns the URL of each of `owner`, `app`, `worker`."""
    admin = make_url(admin_url)
    engine = create_async_engine(admin, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            for role in ROLES:
                await _make_role(connection, f"{service}_{role}", passwords[role])
            if not await connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": service}):
                await connection.execute(text(f"CREATE DATABASE {service} OWNER {service}_owner"))
                await connection.execute(text(f"REVOKE CONNECT ON DATABASE {service} FROM PUBLIC"))
                await connection.execute(
                    text(f"GRANT CONNECT ON DATABASE {service} TO {service}_app, {service}_worker")
                )
    finally:
        await engine.dispose()
    return {role: role_url(admin, service, role, passwords[role]) for role in ROLES}


async def _make_role(connection: Any, name: str, password: str) -> None:
    quoted = "'" + password.replace("'", "''") + "'"
    exists = await connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name})
    verb = "ALTER" if exists else "CREATE"
    await connection.execute(
        text(f"{verb} ROLE {name} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD {quoted}")
    )


def role_url(admin: URL, service: str, role: str, password: str, *, database: str | None = None) -> str:
    url = admin.set(username=f"{service}_{role}", password=password, database=database or service)
    return url.render_as_string(hide_password=False)


async def migrate(owner_url: str, service: str) -> None:
    """Upgrade `service`'s database to the newest migration; its processes may read which that is."""
    from alembic import command

    await _with_alembic(owner_url, service, lambda config: command.upgrade(config, "head"))
    engine = create_async_engine(owner_url)
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f"GRANT SELECT ON alembic_version TO {service}_app, {service}_worker"))
    finally:
        await engine.dispose()


async def _with_alembic(owner_url: str, service: str, action: "Callable[[Config], Any]") -> None:
    def run(connection: Connection) -> None:
        config = alembic_config(service)
        config.attributes["connection"] = connection
        action(config)

    engine = create_async_engine(owner_url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


def alembic_config(service: str) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("alembic")))
    config.set_main_option("version_locations", str(ROOT / "services" / service / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["metadata"] = importlib.import_module(f"services.{service}.models").Base.metadata
    return config


def newest(service: str) -> str:
    """The head revision among the migration files; read without importing Alembic, for start-up checks."""
    files = sorted((ROOT / "services" / service / "migrations").glob("[0-9]*.py"))
    found = re.search(r'^revision = "(.+)"$', files[-1].read_text(), re.MULTILINE) if files else None
    if found is None:
        raise RuntimeError(f'services/{service}/migrations holds no migration with a `revision = "…"` line')
    return found[1]


async def write_revision(owner_url: str, service: str, message: str) -> None:
    from alembic import command

    existing = len(list((ROOT / "services" / service / "migrations").glob("[0-9]*.py")))
    number = f"{existing + 1:04d}"
    await _with_alembic(
        owner_url,
        service,
        lambda config: command.revision(config, message, autogenerate=True, rev_id=number),
    )


async def _revision_from_scratch(service: str, message: str) -> None:
    """On an embedded PostgreSQL of its own, so that nothing needs to run."""
    import tempfile

    from deploy.local.embedded import running_postgres

    with tempfile.TemporaryDirectory() as home, running_postgres(Path(home)) as server:
        urls = await provision(server.admin_url, service, dict.fromkeys(ROLES, "development"))
        await migrate(urls["owner"], service)
        await write_revision(urls["owner"], service, message)


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] != "revision":
        sys.exit('usage: python -m shared.db.migrations revision <service> "what changes"')
    asyncio.run(_revision_from_scratch(sys.argv[2], sys.argv[3]))
