"""Handing over: nothing early, nothing at night, nothing twice, nothing that is done."""

import asyncio
from datetime import UTC, datetime, timedelta

import time_machine
from sqlalchemy import text

from services.followups.dispatch import use_cases
from services.followups.dispatch.queries import upcoming_to_send
from shared.db.database import Database, Tenant
from tests.services.followups.conftest import World, dallas, local


async def test_what_is_due_together_is_one_digest_that_is_answered_line_by_line(world: World) -> None:
    person, event = await world.contractor(), await world.event()
    john = await world.item(person, event)
    await world.item(person, event, title="Prepare for Acme Corp demo", person_name=None)
    await world.item(person, event, title="Implement AI tools", person_name=None)
    await world.clock_to(dallas(10, 10, 10))
    (message,) = await world.dispatch()
    assert message["body"] == (
        "Hey Maria! Checking in on 3 things:\n"
        "- Connect with John Smith (Power100 Dallas)\n"
        "- Prepare for Acme Corp demo (Power100 Dallas)\n"
        "- Implement AI tools (Power100 Dallas)\n"
        "How are they coming along?"
    )
    first = await world.one(action_item_id=john.id)
    options = message["question"]["options"]
    assert options[0] == {"key": f"{first.id}:done", "label": "Done: John Smith"}
    assert [option["key"] for option in options[3:]] == ["not_yet", "later"]
    message_id = await world.sent(message)
    assert {row.message_id for row in await world.schedules(status="sent")} == {message_id}
    assert {row.message_key for row in await world.schedules(status="sent")} == {message["message_key"]}


async def test_the_policy_says_one_thing_a_day(world: World) -> None:
    person, event = await world.contractor(), await world.event()
    await world.attend(person, event)
    await world.item(person, title="Call Lee Wong", person_name="Lee Wong", due_date=dallas(10, 8, 12))
    await world.clock_to(dallas(10, 8, 10, 1))
    (asked,) = await world.dispatch()
    assert asked["purpose"] == "priorities"
    await world.sent(asked)
    check_in = await world.one(purpose="check_in")
    assert (check_in.status, local(check_in.send_at)) == ("scheduled", "2041-10-09 10:00")
    assert check_in.scheduled_time == dallas(10, 8, 10)
    await world.clock_to(dallas(10, 9, 10))
    (message,) = await world.dispatch()
    assert "call Lee Wong" in message["body"]


async def test_a_day_that_was_jumped_over_is_a_day(world: World) -> None:
    person, event = await world.contractor(), await world.event()
    await world.attend(person, event)
    await world.item(person, due_date=dallas(10, 9, 12))
    await world.clock_to(dallas(10, 8, 15))
    assert len(await world.dispatch()) == 1
    await world.clock_to(dallas(10, 9, 15))
    assert len(await world.dispatch()) == 1


async def test_a_promise_kept_after_it_was_due_and_before_it_was_handed_over_is_not_asked_about(
    world: World, app: Database
) -> None:
    """The dispatcher has locked the row and waits for nothing: what it decides by was read after the lock."""
    item = await world.item(await world.contractor())
    await world.clock_to(dallas(10, 9, 10))
    async with app.begin(Tenant(world.account_id)) as db:
        await db.execute(text("UPDATE action_items SET status = 'completed'"))
    assert await world.dispatch() == []
    assert (await world.one(action_item_id=item.id)).cancel_reason == "item_completed"


async def test_done_while_it_is_handed_over_takes_it_back(world: World, app: Database) -> None:
    item = await world.item(await world.contractor())
    await world.clock_to(dallas(10, 9, 10))
    async with app.begin(Tenant(world.account_id)) as db:
        assert await use_cases.dispatch(db, 10) == 1
        completing = asyncio.create_task(world.update(item, status="completed"))
        await asyncio.sleep(0.3)
        assert not completing.done()
    await completing
    (message,) = await world.emitted("message.send_requested.v1")
    (taken_back,) = await world.emitted("message.cancel_requested.v1")
    assert taken_back["message_key"] == message["message_key"]
    assert (await world.one()).cancel_reason == "item_completed"


async def test_outside_the_hours_it_waits_for_the_morning(world: World) -> None:
    await world.item(await world.contractor(), reminder_time=dallas(10, 6, 22))
    reminder = await world.one(followup_type="reminder")
    assert (local(reminder.scheduled_time), local(reminder.send_at)) == ("2041-10-06 22:00", "2041-10-07 08:00")
    await world.clock_to(dallas(10, 6, 23))
    assert await world.dispatch() == []
    await world.clock_to(dallas(10, 7, 8))
    (message,) = await world.dispatch()
    assert message["expires_at"] == dallas(10, 7, 21).isoformat().replace("+00:00", "Z")


async def test_after_six_hours_down_at_night_each_is_caught_up_once_in_the_morning(world: World) -> None:
    people = [await world.contractor(phone=f"+1214555011{number}") for number in range(3)]
    for person in people:
        await world.item(person, reminder_time=dallas(10, 6, 19))
    await world.clock_to(dallas(10, 7, 1))
    assert await world.dispatch() == []
    await world.clock_to(dallas(10, 7, 8, 30))
    messages = await world.dispatch()
    assert sorted(message["contractor_id"] for message in messages) == sorted(map(str, people))
    assert await world.dispatch() == []


async def test_a_process_whose_clock_is_wrong_is_neither_early_nor_late(world: World) -> None:
    await world.item(await world.contractor(), reminder_time=dallas(10, 6, 12))
    real = datetime.now(UTC)
    with time_machine.travel(real + timedelta(hours=2), tick=True):
        assert await world.dispatch() == []
    await world.clock_to(dallas(10, 6, 12))
    with time_machine.travel(real - timedelta(hours=2), tick=True):
        assert len(await world.dispatch()) == 1


async def test_the_documents_query_gives_what_is_due_and_nothing_early(world: World, app: Database) -> None:
    person = await world.contractor()
    await world.item(person, reminder_time=dallas(10, 6, 12))
    await world.item(person, reminder_time=dallas(10, 6, 12, 4))
    await world.clock_to(dallas(10, 6, 12))
    async with app.begin(Tenant(world.account_id)) as db:
        due = (await db.scalars(upcoming_to_send(db.now))).all()
    assert [local(row.scheduled_time) for row in due] == ["2041-10-06 12:00"]
    assert len(await world.dispatch()) == 1
    async with app.begin(Tenant(world.account_id)) as db:
        assert (await db.scalars(upcoming_to_send(db.now))).all() == []
