"""Hours of the day, the day's limit, segments per second."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import combinations

from shared.ids import uuid7
from tests.services.messaging.scenes import ARRIVED, at, know
from tests.services.messaging.stack import PERSON, Messaging


async def test_a_check_in_at_night_expires_at_once_or_waits_for_the_morning(messaging: Messaging) -> None:
    night = await at(messaging, 22)
    early = await messaging.send("expires at 23:00", purpose="check_in", expires_at=night + timedelta(hours=1))
    assert early["status"] == "expired"
    late = await messaging.send("may wait", purpose="check_in", expires_at=night + timedelta(hours=12))
    assert (late["status"], late["not_before"]) == ("pending", night.astimezone(UTC) + timedelta(hours=10))
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
    night = datetime.now(UTC) + timedelta(days=2, hours=12)
    await messaging.move_clock(f"{(night - datetime.now(UTC)).total_seconds()} seconds")
    await messaging.work()
    assert {row["status"] for row in await messaging.messages("outbound")} <= {*ARRIVED, "expired"}


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
