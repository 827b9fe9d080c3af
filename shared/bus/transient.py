"""Which failures are outages, to be waited for, and which are a message's own."""

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.bus.kafka import KafkaError
from shared.errors import Unavailable

# Class 08 connection, 40 rollback (deadlock, serialization), 53 resources (disk full), 55P03 lock, 57 operator, 58 system.
_TRANSIENT_SQLSTATES = ("08", "40", "53", "55P03", "57", "58")


def is_transient(error: BaseException) -> bool:
    """True when the same work may succeed later without anybody mending anything."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        return error.connection_invalidated or state.startswith(_TRANSIENT_SQLSTATES) or _is_connection(error)
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "").startswith(_TRANSIENT_SQLSTATES)
    return isinstance(error, OSError | TimeoutError | KafkaError | PoolTimeout | Unavailable | asyncpg.InterfaceError)


def _is_connection(error: DBAPIError) -> bool:
    return isinstance(error, InterfaceError | OperationalError) and not getattr(error.orig, "sqlstate", None)
