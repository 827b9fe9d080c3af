"""What became of a text, and what the answer leads to."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from services.followups.schedules.models import FollowupSchedule
from shared.contracts.actions import ActionItemCreated, ReplyInterpreted, ReplyPart
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


async def test_what_was_not_asked_about_yet_is_asked_about_when_they_say(world: World) -> None:
    person = await world.contractor()
    item = await world.item(person, due_date=dallas(10, 14, 12))
    until = dallas(10, 15, 10)
    told = {"action_item_id": item.id, "intent": "defer", "until": until}
    await world.tell(reply(person, "defer", "John next Tuesday", dallas(10, 7, 12), ReplyPart.model_validate(told)))
    waiting = await world.one(status="scheduled")
    assert (waiting.scheduled_time, waiting.planned_by, waiting.action_item_id) == (until, "person", item.id)
    await world.update(item, topic="gutters")
    assert [row.scheduled_time for row in await world.schedules(status="scheduled")] == [until]


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


async def test_a_promise_that_begins_with_an_offer_of_help_is_asked_about_as_often(world: World) -> None:
    person = await world.contractor()
    await world.item(person, title="Look into BuildPro", related_partner_id=uuid7())
    types = []
    for day in (9, 12, 15, 18, 21, 24):
        await world.clock_to(dallas(10, day, 10))
        for message in await world.dispatch():
            await world.sent(message)
            types.append([row.followup_type for row in await world.schedules(status="sent")][-1])
    assert types == ["offer_help", "check_in", "offer_help"]


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
