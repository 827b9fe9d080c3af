"""How many database connections one of each process needs, and whether the server takes them."""

import asyncpg

from deploy.topology import SERVICES
from shared.db.database import asyncpg_dsn
from shared.worker import JOB_CONNECTIONS

LISTENS = 1
_FREE = (
    "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
    " - current_setting('reserved_connections')::int"
)


def needed(pool_size: int) -> int:
    """Of all services' processes: an API has one pool, a worker another, one for its jobs, and what listens."""
    return len(SERVICES) * (pool_size + pool_size + JOB_CONNECTIONS + LISTENS)


async def shortage(admin_url: str, pool_size: int) -> str:
    """A sentence for the operator; empty when the server takes as many."""
    connection = await asyncpg.connect(asyncpg_dsn(admin_url), timeout=10)
    try:
        free: int = await connection.fetchval(_FREE)
    finally:
        await connection.close()
    if needed(pool_size) <= free:
        return ""
    return (
        f"One of each process needs {needed(pool_size)} connections, and PostgreSQL takes {free}:"
        " raise its max_connections, or lower FT_DATABASE_POOL_SIZE."
    )
