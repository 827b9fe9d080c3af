"""Twilio does not repeat a webhook that failed: what was missed is found in its list."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.messaging.inbound.listing import Listing
from services.messaging.provider import MediaGone
from services.messaging.twilio.client import Listed
from shared.errors import Unavailable
from shared.ids import uuid7
from shared.store.objects import ObjectStore
from tests.services.messaging.stack import PERSON, Messaging
from tests.services.messaging.test_media import fetch_all


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


class Forgetful:
    """Twilio, except that it fails to list files, or the texts to one of our numbers, or lists what the stand-in cannot play."""

    def __init__(
        self, provider: Any, *, media: Exception | None = None, number: str = "", listed: list[Listed] | None = None
    ) -> None:
        self._provider, self._media, self._number, self._listed = provider, media, number, listed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)

    async def list_messages(self, *, to: str, **wanted: Any) -> Any:
        if to == self._number:
            raise Unavailable("not now")
        return self._listed or await self._provider.list_messages(to=to, **wanted)

    async def media_of(self, sid: str) -> list[tuple[str, str]]:
        if self._media is not None:
            raise self._media
        return list(await self._provider.media_of(sid))


async def another_account(messaging: Messaging, number: str) -> UUID:
    account_id = uuid7()
    await messaging.rows("INSERT INTO sender_numbers (number) VALUES ($1)", number, account_id=account_id)
    await messaging.console.put(f"/standin/numbers/{number}", json={"sms_url": ""})
    await messaging.text("other account", to=number, deliver=False)
    return account_id


async def test_a_text_that_cannot_be_stored_now_holds_up_no_other_and_is_found_later(messaging: Messaging) -> None:
    await another_account(messaging, "+12145550104")
    photo = [{"content_type": "image/jpeg", "base64": "/9j/"}]
    await messaging.text("card", deliver=False, media=photo)
    await messaging.text("after the card", deliver=False)
    provider = Forgetful(messaging.provider, media=Unavailable("not now"))
    with pytest.raises(Unavailable):
        await Listing(messaging.database, messaging.worker, provider, 300).look()
    assert {row["body"] for row in await messaging.messages()} == {"after the card", "other account"}
    (state,) = await messaging.rows("SELECT listed_until < clock_timestamp() AS behind FROM number_states")
    assert state["behind"]
    assert await messaging.listing.look() == 1
    assert "card" in {row["body"] for row in await messaging.messages()}


async def test_one_number_that_cannot_be_listed_holds_up_no_other(messaging: Messaging) -> None:
    await another_account(messaging, "+12145550104")
    await messaging.text("mine", deliver=False)
    for number, stored in ((messaging.number, {"other account"}), ("+12145550104", {"other account", "mine"})):
        with pytest.raises(Unavailable):
            await Listing(messaging.database, messaging.worker, Forgetful(messaging.provider, number=number), 1).look()
        assert {row["body"] for row in await messaging.messages()} == stored


async def test_a_text_whose_files_are_gone_counts_all_the_same(messaging: Messaging, tmp_path: Path) -> None:
    await messaging.text("card", deliver=False, media=[{"content_type": "image/jpeg", "base64": "/9j/"}])
    provider = Forgetful(messaging.provider, media=MediaGone("404"))
    assert await Listing(messaging.database, messaging.worker, provider, 300).look() == 1
    await fetch_all(messaging, ObjectStore.open(f"file://{tmp_path}/objects"))
    (event,) = await messaging.events("message.media_stored")
    assert event["media"][0]["error"] == "Twilio does not have this file any more"


async def test_twilios_client_tells_files_that_are_gone_from_an_outage(messaging: Messaging) -> None:
    with pytest.raises(MediaGone):
        await messaging.provider.media_of("MM" + "0" * 32)


async def test_more_texts_than_are_listed_at_once_are_all_found(messaging: Messaging) -> None:
    """The stand-in's times are seconds, as Twilio's are: three a page, over several seconds."""
    for second in range(3):
        for number in range(2):
            await messaging.text(f"missed {second}.{number}", deliver=False)
        await asyncio.sleep(1)
    assert await messaging.listing.look() == 6
    bodies = [row["body"] for row in await messaging.messages()]
    assert bodies == sorted(bodies)


async def test_a_firm_under_a_name_is_ignored_both_ways(messaging: Messaging) -> None:
    found = Listed("SM" + "0" * 32, "ACME BANK", messaging.number, "code 1", True, "received", 0, datetime.now(UTC))
    provider = Forgetful(messaging.provider, listed=[found])
    assert await Listing(messaging.database, messaging.worker, provider, 300).look() == 0
    assert (await messaging.webhook(From="ACME BANK")).status_code == 200
    assert (await messaging.webhook(From="whatsapp:+12145550123")).status_code == 400
    assert await messaging.messages() == []
