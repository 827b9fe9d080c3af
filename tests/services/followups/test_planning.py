"""What is planned, and how it follows promises, events and people."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shared.contracts.actions import ActionItemDeleted
from shared.contracts.directory import (
    AccountCreated,
    AttendeeUpdated,
    ContractorDeleted,
    ContractorUpdated,
    EventCreated,
    EventUpdated,
)
from shared.ids import uuid7
from tests.services.followups.conftest import World, dallas, local

LOS_ANGELES_NUMBER, HONOLULU_NUMBER = "+12135550123", "+18085550123"


async def test_the_check_in_is_planned_by_the_contractors_own_clock(world: World) -> None:
    person, event = await world.contractor("America/Los_Angeles"), await world.event()
    await world.item(person, event)
    assert (await world.one()).scheduled_time == datetime(2041, 10, 10, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("event_zone", "account_zone", "phone", "hour_utc"),
    [
        ("America/New_York", "America/Denver", LOS_ANGELES_NUMBER, 14),
        (None, "America/Denver", LOS_ANGELES_NUMBER, 16),
        (None, None, LOS_ANGELES_NUMBER, 17),
        (None, None, HONOLULU_NUMBER, 20),
        (None, None, None, 10),
    ],
)
async def test_an_unknown_zone_is_the_events_then_the_accounts_then_the_numbers(
    world: World, event_zone: str | None, account_zone: str | None, phone: str | None, hour_utc: int
) -> None:
    account = AccountCreated(id=world.account_id, row_version=1, name="Power100", time_zone=account_zone)
    await world.tell(account)
    person = await world.contractor(None, phone=phone)
    event = await world.event(time_zone=event_zone) if event_zone else None
    item = await world.item(person, event)
    row = await world.one(action_item_id=item.id)
    assert (row.scheduled_time.hour, row.scheduled_time.minute) == (hour_utc, 0)


async def test_without_an_event_it_is_three_days_after_the_promise(world: World) -> None:
    await world.item(await world.contractor())
    assert local((await world.one()).scheduled_time) == "2041-10-09 10:00"


async def test_an_item_that_comes_before_its_event_and_person_follows_them(world: World) -> None:
    person, event = uuid7(), uuid7()
    await world.item(person, event)
    assert (await world.one()).planned_zone == "UTC"
    days = {"date": date(2041, 10, 6), "ends_on": date(2041, 10, 7)}
    await world.tell(EventCreated(id=event, row_version=1, name="Expo", time_zone="America/Chicago", **days))
    row = await world.one(purpose="check_in")
    assert local(row.scheduled_time) == "2041-10-10 10:00"
    assert row.ai_context_hints == {"mention_event": "Expo"}
    moved = ContractorUpdated(id=person, row_version=2, time_zone="America/Los_Angeles", changed=["time_zone"])
    await world.tell(moved)
    assert local((await world.one()).scheduled_time) == "2041-10-10 12:00"


async def test_a_due_date_pulls_the_check_in_forward_and_a_later_one_is_asked_about_that_day(world: World) -> None:
    person, event = await world.contractor(), await world.event()
    item = await world.item(person, event, due_date=dallas(10, 8, 12))
    assert local((await world.one()).scheduled_time) == "2041-10-08 10:00"
    await world.update(item, due_date=dallas(10, 15, 12))
    assert [(row.followup_type, local(row.scheduled_time)) for row in await world.schedules()] == [
        ("check_in", "2041-10-10 10:00"),
        ("status_update", "2041-10-15 10:00"),
    ]
    await world.update(item, 3, due_date=None)
    left = await world.schedules(status="scheduled")
    assert [row.followup_type for row in left] == ["check_in"]


async def test_a_due_hour_before_the_usual_one_is_asked_about_at_eight(world: World) -> None:
    await world.item(await world.contractor(), due_date=dallas(10, 8, 9))
    assert local((await world.one()).scheduled_time) == "2041-10-08 08:00"


async def test_what_is_due_today_is_asked_about_before(world: World) -> None:
    await world.item(await world.contractor(), due_date=dallas(10, 6, 17))
    assert local((await world.one()).scheduled_time) == "2041-10-06 14:00"


async def test_a_reminder_comes_when_the_person_wanted_it_and_moves_with_it(world: World) -> None:
    item = await world.item(await world.contractor(), reminder_time=dallas(10, 7, 18, 30))
    reminder = await world.one(followup_type="reminder")
    assert (reminder.scheduled_time, reminder.planned_by) == (dallas(10, 7, 18, 30), "person")
    await world.update(item, reminder_time=dallas(10, 8, 9))
    assert (await world.one(followup_type="reminder")).scheduled_time == dallas(10, 8, 9)
    await world.update(item, 3, reminder_time=None)
    assert (await world.one(followup_type="reminder")).cancel_reason == "not_needed"


@pytest.mark.parametrize(("status", "reason"), [("completed", "item_completed"), ("cancelled", "item_cancelled")])
async def test_nothing_is_asked_about_a_promise_that_is_over(world: World, status: str, reason: str) -> None:
    item = await world.item(await world.contractor(), due_date=dallas(10, 15, 12), reminder_time=dallas(10, 7, 18))
    await world.update(item, status=status)
    assert [(row.status, row.cancel_reason) for row in await world.schedules()] == [("cancelled", reason)] * 3


async def test_a_deleted_item_is_not_asked_about(world: World) -> None:
    item = await world.item(await world.contractor())
    await world.tell(ActionItemDeleted(**(item.model_dump() | {"row_version": 2})))
    assert (await world.one()).cancel_reason == "item_cancelled"


async def test_a_completion_taken_back_is_asked_about_again(world: World) -> None:
    item = await world.item(await world.contractor())
    await world.update(item, status="completed")
    await world.update(item, 3, status="pending")
    assert [row.status for row in await world.schedules()] == ["cancelled", "scheduled"]


async def test_a_promise_reopened_after_its_check_in_gets_another(world: World) -> None:
    item = await world.item(await world.contractor())
    await world.clock_to(dallas(10, 9, 10))
    await world.sent((await world.dispatch())[0])
    await world.update(item, status="completed")
    await world.update(item, 3, status="in_progress")
    waiting = await world.one(status="scheduled")
    assert local(waiting.scheduled_time) == "2041-10-12 10:00"


async def test_a_completion_that_only_a_machine_knows_of_is_confirmed(world: World) -> None:
    item = await world.item(await world.contractor())
    await world.update(item, status="completed", updated_by="ai")
    asked = await world.one(status="scheduled")
    assert (asked.followup_type, asked.skip_if_completed) == ("completion_confirmation", False)
    await world.clock_to(dallas(10, 7, 10))
    (message,) = await world.dispatch()
    assert "Is that right?" in message["body"]
    assert [option["key"] for option in message["question"]["options"]] == ["yes", "no"]


@pytest.mark.parametrize("updated_by", ["contractor", "user", None])
async def test_a_completion_that_a_person_told_is_not_asked_about(world: World, updated_by: str | None) -> None:
    item = await world.item(await world.contractor())
    await world.update(item, status="completed", updated_by=updated_by)
    assert await world.schedules(status="scheduled") == []


async def test_a_partner_is_met_with_an_offer_of_help(world: World) -> None:
    await world.item(await world.contractor(), title="Look into BuildPro", related_partner_id=uuid7())
    assert (await world.one()).followup_type == "offer_help"


async def test_who_is_reminded_on_the_day_it_is_due_is_not_asked_that_morning_too(world: World) -> None:
    at = dallas(10, 9, 15)
    await world.item(await world.contractor(), title="Call Ana", due_date=at, reminder_time=at)
    assert [(row.followup_type, local(row.scheduled_time)) for row in await world.schedules()] == [
        ("reminder", "2041-10-09 15:00")
    ]


async def test_an_event_that_ends_later_moves_what_waits_and_not_what_was_asked_for(world: World) -> None:
    person, event = await world.contractor(), await world.event()
    await world.attend(person, event)
    await world.item(person, event, reminder_time=dallas(10, 9, 9))
    later = {"date": date(2041, 10, 6), "ends_on": date(2041, 10, 9), "time_zone": "America/Chicago"}
    await world.tell(
        EventUpdated(id=event, row_version=2, name="Power100 Austin", changed=["ends_on", "name"], **later)
    )
    rows = {(row.followup_type, row.purpose): row for row in await world.schedules()}
    assert local(rows["check_in", "priorities"].scheduled_time) == "2041-10-10 10:00"
    assert local(rows["check_in", "check_in"].scheduled_time) == "2041-10-12 10:00"
    assert rows["check_in", "check_in"].ai_context_hints == {"mention_event": "Power100 Austin"}
    assert local(rows["reminder", "check_in"].scheduled_time) == "2041-10-09 09:00"


async def test_attendees_are_asked_for_their_top_3_the_day_after(world: World) -> None:
    event = await world.event()
    people = [await world.contractor(phone=f"+1214555010{number}") for number in range(3)]
    attending = [await world.attend(person, event) for person in people]
    dropped = {"id": attending[2], "event_id": event, "contractor_id": people[2]}
    await world.tell(AttendeeUpdated(**dropped, row_version=2, status="cancelled", changed=["status"]))
    await world.clock_to(dallas(10, 8, 10))
    messages = await world.dispatch()
    assert {message["contractor_id"] for message in messages} == {str(person) for person in people[:2]}
    for message in messages:
        assert (message["purpose"], message["question"]["kind"]) == ("priorities", "priorities")
        assert "What are your top 3 priorities from the event?" in message["body"]
        assert message["question"]["options"] == []
    await world.attend(people[0], event)
    assert await world.dispatch() == []


async def test_an_event_long_over_asks_nobody(world: World) -> None:
    event = await world.event(date=date(2041, 9, 1), ends_on=date(2041, 9, 2))
    await world.attend(await world.contractor(), event)
    assert await world.schedules() == []


async def test_an_archived_event_is_not_asked_about(world: World) -> None:
    person, event = await world.contractor(), await world.event()
    await world.attend(person, event)
    await world.item(person, event)
    days = {"date": date(2041, 10, 6), "ends_on": date(2041, 10, 7), "time_zone": "America/Chicago"}
    await world.tell(EventUpdated(id=event, row_version=2, name="x", status="archived", changed=["status"], **days))
    assert {row.cancel_reason for row in await world.schedules()} == {"event_archived"}


async def test_a_contractor_who_is_gone_is_not_written_to(world: World) -> None:
    person = await world.contractor()
    await world.item(person)
    await world.tell(ContractorDeleted(id=person, row_version=2, time_zone="America/Chicago"))
    assert (await world.one()).cancel_reason == "contractor_gone"


async def test_the_accounts_own_settings_are_its_policy(world: World) -> None:
    policy: dict[str, object] = {"days_after_item": 1, "send_at": "09:30", "tone": "professional"}
    await world.tell(AccountCreated(id=world.account_id, row_version=1, name="Power100", followup_policy=policy))
    await world.item(await world.contractor())
    row = await world.one()
    assert (local(row.scheduled_time), row.message_tone) == ("2041-10-07 09:30", "professional")


async def test_every_change_is_told(world: World) -> None:
    item = await world.item(await world.contractor())
    await world.update(item, status="completed")
    created = await world.emitted("followup_schedule.created.v1")
    updated = await world.emitted("followup_schedule.updated.v1")
    row = await world.one()
    assert [event["id"] for event in created + updated] == [str(row.id)] * 2
    assert updated[0]["changed"] == ["status", "cancel_reason"]
    assert updated[0]["row_version"] == row.row_version
    assert row.scheduled_time - timedelta(days=3) < dallas(10, 6, 11)


SUGGESTED: dict[str, Any] = {
    "title": "Review BuildPro Solutions (not at event)",
    "action_type": "research_partner",
    "person_name": "BuildPro Solutions",
    "topic": "roofing",
    "source": "scheduler",
    "ai_generated": True,
    "ai_reasoning": "BuildPro Solutions fits your focus on roofing; they were not at Power100 Dallas.",
}


async def test_a_suggested_partner_is_told_once_with_the_reason(world: World) -> None:
    person, event = await world.contractor(), await world.event()
    await world.item(person, event, related_partner_id=uuid7(), **SUGGESTED)
    row = await world.one()
    assert (row.purpose, row.followup_type, local(row.scheduled_time)) == ("suggestion", "check_in", "2041-10-10 10:00")
    await world.clock_to(dallas(10, 10, 10))
    [message] = await world.dispatch()
    assert message["purpose"] == "suggestion"
    assert message["body"] == (
        "Hey Maria! One more idea: BuildPro Solutions fits your focus on roofing; they were not at Power100 Dallas."
        " I put them on your list to look into."
    )
    assert [option["key"] for option in message["question"]["options"]] == ["in_progress", "later", "skip"]
    await world.sent(message)
    assert await world.schedules(status="scheduled") == []


async def test_a_suggestion_waits_for_the_check_ins_of_its_day(world: World) -> None:
    person, event = await world.contractor(), await world.event()
    await world.item(person, event, related_partner_id=uuid7(), **SUGGESTED)
    await world.item(person, event)
    await world.clock_to(dallas(10, 10, 10))
    [message] = await world.dispatch()
    assert "John Smith" in message["body"]
    assert "BuildPro" not in message["body"]
    await world.clock_to(dallas(10, 11, 10))
    assert [message["purpose"] for message in await world.dispatch()] == ["suggestion"]


async def test_a_suggestion_that_became_a_priority_is_a_promise(world: World) -> None:
    person, event = await world.contractor(), await world.event()
    item = await world.item(person, event, related_partner_id=uuid7(), **SUGGESTED)
    await world.update(item, contractor_priority=1, ai_generated=False)
    row = await world.one()
    assert (row.purpose, row.followup_type) == ("check_in", "offer_help")


async def test_a_suggestion_that_was_told_and_became_a_priority_is_asked_about(world: World) -> None:
    person, event = await world.contractor(), await world.event()
    item = await world.item(person, event, related_partner_id=uuid7(), **SUGGESTED)
    await world.clock_to(dallas(10, 10, 10))
    [message] = await world.dispatch()
    await world.sent(message)
    await world.update(item, contractor_priority=1, ai_generated=False)
    assert (await world.one(status="scheduled")).purpose == "check_in"


async def test_the_day_of_a_reminder_has_no_other_hour_once_it_went(world: World) -> None:
    at = dallas(10, 9, 8, 30)
    item = await world.item(await world.contractor(), title="Call Ana", due_date=dallas(10, 9, 17), reminder_time=at)
    await world.clock_to(dallas(10, 9, 8, 31))
    [message] = await world.dispatch()
    await world.sent(message)
    await world.update(item, status="in_progress")
    waiting = await world.schedules(status="scheduled")
    assert [row for row in waiting if local(row.scheduled_time).startswith(local(at)[:10])] == []


async def test_a_partner_whom_somebody_wants_to_look_into_is_no_suggestion(world: World) -> None:
    """What was noted is theirs, though we made the promise of it."""
    await world.item(await world.contractor(), **{**SUGGESTED, "source": "sms_conversation"})
    assert ((await world.one()).purpose, (await world.one()).followup_type) == ("check_in", "offer_help")


async def test_no_help_is_offered_to_prepare_a_demo(world: World) -> None:
    title: dict[str, Any] = {
        "title": "Prepare for BuildPro Solutions demo",
        "action_type": "demo_prep",
        "person_name": None,
    }
    await world.item(await world.contractor(), related_partner_id=uuid7(), due_date=dallas(10, 15, 12), **title)
    [first, *_] = await world.schedules()
    assert first.followup_type == "check_in"
