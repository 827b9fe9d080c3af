"""Booked demos become their preparation, without anybody asking."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from shared.contracts.actions import ActionItemCreated, ActionItemUpdated
from shared.contracts.directory import (
    ContractorCreated,
    ContractorUpdated,
    DemoBookingCreated,
    DemoBookingDeleted,
    DemoBookingUpdated,
    EventCreated,
    SponsorCreated,
)
from shared.ids import uuid7
from tests.services.actions.conftest import PHONE, Actions
from tests.services.actions.test_answers import ask

IN_DALLAS = datetime.fromisoformat("2041-10-16T09:00:00-05:00")
Http = Callable[..., httpx.AsyncClient]


def booked(actions: Actions, kind: Any = DemoBookingCreated, **values: Any) -> Any:
    known = {"contractor_id": actions.contractor_id, "company": "Acme Corp", "starts_at": IN_DALLAS}
    return actions.state(kind, **{**known, **values})


async def only(actions: Actions) -> dict[str, Any]:
    [item] = await actions.items()
    return item


async def test_a_booked_demo_is_prepared_the_day_before(actions: Actions) -> None:
    known = await actions.know_event()
    booking = booked(actions, event_id=known["event"], sponsor_id=known["sponsor"])
    await actions.tell(booking)
    item = await only(actions)
    assert (item["title"], item["action_type"], item["status"]) == (
        "Prepare for Acme Corp demo",
        "demo_prep",
        "pending",
    )
    assert item["due_date"] == datetime.fromisoformat("2041-10-15T12:00:00-05:00")
    assert (item["ai_generated"], item["ai_reasoning"]) == (True, "Demo scheduled for Oct 16, prep day before")
    assert (item["related_demo_booking_id"], item["related_sponsor_id"]) == (booking.id, known["sponsor"])
    assert (item["contractor_id"], item["event_id"]) == (actions.contractor_id, known["event"])
    [created] = await actions.published(ActionItemCreated)
    assert (created.id, created.due_date) == (item["id"], item["due_date"])


async def test_the_day_before_is_the_contractors_own(actions: Actions) -> None:
    """03:00 UTC of the 16th is the evening of the 15th in Dallas."""
    await actions.tell(booked(actions, starts_at=datetime(2041, 10, 16, 3, tzinfo=UTC)))
    item = await only(actions)
    assert item["due_date"] == datetime.fromisoformat("2041-10-14T12:00:00-05:00")
    assert item["ai_reasoning"] == "Demo scheduled for Oct 15, prep day before"


async def test_a_demo_told_twice_is_prepared_once(actions: Actions) -> None:
    booking = booked(actions)
    await actions.tell(booking, booking)
    await actions.tell(booking)
    assert len(await actions.items()) == 1
    assert len(await actions.published(ActionItemCreated)) == 1
    assert await actions.published(ActionItemUpdated) == []


async def test_the_preparation_moves_with_its_demo(actions: Actions) -> None:
    booking = booked(actions)
    await actions.tell(booking)
    await actions.tell(booked(actions, DemoBookingUpdated, id=booking.id, starts_at=IN_DALLAS + timedelta(days=5)))
    item = await only(actions)
    assert item["due_date"] == datetime.fromisoformat("2041-10-20T12:00:00-05:00")
    assert item["ai_reasoning"] == "Demo scheduled for Oct 21, prep day before"
    rows = await actions.updates()
    assert {(row["update_type"], row["field_name"], row["updated_by"], row["update_source"]) for row in rows} == {
        ("due_date_change", "due_date", "system", "scheduler"),
        ("field_change", "ai_reasoning", "system", "scheduler"),
    }
    [updated] = await actions.published(ActionItemUpdated)
    assert set(updated.changed) == {"due_date", "ai_reasoning"}


async def test_what_was_told_before_comes_too_late(actions: Actions) -> None:
    first = booked(actions)
    second = booked(actions, DemoBookingUpdated, id=first.id, starts_at=IN_DALLAS + timedelta(days=5))
    third = booked(actions, DemoBookingUpdated, id=first.id, status="cancelled")
    await actions.tell(second)
    await actions.tell(first)
    assert (await only(actions))["due_date"] == datetime.fromisoformat("2041-10-20T12:00:00-05:00")
    await actions.tell(third)
    await actions.tell(second)
    assert (await only(actions))["status"] == "cancelled"
    assert await actions.updates() != []


async def test_a_demo_that_was_cancelled_before_we_heard_of_it_is_not_prepared(actions: Actions) -> None:
    first = booked(actions)
    await actions.tell(booked(actions, DemoBookingUpdated, id=first.id, status="cancelled"))
    await actions.tell(first)
    assert await actions.items() == []


async def test_a_cancelled_demo_takes_its_preparation_along_and_brings_it_back(actions: Actions) -> None:
    booking = booked(actions)
    await actions.tell(booking)
    await actions.tell(booked(actions, DemoBookingUpdated, id=booking.id, status="cancelled"))
    assert (await only(actions))["status"] == "cancelled"
    [row] = await actions.updates()
    assert (row["old_value"], row["new_value"], row["update_note"]) == (
        "pending",
        "cancelled",
        "The demo was cancelled",
    )
    await actions.tell(booked(actions, DemoBookingUpdated, id=booking.id))
    assert (await only(actions))["status"] == "pending"
    await actions.tell(booked(actions, DemoBookingDeleted, id=booking.id))
    assert (await only(actions))["status"] == "cancelled"


async def test_a_preparation_that_was_kept_or_dropped_stays_so(actions: Actions, http_of: Http) -> None:
    client = http_of()
    for status in ("completed", "cancelled"):
        booking = booked(actions)
        await actions.tell(booking)
        item = (await actions.items())[-1]
        await client.patch(f"/api/v1/action-items/{item['id']}", json={"status": status})
        later = booked(actions, DemoBookingUpdated, id=booking.id, starts_at=IN_DALLAS + timedelta(days=5))
        await actions.tell(later)
        assert (await actions.items())[-1]["status"] == status
        assert (await actions.items())[-1]["due_date"] == item["due_date"]


async def test_a_due_date_of_ones_own_stays_until_the_demo_moves(actions: Actions, http_of: Http) -> None:
    booking = booked(actions)
    await actions.tell(booking)
    item = await only(actions)
    own = {"due_date": "2041-10-13T17:00:00Z", "title": "Load the trailer for Acme"}
    await http_of().patch(f"/api/v1/action-items/{item['id']}", json=own)
    hour_later = booked(actions, DemoBookingUpdated, id=booking.id, starts_at=IN_DALLAS + timedelta(hours=1))
    await actions.tell(hour_later)
    item = await only(actions)
    assert (item["due_date"].day, item["title"]) == (13, "Load the trailer for Acme")
    moved = booked(actions, DemoBookingUpdated, id=booking.id, starts_at=IN_DALLAS + timedelta(days=1), company="Acme")
    await actions.tell(moved)
    item = await only(actions)
    assert (item["due_date"].day, item["title"]) == (16, "Load the trailer for Acme")


async def test_a_demo_in_the_past_is_not_prepared(actions: Actions) -> None:
    now = datetime.now(UTC)
    await actions.tell(booked(actions, starts_at=now - timedelta(minutes=1)))
    assert await actions.items() == []
    for status in ("completed", "no_show", "cancelled"):
        await actions.tell(booked(actions, status=status))
    assert await actions.items() == []


async def test_a_demo_within_hours_is_due_before_it_begins(actions: Actions) -> None:
    starts_at = datetime.now(UTC) + timedelta(minutes=30)
    await actions.tell(booked(actions, starts_at=starts_at))
    assert datetime.now(UTC) - timedelta(minutes=5) < (await only(actions))["due_date"] <= starts_at


async def test_whom_and_where_we_hear_of_later_counts(bare: Actions) -> None:
    """The booking comes first: its contractor, event and sponsor are not known yet."""
    event_id, sponsor_id = uuid7(), uuid7()
    starts_at = datetime(2041, 10, 16, 15, tzinfo=UTC)  # 00:00 of the 17th in Tokyo
    await bare.tell(booked(bare, company=None, sponsor_id=sponsor_id, event_id=event_id, starts_at=starts_at))
    assert ((await only(bare))["title"], (await only(bare))["due_date"].day) == ("Prepare for the demo", 15)
    days = {"date": "2041-10-07", "ends_on": "2041-10-09"}
    await bare.tell(
        bare.state(SponsorCreated, id=sponsor_id, event_id=event_id, name="BuildPro Solutions"),
        bare.state(EventCreated, id=event_id, name="Power100 Tokyo", time_zone="Asia/Tokyo", **days),
    )
    item = await only(bare)
    assert item["title"] == "Prepare for BuildPro Solutions demo"
    assert item["due_date"] == datetime.fromisoformat("2041-10-16T12:00:00+09:00")
    person = {"id": bare.contractor_id, "full_name": "Maria Lopez", "phone": PHONE}
    await bare.tell(bare.state(ContractorCreated, **person, time_zone="America/Chicago"))
    assert (await only(bare))["due_date"] == datetime.fromisoformat("2041-10-15T12:00:00-05:00")
    await bare.tell(bare.state(ContractorUpdated, **person, time_zone="Asia/Tokyo", changed=["time_zone"]))
    assert (await only(bare))["due_date"] == datetime.fromisoformat("2041-10-16T12:00:00+09:00")


async def answer_with_the_demo(actions: Actions, event_id: UUID) -> None:
    question = await ask(actions, None, kind="priorities", event_id=event_id)
    body = "1. Follow up with John Smith, 2. Demo with Acme Corp, 3. Implement AI tools"
    await actions.text(body, open_questions=[question], received_at=datetime.now(UTC))


async def test_a_priority_about_the_demo_is_the_preparation_that_stands_already(actions: Actions) -> None:
    known = await actions.know_event()
    await actions.tell(booked(actions, event_id=known["event"]))
    await answer_with_the_demo(actions, known["event"])
    demos = [item for item in await actions.items() if item["action_type"] == "demo_prep"]
    assert [(demo["contractor_priority"], demo["priority"], demo["ai_generated"]) for demo in demos] == [(2, 2, True)]
    [turn] = await actions.turns()
    made = ["action_item_created", "action_item_updated", "action_item_created"]
    assert [change["what"] for change in turn["changes"]] == made
    assert "Prepare for Acme Corp demo" in (turn["reply"] or "")


async def test_a_preparation_that_a_priority_made_is_the_bookings(actions: Actions, http_of: Http) -> None:
    """It was promised before we made preparations of bookings."""
    booking = booked(actions)
    await actions.tell(booking)
    await actions.rows("DELETE FROM demo_preparations")
    await actions.rows("UPDATE contractor_action_items SET ai_generated = false, due_date = NULL")
    await actions.tell(booked(actions, DemoBookingUpdated, id=booking.id, company="Acme"))
    item = await only(actions)
    assert (item["ai_generated"], item["due_date"].day) == (False, 15)
    await actions.tell(booked(actions, DemoBookingUpdated, id=booking.id, starts_at=IN_DALLAS + timedelta(days=2)))
    assert (await only(actions))["due_date"].day == 17


async def test_a_contractor_who_is_gone_prepares_nothing(actions: Actions) -> None:
    gone = {"id": actions.contractor_id, "full_name": "Maria Lopez", "phone": PHONE, "status": "archived"}
    await actions.tell(actions.state(ContractorUpdated, **gone, changed=["status"]))
    await actions.tell(booked(actions))
    assert await actions.items() == []
