"""Work queues on domain tables: claim by SKIP LOCKED, lease, fence, heartbeat, bounded backoff, dead after N attempts.

A job is a row that derives from `Leased`. Where order matters per person, the queue is a table with one row a person
(a lane): a worker claims the lane, then does its oldest open piece of work under the lane's fence.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared import crash_points
from shared.db.database import Database, Db, Tenant
from shared.db.listen import Wakeups, wait_for
from shared.telemetry.metrics import JOBS

log = logging.getLogger(__name__)

DRAIN_SECONDS = 3
ENDED = "the worker ended while doing it"


class LeaseLost(Exception):
    """Another worker has the job by now: nothing of this one may be written."""


@dataclass(frozen=True)
class Lease:
    """A claimed job. `fence` grows with every claim; `attempts` counts this one."""

    account_id: UUID
    id: UUID
    fence: int
    attempts: int


@dataclass(frozen=True)
class Queue:
    """`ready` is the SQL condition of rows that want work (an index should carry it).

    `dead` is what is set on a row after `max_attempts` (SQL assignments). Without it a job never dies by itself:
    its work finishes it when `lease.attempts` says that this attempt is the last.
    `notified`: NOTIFY tells of rows that become ready, those that waited for the end of another job included.
    """

    table: str
    ready: str
    order: str = "run_after"
    dead: str = ""
    notified: bool = True
    lease_seconds: float = 20
    max_attempts: int = 8
    backoff_seconds: float = 1
    backoff_limit: float = 300

    async def claim(self, worker: Database, limit: int) -> list[Lease]:
        """`worker` is the worker role's database; the claim commits at once.

        What used up its attempts without an answer (its workers were killed) is dead instead of being leased."""
        free = f"""SELECT account_id, id, attempts FROM {self.table}
            WHERE {self.ready} AND run_after <= clock_timestamp()
            AND (leased_until IS NULL OR leased_until < clock_timestamp())
            ORDER BY {self.order} LIMIT $2 FOR UPDATE SKIP LOCKED"""
        buried = f""", buried AS (
            UPDATE {self.table} AS job SET leased_until = NULL, fence = job.fence + 1, run_after = 'infinity',
                failure_reason = '{ENDED}', {self.dead}
            FROM free WHERE job.account_id = free.account_id AND job.id = free.id
            AND free.attempts >= {self.max_attempts})"""
        statement = f"""
            WITH free AS MATERIALIZED ({free}){buried if self.dead else ""}
            UPDATE {self.table} AS job SET leased_until = clock_timestamp() + make_interval(secs => $1),
                fence = job.fence + 1, attempts = job.attempts + 1
            FROM free WHERE job.account_id = free.account_id AND job.id = free.id
            {f"AND free.attempts < {self.max_attempts}" if self.dead else ""}
            RETURNING job.account_id, job.id, job.fence, job.attempts"""
        async with worker.connection() as connection:
            return [Lease(*row) for row in await connection.fetch(statement, self.lease_seconds, limit)]

    async def depth(self, worker: Database) -> int:
        """How many jobs are due, those under way included."""
        statement = f"SELECT count(*) FROM {self.table} WHERE {self.ready} AND run_after <= clock_timestamp()"
        async with worker.connection() as connection:
            return int(await connection.fetchval(statement))

    async def heartbeat(self, worker: Database, lease: Lease) -> None:
        """Raises LeaseLost when the job was claimed again, or given back: a late beat must not lease it for nobody."""
        async with worker.connection() as connection:
            kept = await connection.fetchval(
                f"UPDATE {self.table} SET leased_until = clock_timestamp() + make_interval(secs => $4)"
                " WHERE account_id = $1 AND id = $2 AND fence = $3 AND leased_until IS NOT NULL RETURNING 1",
                *(lease.account_id, lease.id, lease.fence, self.lease_seconds),
            )
        if not kept:
            raise LeaseLost

    async def hold(self, db: Db, lease: Lease) -> None:
        """Lock the row in the transaction that finishes the job; raises LeaseLost when the fence moved on."""
        held = await db.raw.fetchval(
            f"SELECT 1 FROM {self.table} WHERE account_id = $1 AND id = $2 AND fence = $3 FOR UPDATE",
            *(lease.account_id, lease.id, lease.fence),
        )
        if not held:
            raise LeaseLost

    async def release(self, db: Db, lease: Lease) -> None:
        """Done for now, and free for whoever comes next: attempts start again."""
        await db.raw.execute(
            f"UPDATE {self.table} SET leased_until = NULL, attempts = 0, failure_reason = NULL, run_after = clock_timestamp()"
            " WHERE account_id = $1 AND id = $2 AND fence = $3",
            *(lease.account_id, lease.id, lease.fence),
        )

    async def put_back(self, worker: Database, lease: Lease, reason: str, *, counts: bool = True) -> None:
        """After a failure: try again later; dead after `max_attempts`. An outage does not count as an attempt."""
        is_dead = bool(self.dead) and counts and lease.attempts >= self.max_attempts
        delay = min(self.backoff_seconds * 2 ** (lease.attempts - 1), self.backoff_limit)
        dead = f", {self.dead}" if is_dead else ""
        async with worker.connection() as connection:
            await connection.execute(
                f"UPDATE {self.table} SET leased_until = NULL, failure_reason = $4, attempts = $5,"
                f" run_after = CASE WHEN $6 THEN 'infinity' ELSE clock_timestamp() + make_interval(secs => $7) END{dead}"
                " WHERE account_id = $1 AND id = $2 AND fence = $3",
                *(lease.account_id, lease.id, lease.fence, reason[:500]),
                *(lease.attempts if counts else lease.attempts - 1, is_dead, delay),
            )


class JobLoop:
    """Runs `work(lease)` for what `queue` has, at most `concurrency` at once; woken by NOTIFY on the table's name."""

    def __init__(
        self,
        worker: Database,
        queue: Queue,
        work: Callable[[Lease], Coroutine[Any, Any, None]],
        wakeups: Wakeups,
        *,
        concurrency: int = 4,
        poll_seconds: float = 5,
        is_transient: Callable[[BaseException], bool] = lambda _: False,
    ) -> None:
        self._worker = worker
        self._queue = queue
        self._work = work
        self._woken = wakeups.of(queue.table) if queue.notified else asyncio.Event()
        self._free = asyncio.Semaphore(concurrency)
        self._concurrency = concurrency
        self._poll_seconds = poll_seconds
        self._is_transient = is_transient
        self._name = getattr(work, "__qualname__", None)
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Ends only by cancellation: what is under way may finish for a while; the rest is taken up again after its lease."""
        try:
            while True:
                try:
                    await self._turn()
                except Exception as error:
                    log.warning("jobs of %s wait: %s", self._queue.table, type(error).__name__)
                    await asyncio.sleep(1)
        finally:
            if self._running:
                await asyncio.wait(self._running, timeout=DRAIN_SECONDS)
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    async def _turn(self) -> None:
        await self._free.acquire()
        self._free.release()
        room = self._concurrency - len(self._running)
        leases = await self._queue.claim(self._worker, room) if room > 0 else []
        if leases:
            crash_points.passing("claim.after")
        for lease in leases:
            await self._free.acquire()
            task = asyncio.create_task(self._do(lease), name=self._name)
            self._running.add(task)
            task.add_done_callback(self._finished)
        if len(leases) < room:
            await wait_for(self._woken, self._poll_seconds)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._free.release()

    async def _do(self, lease: Lease) -> None:
        work = asyncio.create_task(self._work(lease), name=self._name)
        beat = asyncio.create_task(self._keep(lease, work))
        outcome = "done"
        try:
            await work
        except (LeaseLost, asyncio.CancelledError):
            work.cancel()
            outcome = "lost"
        except Exception as error:
            outcome = "failed"
            await self._fail(lease, error)
        finally:
            beat.cancel()
            JOBS.labels(self._worker.service, self._queue.table, outcome).inc()

    async def _fail(self, lease: Lease, error: Exception) -> None:
        log.exception("job of %s failed", self._queue.table, extra={"attempt": lease.attempts})
        try:
            reason = f"{type(error).__name__}: {error}"
            await self._queue.put_back(self._worker, lease, reason, counts=not self._is_transient(error))
        except Exception:
            log.exception("the job comes back when its lease ends")

    async def _keep(self, lease: Lease, work: "asyncio.Future[None]") -> None:
        while not work.done():
            await asyncio.sleep(self._queue.lease_seconds / 3)
            try:
                await self._queue.heartbeat(self._worker, lease)
            except LeaseLost:
                work.cancel()
            except Exception as error:
                log.warning("no heartbeat: %s", type(error).__name__)


def tenant_of(lease: Lease) -> Tenant:
    """The transaction settings under which a job's own work is done."""
    return Tenant(lease.account_id)
