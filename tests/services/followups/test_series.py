"""Series: those that count from completion, runs that were missed, and who is not written to when their turn comes."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from shared.contracts.actions import ActionItemCreated
from shared.db.database import Database, Tenant
from tests.services.followups.conftest import World, dallas, local
from tests.services.followups.test_answers import part, reply

PATH = "/api/v1/followup-schedules"


async def series(world: World, api: httpx.AsyncClient, **fields: Any) -> ActionItemCreated:
    """Every seven days after the promise was last kept, first on October 7 at nine."""
    item = await world.item(await world.contractor())
    body = {
        "contractor_id": str(item.contractor_id),
        "action_item_id": str(item.id),
        "scheduled_time": dallas(10, 7, 9).isoformat(),
        "is_recurring": True,
        "recurrence_interval_days": 7,
        "recurrence_anchor": "last_completion",
        **fields,
    }
    assert (await api.post(PATH, json=body)).status_code == 201
    return item


async def runs(world: World) -> list[tuple[str, str]]:
    return [(row.status, local(row.scheduled_time)) for row in await world.schedules(is_recurring=True)]


@pytest.mark.parametrize("reply_first", [True, False])
async def test_a_series_goes_on_a_week_after_the_promise_was_kept(
    world: World, api: httpx.AsyncClient, reply_first: bool
) -> None:
    item = await series(world, api)
    await world.clock_to(dallas(10, 7, 9))
    await world.sent((await world.dispatch())[0])
    row = await world.one(is_recurring=True)
    assert item.contractor_id is not None
    done = reply(item.contractor_id, "done", "done", dallas(10, 7, 20), part(row, "done"))
    if reply_first:
        await world.tell(done)
    await world.update(item, status="completed", completed_at=dallas(10, 7, 20), updated_by="contractor")
    if not reply_first:
        await world.tell(done)
    assert await runs(world) == [("responded", "2041-10-07 09:00"), ("scheduled", "2041-10-14 09:00")]
    await world.clock_to(dallas(10, 14, 9))
    (message,) = await world.dispatch()
    assert "John Smith" in message["body"]


async def test_a_promise_kept_over_the_interface_starts_the_next_run(world: World, api: httpx.AsyncClient) -> None:
    item = await series(world, api)
    await world.clock_to(dallas(10, 7, 9))
    await world.sent((await world.dispatch())[0])
    await world.clock_to(dallas(10, 8, 15))
    await world.update(item, status="completed", completed_at=dallas(10, 8, 15), updated_by="user")
    assert await runs(world) == [("sent", "2041-10-07 09:00"), ("scheduled", "2041-10-15 09:00")]


async def test_a_promise_kept_before_it_was_asked_about_moves_the_run(world: World, api: httpx.AsyncClient) -> None:
    item = await series(world, api)
    await world.update(item, status="completed", completed_at=dallas(10, 6, 15), updated_by="user")
    assert await runs(world) == [("scheduled", "2041-10-13 09:00")]


async def test_a_series_that_is_over_does_not_go_on(world: World, api: httpx.AsyncClient) -> None:
    item = await series(world, api, recurrence_ends_at=dallas(10, 10, 9).isoformat())
    await world.update(item, status="completed", completed_at=dallas(10, 6, 15), updated_by="user")
    assert await runs(world) == [("cancelled", "2041-10-07 09:00")]


async def test_a_run_that_is_put_off_keeps_its_series(world: World, api: httpx.AsyncClient) -> None:
    item = await series(world, api)
    await world.clock_to(dallas(10, 7, 9))
    await world.sent((await world.dispatch())[0])
    row = await world.one(is_recurring=True)
    assert item.contractor_id is not None
    for day in (8, 9):
        until = dallas(10, day, 9)
        later = part(row, "defer", until=until)
        await world.tell(reply(item.contractor_id, "defer", "later", dallas(10, 7, 10), later))
    await world.update(item, status="completed", completed_at=dallas(10, 7, 20), updated_by="user")
    assert [run for run in await runs(world) if run[0] == "scheduled"] == [("scheduled", "2041-10-14 09:00")]


@pytest.mark.parametrize("gone", ["deleted = true", "status = 'archived'"])
async def test_who_is_gone_when_the_turn_comes_is_not_written_to(world: World, app: Database, gone: str) -> None:
    await world.item(await world.contractor())
    await world.clock_to(dallas(10, 9, 10))
    async with app.begin(Tenant(world.account_id)) as db:
        await db.execute(text(f"UPDATE contractors SET {gone}"))
    assert await world.dispatch() == []
    assert (await world.one()).cancel_reason == "contractor_gone"


async def test_a_run_that_counts_from_completion_comes_after_it(world: World, api: Any) -> None:
    person = await world.contractor()
    body = {
        "contractor_id": str(person),
        "scheduled_time": dallas(10, 7, 9).isoformat(),
        "is_recurring": True,
        "recurrence_interval_days": 7,
        "recurrence_anchor": "last_completion",
    }
    await api.post("/api/v1/followup-schedules", json=body)
    await world.clock_to(dallas(10, 7, 9))
    await world.sent((await world.dispatch())[0])
    row = await world.one()
    await world.clock_to(dallas(10, 10, 20))
    await world.tell(reply(person, "done", "done", dallas(10, 10, 20), part(row, "done")))
    first, following = await world.schedules()
    assert first.next_occurrence_id == following.id
    assert (local(following.scheduled_time), following.occurrence) == ("2041-10-17 09:00", 2)


async def test_runs_that_were_missed_are_one(world: World, api: httpx.AsyncClient) -> None:
    person = await world.contractor()
    body = {
        "contractor_id": str(person),
        "scheduled_time": dallas(10, 7, 9).isoformat(),
        "message_template": "Daily log?",
        "ai_should_personalize": False,
        "is_recurring": True,
        "recurrence_interval_days": 1,
        "recurrence_count": 3,
    }
    made = (await api.post("/api/v1/followup-schedules", json=body)).json()
    await world.clock_to(dallas(10, 12, 9, 30))
    (message,) = await world.dispatch()
    assert message["body"] == "Daily log?"
    first, second = await world.schedules()
    assert (str(first.id), first.next_occurrence_id) == (made["id"], second.id)
    assert local(second.scheduled_time) == "2041-10-13 09:00"
    await world.clock_to(dallas(10, 13, 9))
    assert len(await world.dispatch()) == 1
    await world.clock_to(dallas(10, 14, 9))
    assert len(await world.dispatch()) == 1
    await world.clock_to(dallas(10, 20, 9))
    assert await world.dispatch() == []


async def test_a_weekly_run_keeps_its_hour_when_the_clocks_change(world: World, api: httpx.AsyncClient) -> None:
    person = await world.contractor()
    body = {
        "contractor_id": str(person),
        "scheduled_time": dallas(10, 30, 9).isoformat(),
        "is_recurring": True,
        "recurrence_interval_days": 7,
    }
    await api.post("/api/v1/followup-schedules", json=body)
    await world.clock_to(dallas(10, 30, 9))
    assert len(await world.dispatch()) == 1
    _, following = await world.schedules()
    assert local(following.scheduled_time) == "2041-11-06 09:00"
    assert following.scheduled_time - dallas(10, 30, 9) == timedelta(days=7, hours=1)
