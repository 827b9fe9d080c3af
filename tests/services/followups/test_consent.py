"""People who opt out, and in again."""

from datetime import datetime

from shared.contracts.messaging import SuppressionChanged, SuppressionSnapshot
from tests.services.followups.conftest import World, dallas, local


async def opt(world: World, at: datetime, *, out: bool) -> None:
    told = {"address": "+12145550123", "scope": "everything", "reason": "texted"}
    await world.tell(SuppressionChanged(**told, active=out, changed_at=at))


async def test_stop_ends_what_waits_and_takes_back_what_was_handed_over(world: World) -> None:
    person = await world.contractor()
    await world.item(person, reminder_time=dallas(10, 7, 9))
    await world.clock_to(dallas(10, 7, 9))
    (message,) = await world.dispatch()
    await opt(world, dallas(10, 7, 9), out=True)
    assert [(row.status, row.cancel_reason) for row in await world.schedules()] == [("cancelled", "opted_out")] * 2
    (taken_back,) = await world.emitted("message.cancel_requested.v1")
    assert taken_back["message_key"] == message["message_key"]


async def test_a_suppression_that_is_told_again_holds_and_nothing_acts_on_it(world: World) -> None:
    person = await world.contractor()
    await world.item(person, reminder_time=dallas(10, 7, 9))
    told = {"address": "+12145550123", "scope": "everything", "reason": "texted"}
    await world.tell(SuppressionSnapshot(**told, active=True, changed_at=dallas(10, 6, 9)))
    await world.tell(SuppressionSnapshot(**told, active=False, changed_at=dallas(10, 5, 9)))
    assert {row.status for row in await world.schedules()} == {"scheduled"}
    assert await world.emitted("message.cancel_requested.v1") == []
    await world.clock_to(dallas(10, 7, 9))
    assert await world.dispatch() == []


async def test_start_takes_up_what_is_still_to_come(world: World) -> None:
    person = await world.contractor()
    item = await world.item(person, reminder_time=dallas(10, 20, 9))
    await opt(world, dallas(10, 7, 9), out=True)
    assert await world.schedules(status="scheduled") == []
    await world.clock_to(dallas(10, 12, 9))
    await opt(world, dallas(10, 12, 9), out=False)
    waiting = await world.schedules(status="scheduled")
    assert [(row.followup_type, local(row.scheduled_time)) for row in waiting] == [
        ("check_in", "2041-10-12 10:00"),
        ("reminder", "2041-10-20 09:00"),
    ]
    assert {row.action_item_id for row in waiting} == {item.id}


async def test_an_older_word_about_consent_changes_nothing(world: World) -> None:
    await world.item(await world.contractor())
    await opt(world, dallas(10, 7, 9), out=False)
    await opt(world, dallas(10, 6, 9), out=True)
    assert (await world.one()).status == "scheduled"


async def test_nobody_who_opted_out_is_asked(world: World) -> None:
    person = await world.contractor()
    stop = {"address": "+12145550123", "scope": "everything", "active": True, "reason": "STOP"}
    await world.tell(SuppressionChanged(**stop, changed_at=dallas(10, 6, 12)))
    await world.item(person)
    await world.clock_to(dallas(10, 9, 10))
    assert await world.dispatch() == []
    assert (await world.one()).cancel_reason == "opted_out"
