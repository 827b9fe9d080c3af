"""Texts that did not go."""

import pytest

from services.followups.schedules.models import FollowupSchedule
from shared.contracts.messaging import MessageExpired, MessageStatusChanged, Origin
from shared.ids import uuid7
from tests.services.followups.conftest import World, dallas, local


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
