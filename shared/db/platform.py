"""Puts the tables that every service has into a service's first migration."""

from pathlib import Path
from typing import Any

PLATFORM_SQL = Path(__file__).with_name("platform.sql")


def platform_statements(service: str) -> str:
    return PLATFORM_SQL.read_text().replace("{service}", service)


def run_script(op: Any, script: str) -> None:
    """Several statements at once, within the migration's transaction. `op` is Alembic's."""
    adapted = op.get_bind().connection.dbapi_connection
    adapted.run_async(lambda connection: connection.execute(script))


def create_platform(op: Any, service: str) -> None:
    op.execute("SELECT 1")  # the transaction begins with the first statement that SQLAlchemy runs
    run_script(op, platform_statements(service))


def apply(op: Any, *groups: Any) -> None:
    """Run the statements that `shared.db.protect` gives."""
    for group in groups:
        for statement in group:
            op.execute(statement)
