"""Hours of the day, the day's limit, segments per second."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise

from shared.ids import uuid7
from tests.services.messaging.scenes import ARRIVED, at, know
from tests.services.messaging.stack import PERSON, Messaging


async def test_a_check_in_at_night_expires_at_once_or_waits_for_the_morning(messaging: Messaging) -> None:
    night = await at(messaging, 22)
    early = await messaging.send("expires at 23:00", purpose="check_in", expires_at=night + timedelta(hours=1))
    assert early["status"] == "expired"
    late = await messaging.send("may wait", purpose="check_in", expires_at=night + timedelta(hours=12))
    assert (late["status"], late["not_before"]) == ("pending", night.astimezone(UTC) + timedelta(hours=10))
    await messaging.text("still up")
    reply = await messaging.send("a reply", expires_at=night + timedelta(hours=1))
    assert reply["status"] in ARRIVED
    await at(messaging, 8)
    assert await messaging.bodies() == ["a reply"]
    await messaging.move_clock(
        f"{(night - datetime.now(UTC) + timedelta(hours=10, minutes=1)).total_seconds()} seconds"
    )
    await messaging.work()
    assert await messaging.bodies() == ["a reply", "may wait"]


async def test_the_contractors_own_zone_decides(messaging: Messaging) -> None:
    noon = await at(messaging, 12)
    contractor_id = uuid7()
    await know(messaging, contractor_id, PERSON, time_zone="Asia/Tokyo")
    message = await messaging.send(
        "03:00 in Tokyo", contractor_id=contractor_id, purpose="check_in", expires_at=noon + timedelta(hours=1)
    )
    assert message["status"] == "expired"


async def test_the_days_limit_holds_and_the_rest_goes_tomorrow(messaging: Messaging) -> None:
    await messaging.rows("UPDATE sender_numbers SET daily_limit = 3")
    await at(messaging, 10)
    tomorrow = datetime.now(UTC) + timedelta(days=4)
    await messaging.give(*(messaging.command(f"{n}", expires_at=tomorrow, address=f"+1214555013{n}") for n in range(5)))
    await messaging.work()
    sent = [row for row in await messaging.messages("outbound") if row["status"] in ARRIVED]
    assert len(sent) == 3
    assert (await messaging.send("too late", expires_at=await at(messaging, 11)))["status"] == "expired"
    await messaging.move_clock(
        f"{(await at(messaging, 11) - datetime.now(UTC) + timedelta(days=1)).total_seconds()} seconds"
    )
    await messaging.work()
    rows = await messaging.messages("outbound")
    assert sorted(row["status"] in ARRIVED for row in rows) == [False, True, True, True, True, True]


async def test_segments_per_second_are_not_exceeded_by_many_senders(messaging: Messaging) -> None:
    """Eight texts of two segments at 4 a second: in any time t no more than 4 + 4t segments are begun."""
    await messaging.rows("UPDATE sender_numbers SET segments_per_second = 4")
    await messaging.give(*(messaging.command("x" * 200, address=f"+1214555014{n}") for n in range(8)))
    async with asyncio.timeout(20):
        while not await messaging.sql("SELECT 1 FROM messages HAVING bool_and(status <> 'pending')"):
            await messaging.work()
            await asyncio.sleep(0.02)
    rows = await messaging.sql("SELECT calling_at FROM messages ORDER BY calling_at")
    times = [row["calling_at"].timestamp() for row in rows]
    for first, last in combinations(range(8), 2):
        assert 2 * (last - first + 1) <= 4 + 4 * (times[last] - times[first]) + 0.2
    assert len(await messaging.ledger(to=None)) == 8


async def test_an_answer_that_comes_late_waits_for_the_morning(messaging: Messaging) -> None:
    """They wrote in the evening; what we say hours later would wake them."""
    await at(messaging, 20)
    await messaging.text("met Ann")
    night = await at(messaging, 23)
    (row,) = await messaging.messages()
    morning = night.astimezone(UTC) + timedelta(hours=9)
    for purpose in ("reply", "question", "staff"):
        message = await messaging.send(
            purpose, purpose=purpose, in_reply_to_message_id=row["id"], expires_at=night + timedelta(hours=12)
        )
        assert (message["status"], message["not_before"]) == ("pending", morning)
    assert await messaging.bodies() == []


async def test_staff_and_concierge_answer_at_night_whoever_wrote_just_now(messaging: Messaging) -> None:
    night = await at(messaging, 23)
    await messaging.text("are you there?")
    for purpose in ("reply", "staff"):
        await messaging.send(purpose, purpose=purpose, expires_at=night + timedelta(hours=1))
    await messaging.send("a check-in", purpose="check_in", expires_at=night + timedelta(hours=1))
    assert await messaging.bodies() == ["reply", "staff"]


async def test_the_zone_it_was_planned_by_comes_before_the_numbers_prefix(messaging: Messaging) -> None:
    """A number of Dallas at an event in Tokyo: 10:00 there is the evening before in Dallas."""
    evening = await at(messaging, 21)
    planned = await messaging.send(
        "10:00 or 11:00 in Tokyo", purpose="check_in", time_zone="Asia/Tokyo", expires_at=evening + timedelta(hours=1)
    )
    assert planned["status"] in ARRIVED
    contractor_id = uuid7()
    await know(messaging, contractor_id, PERSON, time_zone="America/Chicago")
    known = await messaging.send(
        "they live in Dallas", purpose="check_in", time_zone="Asia/Tokyo", expires_at=evening + timedelta(hours=1)
    )
    assert known["status"] == "expired"


async def test_each_text_behind_a_slow_number_waits_for_a_slot_of_its_own(messaging: Messaging) -> None:
    """One segment a second: the tenth text is claimed twice, not ten times, and goes nine seconds on."""
    await messaging.rows("UPDATE sender_numbers SET segments_per_second = 1")
    await messaging.give(*(messaging.command("hi", address=f"+1214555015{n}") for n in range(10)))
    assert await messaging.work() == 10
    rows = await messaging.sql("SELECT slot_at, run_after, status, fence FROM messages ORDER BY slot_at NULLS FIRST")
    assert [row["status"] in ARRIVED for row in rows] == [True] + [False] * 9
    slots = [row["slot_at"].timestamp() for row in rows[1:]]
    assert all(0.9 < later - earlier < 1.1 for earlier, later in pairwise(slots))
    assert [row["run_after"] for row in rows[1:]] == [row["slot_at"] for row in rows[1:]]
    await messaging.sql(
        "UPDATE messages SET run_after = clock_timestamp(), slot_at = clock_timestamp() WHERE slot_at = $1",
        rows[1]["slot_at"],
    )
    assert await messaging.work() == 1
    assert len(await messaging.ledger(to=None)) == 2


async def test_a_slot_that_was_missed_is_paid_anew(messaging: Messaging) -> None:
    """After an outage of minutes all slots are past; the number still sends no faster than it may."""
    await messaging.rows("UPDATE sender_numbers SET segments_per_second = 1")
    await messaging.give(*(messaging.command("hi", address=f"+1214555015{n}") for n in range(6)))
    await messaging.work()
    await messaging.rows("UPDATE number_states SET tokens = 0, refilled_at = clock_timestamp() - interval '5 minutes'")
    await messaging.sql("UPDATE messages SET slot_at = slot_at - interval '5 minutes', run_after = clock_timestamp()")
    await messaging.work()
    assert len(await messaging.ledger(to=None)) == 2


async def test_what_has_no_slot_before_it_expires_is_told_at_once_and_leaves_its_place(messaging: Messaging) -> None:
    await messaging.rows("UPDATE sender_numbers SET segments_per_second = 1, daily_limit = 2")
    soon = datetime.now(UTC) + timedelta(seconds=20)
    await messaging.send("first")
    late = await messaging.send("x" * 5000, expires_at=soon, address="+12145550155")
    assert late["status"] == "failed"
    late = await messaging.send("x" * 1600, expires_at=soon - timedelta(seconds=12), address="+12145550155")
    assert late["status"] == "expired"
    assert [event["reason"] for event in await messaging.events("message.expired")] == ["expired"]
    (state,) = await messaging.rows("SELECT tokens FROM number_states")
    assert state["tokens"] > -1
    (count,) = await messaging.rows("SELECT messages FROM daily_counts")
    assert count["messages"] == 1


async def test_a_backlog_of_one_account_does_not_hold_up_another(messaging: Messaging) -> None:
    other, theirs = uuid7(), "+12145550102"
    await messaging.rows(
        "INSERT INTO sender_numbers (account_id, number) VALUES ($1, $2)", other, theirs, account_id=other
    )
    await messaging.console.put(f"/standin/numbers/{theirs}", json={"sms_url": ""})
    await messaging.rows("UPDATE sender_numbers SET segments_per_second = 1")
    await messaging.give(*(messaging.command("hi", address=f"+121455501{n}") for n in range(10, 60)))
    assert await messaging.work() <= 20, "slots are given to all that wait, not to those that were claimed"
    rows = await messaging.sql("SELECT slot_at FROM messages WHERE slot_at IS NOT NULL ORDER BY slot_at")
    slots = [row["slot_at"].timestamp() for row in rows]
    assert len(slots) == 49
    assert all(0.9 < later - earlier < 1.1 for earlier, later in pairwise(slots))
    await messaging.give(command := messaging.command("another account's"), account_id=other)
    assert await messaging.work() <= 3
    assert (await messaging.by_key(command.message_key))["status"] in ARRIVED
