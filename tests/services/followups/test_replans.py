"""Many people whom one change concerns: gone through beside what comes in, each as if alone."""

from datetime import date
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from services.followups.planning import replans
from services.followups.planning.replans import REPLANS, Replanning
from shared.contracts.directory import AccountCreated, AccountUpdated, EventUpdated
from shared.db.database import Database, Tenant
from shared.db.jobs import JobLoop, LeaseLost
from shared.db.listen import Wakeups
from tests.services.followups.conftest import EVENT_DAYS, SUBSCRIPTION, World, dallas, local
from tests.services.followups.test_answers import asked
from tests.shared.conftest import running, until
from tests.telling import tell


async def test_a_new_policy_moves_what_waits(world: World, api: httpx.AsyncClient) -> None:
    person, event = await world.contractor(), await world.event()
    await world.item(person, event, reminder_time=dallas(10, 9, 9))
    await world.attend(person, event)
    await api.patch("/api/v1/followup-policy", json={"days_after_event": 5, "send_at": "15:30"})
    await world.replan()
    times = {(row.followup_type, row.purpose): local(row.scheduled_time) for row in await world.schedules()}
    assert times == {
        ("check_in", "priorities"): "2041-10-08 15:30",
        ("reminder", "check_in"): "2041-10-09 09:00",
        ("check_in", "check_in"): "2041-10-12 15:30",
    }


async def test_a_question_that_comes_again_comes_at_the_new_hour(world: World, api: httpx.AsyncClient) -> None:
    await asked(world)
    await api.patch("/api/v1/followup-policy", json={"send_at": "15:30", "quiet_until": "12:00"})
    await world.replan()
    assert local((await world.one(status="scheduled")).send_at) == "2041-10-12 15:30"


async def test_longer_quiet_hours_hold_for_what_waits(world: World, api: httpx.AsyncClient) -> None:
    await world.item(await world.contractor(), reminder_time=dallas(10, 7, 8, 30))
    await api.patch("/api/v1/followup-policy", json={"quiet_until": "09:00"})
    await world.replan()
    reminder = await world.one(followup_type="reminder")
    assert (local(reminder.scheduled_time), local(reminder.send_at)) == ("2041-10-07 08:30", "2041-10-07 09:00")


async def test_an_account_that_moves_takes_those_along_whose_zone_is_unknown(world: World) -> None:
    account = {"id": world.account_id, "name": "Power100"}
    await world.tell(AccountCreated(**account, row_version=1, time_zone="America/Denver"))
    await world.item(await world.contractor(None, phone=None))
    assert (await world.one()).scheduled_time.hour == 16
    await world.tell(AccountUpdated(**account, row_version=2, time_zone="America/New_York", changed=["time_zone"]))
    assert (await world.one()).scheduled_time.hour == 14


async def crowd(app: Database, account_id: UUID, event: UUID, people: int) -> None:
    async with app.begin(Tenant(account_id)) as db:
        await db.execute(
            text(
                "WITH made AS (INSERT INTO contractors (phone, time_zone, row_version)"
                " SELECT '+12145550123', 'America/Chicago', 1 FROM generate_series(1, :people) RETURNING id)"
                " INSERT INTO attendees (event_id, contractor_id, row_version) SELECT :event, id, 1 FROM made"
            ),
            {"people": people, "event": event},
        )


def later(event: UUID, version: int = 2) -> EventUpdated:
    days = {"date": EVENT_DAYS[0], "ends_on": date(2041, 10, 8), "time_zone": "America/Chicago"}
    return EventUpdated(id=event, row_version=version, name="Expo", status="active", changed=["ends_on"], **days)


async def test_a_crowd_holds_up_no_other_message_and_is_asked_in_the_end(world: World, app: Database) -> None:
    event = await world.event()
    await crowd(app, world.account_id, event, 120)
    async with app.begin(Tenant(world.account_id)) as db:
        await tell(SUBSCRIPTION, db, later(event))
    assert await world.schedules() == []
    await world.replan()
    rows = await world.schedules(purpose="priorities")
    assert (len(rows), {local(row.scheduled_time) for row in rows}) == (120, {"2041-10-09 10:00"})
    assert len({row.contractor_id for row in rows}) == 120


async def test_another_change_meanwhile_begins_anew(world: World, app: Database, worker: Database) -> None:
    event = await world.event()
    await crowd(app, world.account_id, event, 3)
    for _ in range(2):
        async with app.begin(Tenant(world.account_id)) as db:
            await tell(SUBSCRIPTION, db, later(event))
            await replans.request_event(db, event)
        (lease,) = await REPLANS.claim(worker, 10)
    async with app.begin(Tenant(world.account_id)) as db:
        await replans.request_event(db, event)
    with pytest.raises(LeaseLost):
        await Replanning(app).work(lease)
    await world.replan()
    assert len(await world.schedules(purpose="priorities")) == 3


async def test_a_person_whose_plans_fail_is_left_out(world: World, app: Database, worker: Database) -> None:
    event = await world.event()
    people = [await world.contractor(phone=f"+1214555010{number}") for number in range(3)]
    for person in people:
        await world.item(person, event)
        await world.attend(person, event)
    async with app.begin(Tenant(world.account_id)) as db:
        broken = "UPDATE action_items SET due_date = '0001-01-01 00:00+00' WHERE contractor_id = :person"
        await db.execute(text(broken), {"person": people[0]})
        await tell(SUBSCRIPTION, db, later(event))

    async def is_done() -> bool:
        async with app.begin(Tenant(world.account_id)) as db:
            statement = text("SELECT done_at IS NOT NULL FROM followup_replans WHERE id = :id")
            return bool(await db.scalar(statement, {"id": event}))

    wakeups = Wakeups(worker.url)
    async with running(JobLoop(worker, REPLANS, Replanning(app).work, wakeups, poll_seconds=0.2).run):
        await until(is_done, 20)
    moved = {
        row.contractor_id for row in await world.schedules(event_id=event) if row.scheduled_time >= dallas(10, 11, 0)
    }
    assert moved == set(people[1:])
