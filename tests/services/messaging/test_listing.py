"""Twilio does not repeat a webhook that failed: what was missed is found in its list."""

import pytest

from shared.errors import Unavailable
from tests.services.messaging.stack import PERSON, Messaging


async def test_texts_that_came_while_we_were_down_are_stored_once(messaging: Messaging) -> None:
    await messaging.text("in time")
    for number in range(3):
        await messaging.text(f"missed {number}", deliver=False)
    await messaging.send("one of ours")
    assert await messaging.listing.look() == 3
    assert await messaging.listing.look() == 0
    rows = await messaging.messages()
    assert [row["body"] for row in rows] == ["in time", "missed 0", "missed 1", "missed 2"]
    assert len(await messaging.events("message.received")) == 4
    assert {(row["address"], row["our_address"]) for row in rows} == {(PERSON, messaging.number)}


async def test_a_webhook_that_comes_after_all_changes_nothing(messaging: Messaging) -> None:
    sent = await messaging.text("late", deliver=False)
    await messaging.listing.look()
    await messaging.console.post(f"/standin/texts/{sent['sid']}/deliver?times=3")
    assert len(await messaging.messages()) == 1


async def test_a_missed_stop_is_obeyed(messaging: Messaging) -> None:
    await messaging.text("no more texts from you, thanks", deliver=False)
    await messaging.listing.look()
    assert (await messaging.send("hello?"))["status"] == "suppressed"
    await messaging.work()
    assert len(await messaging.bodies()) == 1, "its confirmation"


async def test_a_missed_photo_brings_its_files(messaging: Messaging) -> None:
    await messaging.text("card", deliver=False, media=[{"content_type": "image/jpeg", "base64": "/9j/"}])
    await messaging.listing.look()
    (event,) = await messaging.events("message.received")
    assert event["media"] == [{"index": 0, "type": "image/jpeg"}]
    (row,) = await messaging.rows("SELECT url, status FROM message_media")
    assert (row["url"].startswith("/2010-04-01/Accounts/"), row["status"]) == (True, "pending")


async def test_the_time_of_a_missed_text_is_when_it_was_sent(messaging: Messaging) -> None:
    await messaging.move_clock("3 days")
    await messaging.text("missed", deliver=False)
    await messaging.listing.look()
    (row,) = await messaging.sql("SELECT received_at - app_clock() AS ago FROM messages")
    assert -10 < row["ago"].total_seconds() <= 0


async def test_an_outage_of_the_list_is_survived(messaging: Messaging) -> None:
    await messaging.text("missed", deliver=False)
    await messaging.fault("503", on="list")
    with pytest.raises(Unavailable, match="list cannot be had"):
        await messaging.listing.look()
    assert await messaging.listing.look() == 1
