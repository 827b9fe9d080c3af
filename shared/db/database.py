"""Transactions of one tenant: the engine, and the handle `Db` that every use case works on."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import asyncpg
from sqlalchemy import event
from sqlalchemy.exc import EmulatedDBAPIException
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from shared import crash_points

REVIVAL_SECONDS = 5
# The third is what asyncpg says when the server's farewell came before the next statement.
GONE = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)

_BECOME = """
SELECT set_config('app.account_id', $1, true), set_config('app.user_id', $2, true),
    set_config('app.role', $3, true), set_config('app.contractor_id', $4, true), app_clock()
"""


@dataclass(frozen=True)
class Tenant:
    """Whose rows a transaction sees: what row-level security policies read."""

    account_id: UUID | None
    user_id: UUID | None = None
    role: str = "service"
    contractor_id: UUID | None = None


NOBODY = Tenant(None)


class RolledBack(Exception):
    """A statement of the block had failed, and the block went on as if it had not: nothing of it was stored."""


class Db(AsyncSession):
    """One transaction. `account_id` and `now` (business time, from the database's clock) hold until `become` is called again.

    `raw`: the asyncpg connection under it, for hot statements."""

    service: str
    raw: asyncpg.Connection
    account_id: UUID | None = None
    now: datetime

    async def become(self, tenant: Tenant) -> None:
        """Set the tenant of what follows in this transaction; rows of another tenant that were loaded are forgotten."""
        await self.flush()
        self.expunge_all()
        ids = (tenant.account_id, tenant.user_id, tenant.contractor_id)
        account_id, user_id, contractor_id = (str(each or "") for each in ids)
        row = await self.raw.fetchrow(_BECOME, account_id, user_id, tenant.role, contractor_id)
        self.account_id, self.now = tenant.account_id, row[4]
        self.sync_session.info["account_id"] = tenant.account_id

    async def notify(self, channel: str) -> None:
        """Wake those who listen on `channel`, when this transaction commits."""
        await self.raw.execute("SELECT pg_notify($1, '')", channel)


@event.listens_for(Session, "before_flush")
def _fill_account(session: Session, _context: Any, _instances: Any) -> None:
    for row in session.new:
        if getattr(row, "account_id", ...) is None:
            row.account_id = session.info.get("account_id")


class Database:
    """A pool of one role's connections to one service's database.

    SQLAlchemy commits nothing by itself: `begin` has the transaction, by asyncpg, at a third of the time."""

    def __init__(self, url: str, *, service: str, pool_size: int = 3, application: str = "") -> None:
        self.service = service
        self.url = url
        self.engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            isolation_level="AUTOCOMMIT",
            pool_reset_on_return=None,
            connect_args={
                "timeout": 5,
                "prepared_statement_cache_size": 100,
                "server_settings": {
                    "application_name": application or service,
                    "statement_timeout": "20000",
                    "lock_timeout": "10000",
                    "idle_in_transaction_session_timeout": "30000",
                    # A killed process's statement that waits for a lock would keep its own locks until that wait ends.
                    "client_connection_check_interval": "500",
                    "jit": "off",
                },
            },
        )

    @asynccontextmanager
    async def begin(self, tenant: Tenant = NOBODY) -> AsyncIterator[Db]:
        """A transaction of `tenant`: committed when the block ends, rolled back when it raises."""
        async with self._session() as db:
            await self._start(db)
            try:
                await db.become(tenant)
                yield db
                await db.flush()
            except BaseException:
                with contextlib.suppress(*GONE):
                    await asyncio.shield(db.raw.execute("ROLLBACK"))
                raise
            crash_points.passing("commit.before")
            if await db.raw.execute("COMMIT") != "COMMIT":
                raise RolledBack
            crash_points.passing("commit.after")

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """Plain asyncpg without a tenant, each statement a transaction of its own: for the loops of a worker's role."""
        try:
            pooled = await self.engine.raw_connection()
            while (driver := cast(asyncpg.Connection, pooled.driver_connection)).is_closed():
                pooled.invalidate()
                pooled = await self.engine.raw_connection()
        except EmulatedDBAPIException as error:
            raise error.driver_exception from None
        try:
            yield driver
        finally:
            if driver.is_closed() or driver.is_in_transaction():
                pooled.invalidate(soft=False)
            pooled.close()

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[Db]:
        db = Db(self.engine, expire_on_commit=False)
        db.service = self.service
        try:
            yield db
        finally:
            await asyncio.shield(_end(db))

    @staticmethod
    async def _start(db: Db) -> None:
        """Nothing has happened yet, so a connection that died in the pool is worth another try."""
        given_up = time.monotonic() + REVIVAL_SECONDS
        while True:
            pooled = await (await db.connection()).get_raw_connection()
            db.raw = cast(asyncpg.Connection, pooled.driver_connection)
            try:
                await db.raw.execute("BEGIN")
                return
            except BaseException as error:
                # Also when it is cancelled: whether BEGIN arrived is unknown, so nobody may get this connection next.
                await asyncio.shield(db.invalidate())
                if not isinstance(error, GONE) or time.monotonic() > given_up:
                    raise

    async def close(self) -> None:
        await self.engine.dispose()


async def _end(db: Db) -> None:
    """A connection whose transaction did not end does not go back to the pool."""
    raw = db.__dict__.pop("raw", None)
    is_clean = raw is None or not (raw.is_closed() or raw.is_in_transaction())
    await (db.close() if is_clean else db.invalidate())


def asyncpg_dsn(url: str) -> str:
    """The same address for plain asyncpg."""
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)
