"""Dispatchers side by side, and awake."""

import asyncio
from uuid import UUID

import httpx
import pytest
from sqlalchemy import ColumnElement, select, text

from services.followups.dispatch.jobs import Dispatcher
from services.followups.replicas.models import Contractor
from services.followups.schedules.models import FollowupSchedule
from shared.db.database import Database, Tenant
from shared.db.listen import Wakeups
from shared.ids import uuid7
from tests.conftest import Urls
from tests.services.followups.conftest import World, dallas
from tests.shared.conftest import running, until


async def fill(app: Database, account_id: UUID, people: int, rows_each: int = 1) -> None:
    async with app.begin(Tenant(account_id)) as db:
        contractors = [
            Contractor(id=uuid7(), phone="+12145550123", time_zone="America/Chicago", row_version=1)
            for _ in range(people)
        ]
        db.add_all(contractors)
        await db.flush()
        await db.execute(
            text(
                "INSERT INTO contractor_followup_schedules (contractor_id, scheduled_time, send_at, followup_type, planned_by)"
                " SELECT id, app_clock(), app_clock(), 'check_in', 'policy' FROM contractors, generate_series(1, :rows)"
            ),
            {"rows": rows_each},
        )


@pytest.mark.parametrize(("people", "rows_each"), [(10_000, 1), (300, 3)])
async def test_two_dispatchers_hand_over_each_row_once(
    world: World, urls: Urls, worker: Database, people: int, rows_each: int
) -> None:
    app = urls.database("app", pool_size=4)
    await fill(app, world.account_id, people, rows_each)
    wakeups = Wakeups(worker.url)
    dispatchers = [Dispatcher(app, worker, wakeups, poll_seconds=0.1) for _ in range(2)]

    async def all_gone() -> bool:
        return not await count(app, world.account_id, FollowupSchedule.handed_over_at.is_(None))

    async with running(*(dispatcher.run for dispatcher in dispatchers)):
        await until(all_gone, 60)
    messages = await world.emitted("message.send_requested.v1")
    await app.close()
    keys = [message["message_key"] for message in messages]
    assert len(keys) == len(set(keys)) == people
    assert len({message["contractor_id"] for message in messages}) == people


async def count(app: Database, account_id: UUID, condition: ColumnElement[bool]) -> int:
    async with app.begin(Tenant(account_id)) as db:
        return len((await db.scalars(select(FollowupSchedule.id).where(condition).limit(5))).all())


async def test_the_dispatcher_is_woken_by_what_is_due_at_once(
    world: World, app: Database, worker: Database, api: httpx.AsyncClient
) -> None:
    person = await world.contractor()
    wakeups = Wakeups(worker.url)
    dispatcher = Dispatcher(app, worker, wakeups, poll_seconds=60)
    async with running(dispatcher.run, wakeups.run):
        await asyncio.sleep(0.5)
        body = {"contractor_id": str(person), "scheduled_time": dallas(10, 6, 11).isoformat()}
        await api.post("/api/v1/followup-schedules", json=body)

        async def handed_over() -> bool:
            return (await world.one()).handed_over_at is not None

        await until(handed_over, 3)
