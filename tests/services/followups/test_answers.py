"""What became of a text, and what the answer leads to."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from services.followups.schedules.models import FollowupSchedule
from shared.contracts.actions import ActionItemCreated, ReplyInterpreted, ReplyPart
from shared.contracts.messaging import (
    MessageExpired,
    MessageStatusChanged,
    Origin,
    SuppressionChanged,
    SuppressionSnapshot,
)
from shared.ids import uuid7
from tests.services.followups.conftest import World, dallas, local


async def asked(world: World, day: int = 9, **fields: Any) -> tuple[UUID, ActionItemCreated, FollowupSchedule]:
    """A check-in that was sent."""
    person = await world.contractor()
    item = await world.item(person, **fields)
    await world.clock_to(dallas(10, day, 10))
    (message,) = await world.dispatch()
    await world.sent(message)
    return person, item, (await world.schedules(status="sent"))[0]


def reply(person: UUID, intent: str, text: str, at: datetime, *parts: ReplyPart) -> ReplyInterpreted:
    return ReplyInterpreted.model_validate(
        {
            "message_id": uuid7(),
            "contractor_id": person,
            "intent": intent,
            "confidence": 0.9,
            "text": text,
            "parts": parts,
            "received_at": at,
        }
    )


def part(row: FollowupSchedule, intent: str, **fields: Any) -> ReplyPart:
    told = {"question_ref": str(row.id), "schedule_id": row.id, "action_item_id": row.action_item_id, "intent": intent}
    return ReplyPart.model_validate({**told, **fields})


async def test_remind_me_tuesday_puts_the_check_in_off_and_not_the_promise(world: World) -> None:
    person, item, row = await asked(world)
    at, until = dallas(10, 9, 10, 3), dallas(10, 15, 10)
    await world.tell(reply(person, "defer", "remind me Tuesday", at, part(row, "defer", until=until)))
    deferred = await world.one(id=row.id)
    assert (deferred.status, deferred.deferred_until) == ("deferred", until)
    assert (deferred.response_text, deferred.response_received_at) == ("remind me Tuesday", at)
    waiting = await world.one(status="scheduled")
    assert (waiting.id, waiting.scheduled_time, waiting.planned_by) == (deferred.next_occurrence_id, until, "person")
    assert waiting.action_item_id == item.id
    await world.clock_to(until)
    assert len(await world.dispatch()) == 1


@pytest.mark.parametrize("until", [None, dallas(10, 1, 10), dallas(10, 10, 0)])
async def test_later_without_an_hour_is_the_usual_hour(world: World, until: datetime | None) -> None:
    person, _, row = await asked(world)
    await world.tell(reply(person, "defer", "later", dallas(10, 9, 10, 3), part(row, "defer", until=until)))
    assert local((await world.one(status="scheduled")).scheduled_time) == "2041-10-10 10:00"


async def test_not_yet_is_asked_about_again_some_days_later(world: World) -> None:
    person, _, row = await asked(world)
    await world.clock_to(dallas(10, 10, 18))
    await world.tell(reply(person, "not_yet", "not yet", dallas(10, 10, 18), part(row, "not_yet")))
    assert (await world.one(id=row.id)).status == "responded"
    waiting = await world.one(status="scheduled")
    assert (waiting.followup_type, local(waiting.scheduled_time)) == ("check_in", "2041-10-13 10:00")
    assert (await world.one(id=row.id)).next_occurrence_id == waiting.id


async def test_after_two_without_an_answer_help_is_offered_and_then_there_is_silence(world: World) -> None:
    await asked(world)
    types = []
    for day in (12, 15, 18, 21, 24):
        await world.clock_to(dallas(10, day, 10))
        for message in await world.dispatch():
            await world.sent(message)
            types.append((day, [row.followup_type for row in await world.schedules(status="sent")][-1]))
    assert types == [(12, "check_in"), (15, "offer_help")]


async def test_an_answer_starts_the_count_anew(world: World) -> None:
    person, _, row = await asked(world)
    await world.tell(reply(person, "not_yet", "no", dallas(10, 9, 10, 1), part(row, "not_yet")))
    for day in (12, 15):
        await world.clock_to(dallas(10, day, 10))
        for message in await world.dispatch():
            await world.sent(message)
    assert [row.followup_type for row in await world.schedules(status="scheduled")] == ["offer_help"]


async def test_each_line_of_a_digest_is_answered_for_itself(world: World) -> None:
    person = await world.contractor()
    one, two = await world.item(person), await world.item(person, title="Call Lee Wong", person_name="Lee Wong")
    await world.clock_to(dallas(10, 9, 10))
    await world.sent((await world.dispatch())[0])
    rows = {row.action_item_id: row for row in await world.schedules(status="sent")}
    both = (part(rows[one.id], "done"), part(rows[two.id], "not_yet"))
    await world.tell(reply(person, "done", "1, but not Lee", dallas(10, 9, 11), *both))
    assert {row.status for row in await world.schedules(handed_over_at=rows[one.id].handed_over_at)} == {"responded"}


async def test_an_answer_to_the_question_as_a_whole_is_of_all_its_lines(world: World) -> None:
    person = await world.contractor()
    for title in ("Call Lee Wong", "Send the quote"):
        await world.item(person, title=title, person_name=None)
    await world.clock_to(dallas(10, 9, 10))
    (message,) = await world.dispatch()
    whole = ReplyPart(question_ref=message["question"]["ref"], intent="not_yet")
    await world.tell(reply(person, "not_yet", "none yet", dallas(10, 9, 11), whole))
    assert [row.status for row in await world.schedules() if row.handed_over_at] == ["responded"] * 2


async def test_a_reply_that_overtakes_the_receipt_stays(world: World) -> None:
    person = await world.contractor()
    await world.item(person)
    await world.clock_to(dallas(10, 9, 10))
    (message,) = await world.dispatch()
    row = (await world.schedules())[0]
    await world.tell(reply(person, "done", "done", dallas(10, 9, 10, 1), part(row, "done")))
    message_id = await world.sent(message)
    row = await world.one(id=row.id)
    assert (row.status, row.message_id, row.response_text) == ("responded", message_id, "done")


@pytest.mark.parametrize(
    ("intent", "ref"), [("unknown", None), ("done", "which:0198f3a2-7c1e-7a10-8f3e-000000000001"), ("done", "no id")]
)
async def test_what_answers_somebody_elses_question_is_not_taken(world: World, intent: str, ref: str | None) -> None:
    person, _, row = await asked(world)
    other = ReplyPart.model_validate({"question_ref": ref, "intent": intent})
    await world.tell(reply(person, intent, "Met Jane", dallas(10, 9, 11), other))
    assert (await world.one(id=row.id)).status == "sent"


async def test_another_persons_reply_does_not_touch_it(world: World) -> None:
    _, _, row = await asked(world)
    stranger = await world.contractor(phone="+12145550177")
    await world.tell(reply(stranger, "done", "done", dallas(10, 9, 11), part(row, "done")))
    assert (await world.one(id=row.id)).status == "sent"


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


async def not_sent(world: World, reason: str, *, failed: bool = False) -> FollowupSchedule:
    await world.item(await world.contractor())
    await world.clock_to(dallas(10, 9, 10))
    (message,) = await world.dispatch()
    told = {
        "message_id": uuid7(),
        "message_key": message["message_key"],
        "origin": Origin.model_validate(message["origin"]),
        "contractor_id": message["contractor_id"],
        "purpose": "check_in",
        "conversation_id": uuid7(),
        "reason": reason,
    }
    at = dallas(10, 9, 21)
    if failed:
        await world.tell(MessageStatusChanged(**told, status="failed", changed_at=at))
    else:
        await world.tell(MessageExpired(**told, ended_at=at))
    return (await world.schedules())[0]


@pytest.mark.parametrize("reason", ["expired", "taken_over"])
async def test_what_could_not_go_is_planned_for_another_day(world: World, reason: str) -> None:
    row = await not_sent(world, reason)
    assert (row.status, row.cancel_reason) == ("cancelled", reason)
    following = await world.one(status="scheduled")
    assert (row.next_occurrence_id, local(following.scheduled_time)) == (following.id, "2041-10-10 10:00")
    for day in (10, 11):
        await world.clock_to(dallas(10, day, 10))
        (message,) = await world.dispatch()
        told = {"message_id": uuid7(), "message_key": message["message_key"], "purpose": "check_in", "reason": reason}
        origin = Origin.model_validate(message["origin"])
        await world.tell(MessageExpired(**told, origin=origin, ended_at=dallas(10, day, 21)))
    assert await world.schedules(status="scheduled") == []


@pytest.mark.parametrize("reason", ["suppressed", "unroutable"])
async def test_what_can_never_go_is_not_planned_again(world: World, reason: str) -> None:
    assert (await not_sent(world, reason)).cancel_reason == reason
    assert await world.schedules(status="scheduled") == []


async def test_a_number_that_fails_is_not_tried_again(world: World) -> None:
    row = await not_sent(world, "Twilio 30003: unreachable", failed=True)
    assert (row.status, row.cancel_reason) == ("cancelled", "Twilio 30003: unreachable")
    assert await world.schedules(status="scheduled") == []


async def test_the_rest_of_a_digest_that_was_taken_back_goes_at_once(world: World) -> None:
    person = await world.contractor()
    john, lee = await world.item(person), await world.item(person, title="Call Lee Wong", person_name="Lee Wong")
    await world.clock_to(dallas(10, 9, 10))
    (message,) = await world.dispatch()
    await world.update(john, status="completed")
    told = {"message_id": uuid7(), "message_key": message["message_key"], "purpose": "check_in", "reason": "cancelled"}
    await world.tell(
        MessageExpired(**told, origin=Origin.model_validate(message["origin"]), ended_at=dallas(10, 9, 10))
    )
    (again,) = await world.dispatch()
    assert "call Lee Wong" in again["body"]
    assert "John" not in again["body"]
    assert (await world.schedules(action_item_id=lee.id))[0].cancel_reason == "cancelled"


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
