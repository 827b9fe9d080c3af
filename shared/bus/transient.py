"""Which failures are outages, to be waited for, and which are a message's own."""

import asyncpg
from asyncpg import InternalClientError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.bus.kafka import KafkaError
from shared.errors import Unavailable

# Class 08 connection, 40 rollback (deadlock, serialization), 53 resources (disk full), 55P03 lock, 57P shutdown, 58 system.
# Not 57014: a statement that is too slow is too slow again.
_TRANSIENT_SQLSTATES = ("08", "40", "53", "55P03", "57P", "58")


def is_transient(error: BaseException) -> bool:
    """True when the same work may succeed later without anybody mending anything."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or _is_transient_answer(error.orig)
    if isinstance(error, OSError):
        return error.filename is None  # one that names a file is about that file; the others are about a connection
    return _is_transient_answer(error) or isinstance(
        error, KafkaError | PoolTimeout | Unavailable | InternalClientError
    )


def _is_transient_answer(error: BaseException | None) -> bool:
    """Of PostgreSQL, or of its driver, which has one kind of error for a connection that is gone and for a wrong call."""
    state = getattr(error, "sqlstate", None) or ""
    cause = (error.__cause__ or error) if error is not None else error
    is_gone = isinstance(cause, asyncpg.InterfaceError) and "closed" in str(cause)
    return state.startswith(_TRANSIENT_SQLSTATES) or is_gone or isinstance(cause, OSError)
