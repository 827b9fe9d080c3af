"""An edit of a promise leaves what is planned, sent or put off as it was, unless it is about that."""

from datetime import datetime

import httpx
import pytest

from services.followups.schedules.models import FollowupSchedule
from shared.contracts.directory import ContractorDeleted, ContractorUpdated, EventUpdated
from tests.services.followups.conftest import EVENT_DAYS, World, dallas, local
from tests.services.followups.test_answers import asked, part, reply


async def planned(world: World, **equal: object) -> list[tuple[str, str]]:
    rows = await world.schedules(status="scheduled", **equal)
    return [(row.followup_type, local(row.scheduled_time)) for row in rows]


async def test_an_edit_the_day_before_leaves_the_text_of_the_due_day(world: World) -> None:
    item = await world.item(await world.contractor(), await world.event(), due_date=dallas(10, 14, 12))
    await world.clock_to(dallas(10, 10, 10))
    await world.sent((await world.dispatch())[0])
    await world.clock_to(dallas(10, 13, 11))
    await world.update(item, priority=1)
    assert ("status_update", "2041-10-14 10:00") in await planned(world)
    await world.clock_to(dallas(10, 14, 10))
    (message,) = await world.dispatch()
    assert "John Smith" in message["body"]


async def test_an_edit_on_the_due_day_leaves_the_text_that_waits_for_its_turn(world: World) -> None:
    item = await world.item(await world.contractor(), due_date=dallas(10, 14, 12))
    await world.clock_to(dallas(10, 14, 11))
    await world.update(item, priority=1)
    assert ("status_update", "2041-10-14 10:00") in await planned(world)


async def test_a_due_day_that_moves_onto_the_first_check_in_is_one_text(world: World) -> None:
    item = await world.item(await world.contractor(), due_date=dallas(10, 15, 12))
    await world.update(item, due_date=dallas(10, 9, 12))
    assert await planned(world) == [("check_in", "2041-10-09 10:00")]


@pytest.mark.parametrize("edited_at", [dallas(10, 7, 22, 30), dallas(10, 7, 23, 30), dallas(10, 8, 7)])
async def test_a_reminder_that_waits_for_the_morning_outlives_an_edit(world: World, edited_at: datetime) -> None:
    item = await world.item(await world.contractor(), reminder_time=dallas(10, 7, 22))
    await world.clock_to(edited_at)
    await world.update(item, priority=1)
    assert (await world.one(followup_type="reminder")).status == "scheduled"
    await world.clock_to(dallas(10, 8, 8))
    assert len(await world.dispatch()) == 1


async def test_a_reminder_that_is_moved_into_the_past_is_not_sent(world: World) -> None:
    item = await world.item(await world.contractor(), reminder_time=dallas(10, 12, 9))
    await world.clock_to(dallas(10, 7, 12))
    await world.update(item, reminder_time=dallas(10, 7, 9))
    assert (await world.one(followup_type="reminder")).cancel_reason == "not_needed"


async def test_a_due_date_far_away_does_not_stop_asking_again_after_three_days(world: World) -> None:
    person, _, row = await asked(world, due_date=dallas(12, 5, 12))
    assert await planned(world) == [("check_in", "2041-10-12 10:00"), ("status_update", "2041-12-05 10:00")]
    await world.clock_to(dallas(10, 10, 18))
    await world.tell(reply(person, "not_yet", "not yet", dallas(10, 10, 18), part(row, "not_yet")))
    assert await planned(world) == [("check_in", "2041-10-13 10:00"), ("status_update", "2041-12-05 10:00")]


async def test_not_yet_is_asked_about_after_three_days_though_the_due_date_is_far(world: World) -> None:
    person = await world.contractor()
    await world.item(person, due_date=dallas(12, 5, 12))
    await world.clock_to(dallas(10, 9, 10))
    await world.dispatch()
    row = (await world.schedules(followup_type="check_in"))[0]
    await world.tell(reply(person, "not_yet", "not yet", dallas(10, 9, 11), part(row, "not_yet")))
    assert ("check_in", "2041-10-12 10:00") in await planned(world)


async def test_a_due_date_that_is_near_is_the_next_question(world: World) -> None:
    await asked(world, due_date=dallas(10, 11, 12))
    assert await planned(world) == [("status_update", "2041-10-11 10:00")]


@pytest.mark.parametrize("intent", ["not_yet", "no"])
@pytest.mark.parametrize("reopened_first", [True, False])
async def test_what_was_not_done_after_all_is_asked_about_again(
    world: World, intent: str, reopened_first: bool
) -> None:
    person = await world.contractor()
    item = await world.item(person)
    await world.clock_to(dallas(10, 9, 10))
    await world.sent((await world.dispatch())[0])
    await world.update(item, status="completed", updated_by="ai")
    await world.clock_to(dallas(10, 10, 10))
    await world.sent((await world.dispatch())[0])
    row = await world.one(followup_type="completion_confirmation")
    answer = reply(person, intent, "not yet", dallas(10, 10, 11), part(row, intent))
    if reopened_first:
        await world.update(item, 3, status="pending")
        await world.tell(answer)
    else:
        await world.tell(answer)
        await world.update(item, 3, status="pending")
    assert await planned(world) == [("check_in", "2041-10-13 10:00")]


async def sent_check_in(world: World) -> FollowupSchedule:
    await world.item(await world.contractor())
    await world.clock_to(dallas(10, 9, 10))
    await world.sent((await world.dispatch())[0])
    return await world.one(status="sent")


async def test_putting_off_a_check_in_that_was_sent_leaves_one_text(world: World, api: httpx.AsyncClient) -> None:
    row = await sent_check_in(world)
    answer = await api.post(
        f"/api/v1/followup-schedules/{row.id}/defer", json={"until": dallas(10, 20, 10).isoformat()}
    )
    (waiting,) = await world.schedules(status="scheduled")
    assert answer.json()["next_occurrence_id"] == str(waiting.id)
    assert local(waiting.scheduled_time) == "2041-10-20 10:00"


async def test_what_was_put_off_twice_waits_once(world: World) -> None:
    person, _, row = await asked(world)
    for day in (15, 20):
        until = dallas(10, day, 10)
        await world.tell(reply(person, "defer", "later", dallas(10, 9, 11), part(row, "defer", until=until)))
    assert await planned(world) == [("check_in", "2041-10-20 10:00")]


async def archive(world: World, event: object, version: int = 2, status: str = "archived") -> None:
    days = {"date": EVENT_DAYS[0], "ends_on": EVENT_DAYS[1], "time_zone": "America/Chicago"}
    told = EventUpdated(id=event, row_version=version, name="Expo", status=status, changed=["status"], **days)
    await world.tell(told)


async def test_an_edit_does_not_bring_back_the_check_ins_of_an_archived_event(world: World) -> None:
    person, event = await world.contractor(), await world.event()
    item = await world.item(person, event, due_date=dallas(10, 14, 12), reminder_time=dallas(10, 13, 9))
    await archive(world, event)
    await world.update(item, priority=1)
    await world.update(item, 3, status="in_progress")
    await world.item(person, event, title="Another")
    assert await planned(world) == []
    await archive(world, event, 3, "active")
    assert [kind for kind, _ in await planned(world, action_item_id=item.id)] == [
        "check_in",
        "reminder",
        "status_update",
    ]


@pytest.mark.parametrize("archived", [True, False])
async def test_an_edit_does_not_bring_back_the_check_ins_of_who_is_gone(world: World, archived: bool) -> None:
    person = await world.contractor()
    item = await world.item(person)
    if archived:
        await world.tell(ContractorUpdated(id=person, row_version=2, status="archived", changed=["status"]))
    else:
        await world.tell(ContractorDeleted(id=person, row_version=2, phone="+12145550123"))
    assert (await world.one()).cancel_reason == "contractor_gone"
    await world.update(item, priority=1)
    await world.update(item, 3, status="in_progress")
    await world.update(item, 4, status="completed", updated_by="ai")
    assert await planned(world) == []
    if archived:
        await world.update(item, 5, status="pending")
        await world.tell(ContractorUpdated(id=person, row_version=3, status="active", changed=["status"]))
        assert await planned(world) != []
