"""Leases, fences, heartbeats, backoff, death: the queue that every slow job stands on."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select, text

from shared.db.database import Database, Tenant
from shared.db.jobs import JobLoop, Lease, LeaseLost, Queue
from shared.db.listen import Wakeups
from tests.shared.conftest import running, until
from tests.shared.sample import Thing

QUEUE = Queue("things", ready="status = 'ready'", dead="status = 'dead'", backoff_seconds=0.01, max_attempts=3)
SHORT = Queue("things", ready="status = 'ready'", lease_seconds=1, backoff_seconds=0.01)


async def add_things(app: Database, account_id: UUID, number: int = 1) -> None:
    async with app.begin(Tenant(account_id)) as db:
        db.add_all([Thing(name=f"{n}") for n in range(number)])
        await db.notify("things")


async def things(app: Database, account_id: UUID) -> list[Thing]:
    async with app.begin(Tenant(account_id)) as db:
        return list((await db.scalars(select(Thing).order_by(Thing.id))).all())


async def finish(app: Database, lease: Lease, queue: Queue = QUEUE) -> None:
    async with app.begin(Tenant(lease.account_id)) as db:
        await queue.hold(db, lease)
        await db.execute(text("UPDATE things SET status = 'done' WHERE id = :id"), {"id": lease.id})


async def test_two_workers_do_each_job_once(app: Database, worker: Database, account_id: UUID) -> None:
    done: list[UUID] = []

    async def work(lease: Lease) -> None:
        await finish(app, lease)
        done.append(lease.id)

    wakeups = Wakeups(worker.url)
    loops = [JobLoop(worker, QUEUE, work, wakeups, concurrency=4) for _ in range(2)]
    async with running(wakeups.run, *(loop.run for loop in loops)):
        await add_things(app, account_id, 60)
        await until(lambda: len(done) >= 60)
        await asyncio.sleep(0.1)
    assert len(done) == len(set(done)) == 60


async def test_a_job_of_a_dead_worker_is_taken_up_and_the_dead_one_writes_nothing(
    app: Database, worker: Database, account_id: UUID
) -> None:
    await add_things(app, account_id)
    (first,) = await SHORT.claim(worker, 1)
    assert await SHORT.claim(worker, 1) == []
    await asyncio.sleep(1.1)
    (second,) = await SHORT.claim(worker, 1)
    assert (second.id, second.fence, second.attempts) == (first.id, first.fence + 1, 2)
    with pytest.raises(LeaseLost):
        await finish(app, first, SHORT)
    with pytest.raises(LeaseLost):
        await SHORT.heartbeat(worker, first)
    await finish(app, second, SHORT)


async def test_a_heartbeat_that_comes_late_does_not_lease_what_was_given_back(
    app: Database, worker: Database, account_id: UUID
) -> None:
    """As of a process that was suspended: the job would wait for the end of a lease that nobody works under."""
    await add_things(app, account_id)
    (first,) = await QUEUE.claim(worker, 1)
    await QUEUE.put_back(worker, first, "outage", counts=False)
    with pytest.raises(LeaseLost):
        await QUEUE.heartbeat(worker, first)
    await asyncio.sleep(0.05)
    (second,) = await QUEUE.claim(worker, 1)
    async with app.begin(Tenant(account_id)) as db:
        await QUEUE.release(db, second)
    with pytest.raises(LeaseLost):
        await QUEUE.heartbeat(worker, second)
    assert len(await QUEUE.claim(worker, 1)) == 1


async def test_heartbeats_keep_a_long_job(app: Database, worker: Database, account_id: UUID) -> None:
    runs, finished = 0, asyncio.Event()

    async def work(lease: Lease) -> None:
        nonlocal runs
        runs += 1
        await asyncio.sleep(2.5)
        await finish(app, lease, SHORT)
        finished.set()

    await add_things(app, account_id)
    wakeups = Wakeups(worker.url)
    loops = [JobLoop(worker, SHORT, work, wakeups, poll_seconds=0.1) for _ in range(2)]
    async with running(*(loop.run for loop in loops)):
        await finished.wait()
    assert runs == 1
    assert [thing.status for thing in await things(app, account_id)] == ["done"]


async def test_a_job_that_fails_n_times_is_dead_with_the_reason(
    app: Database, worker: Database, account_id: UUID
) -> None:
    async def work(lease: Lease) -> None:
        raise ValueError("no card in the picture")

    await add_things(app, account_id)
    loop = JobLoop(worker, QUEUE, work, Wakeups(worker.url), poll_seconds=0.02)
    async with running(loop.run):
        await until(lambda: _is_dead(app, account_id))
    (thing,) = await things(app, account_id)
    assert (thing.attempts, thing.failure_reason) == (3, "ValueError: no card in the picture")


async def _is_dead(app: Database, account_id: UUID) -> bool:
    return [thing.status for thing in await things(app, account_id)] == ["dead"]


async def test_an_outage_does_not_count_as_an_attempt(app: Database, worker: Database, account_id: UUID) -> None:
    tries = 0

    async def work(lease: Lease) -> None:
        nonlocal tries
        tries += 1
        if tries < 6:
            raise ConnectionRefusedError
        await finish(app, lease)

    await add_things(app, account_id)
    loop = JobLoop(
        worker, QUEUE, work, Wakeups(worker.url), poll_seconds=0.02, is_transient=lambda e: isinstance(e, OSError)
    )
    async with running(loop.run):
        await until(lambda: tries == 6)
        await asyncio.sleep(0.1)
    assert [thing.status for thing in await things(app, account_id)] == ["done"]


async def test_a_job_that_kills_its_workers_is_dead_after_its_attempts(
    app: Database, worker: Database, account_id: UUID
) -> None:
    killing = Queue("things", ready="status = 'ready'", dead="status = 'dead'", lease_seconds=0.01, max_attempts=3)
    await add_things(app, account_id, 2)
    async with app.begin(Tenant(account_id)) as db:
        await db.execute(text("UPDATE things SET attempts = -9 WHERE name = '1'"))
    for attempt in (1, 2, 3):
        leases = await killing.claim(worker, 2)
        assert sorted(lease.attempts for lease in leases) == [attempt - 9, attempt]
        await asyncio.sleep(0.03)
    (other,) = await killing.claim(worker, 2)
    dead, ready = sorted(await things(app, account_id), key=lambda thing: thing.name)
    assert (dead.status, dead.attempts, dead.failure_reason) == ("dead", 3, "the worker ended while doing it")
    assert (ready.status, ready.id) == ("ready", other.id)
    with pytest.raises(LeaseLost):
        await finish(app, next(lease for lease in leases if lease.id == dead.id), killing)


async def test_a_queue_without_a_death_leases_on_so_that_its_work_can_finish_the_job(
    app: Database, worker: Database, account_id: UUID
) -> None:
    endless = Queue("things", ready="status = 'ready'", lease_seconds=0.01, max_attempts=2, backoff_seconds=0.001)
    await add_things(app, account_id)
    for attempt in (1, 2, 3):
        (lease,) = await endless.claim(worker, 1)
        assert lease.attempts == attempt
        await endless.put_back(worker, lease, "not yet")
        await asyncio.sleep(0.03)
    (lease,) = await endless.claim(worker, 1)
    await finish(app, lease, endless)
    assert [thing.status for thing in await things(app, account_id)] == ["done"]
