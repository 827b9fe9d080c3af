"""After an event, partners that fit and were not met are suggested: once, two at most, with the reason."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.actions.suggestions.jobs import Suggesting
from services.actions.suggestions.queries import ROUNDS
from services.actions.suggestions.rules import begins_at, is_named, plain, shared_focus
from shared.contracts.actions import ActionItemCreated
from shared.contracts.directory import (
    AttendeeCreated,
    AttendeeUpdated,
    ContractorUpdated,
    DemoBookingCreated,
    EventCreated,
    EventUpdated,
    PartnerCreated,
    PartnerDeleted,
    SponsorCreated,
)
from shared.db.jobs import LeaseLost
from shared.ids import uuid7
from tests.services.actions.conftest import PHONE, Actions

Http = Callable[..., httpx.AsyncClient]
TODAY = datetime.now(UTC).date()
OVER = {"date": TODAY - timedelta(days=6), "ends_on": TODAY - timedelta(days=4)}


async def event(actions: Actions, **values: Any) -> UUID:
    """An event, over for some days; the contractor, a roofer, was there."""
    event_id = uuid7()
    known = {"id": event_id, "name": "Power100 Dallas", "time_zone": "America/Chicago", **OVER}
    person = {"id": actions.contractor_id, "full_name": "Maria Lopez", "phone": PHONE}
    await actions.tell(
        actions.state(ContractorUpdated, **person, focus_areas=["Roofing", "skylights"]),
        actions.state(EventCreated, **{**known, **values}),
        actions.state(AttendeeCreated, event_id=event_id, contractor_id=actions.contractor_id),
    )
    return event_id


async def partner(actions: Actions, name: str, *focus_areas: str, at: UUID | None = None) -> UUID:
    made = actions.state(PartnerCreated, name=name, focus_areas=list(focus_areas))
    await actions.tell(made)
    if at is not None:
        await actions.tell(actions.state(SponsorCreated, event_id=at, name=name, partner_id=made.id))
    return UUID(str(made.id))


async def titles(actions: Actions) -> list[str]:
    return [item["title"] for item in await actions.items() if item["action_type"] == "research_partner"]


async def test_a_partner_who_was_not_there_is_suggested_with_the_reason(actions: Actions) -> None:
    event_id = await event(actions)
    partner_id = await partner(actions, "BuildPro Solutions", "commercial roofing")
    await partner(actions, "Blue Fig Catering", "lunch")
    assert await actions.suggest() == 1
    [item] = await actions.items()
    assert (item["title"], item["action_type"]) == ("Review BuildPro Solutions (not at event)", "research_partner")
    assert item["ai_reasoning"] == "BuildPro Solutions fits your focus on Roofing; they were not at Power100 Dallas."
    assert (item["related_partner_id"], item["event_id"], item["ai_generated"]) == (partner_id, event_id, True)
    [created] = await actions.published(ActionItemCreated)
    assert (created.id, created.source, created.ai_reasoning) == (item["id"], "scheduler", item["ai_reasoning"])


async def test_a_partner_who_was_there_and_not_met_is_another_reason(actions: Actions) -> None:
    event_id = await event(actions)
    await partner(actions, "Skyline Glass", "Skylight installation", at=event_id)
    await actions.suggest()
    [item] = await actions.items()
    assert item["title"] == "Review Skyline Glass (at event, not met)"
    assert item["ai_reasoning"] == (
        "Skyline Glass fits your focus on skylights; they were at Power100 Dallas, and you did not note meeting them."
    )
    [row] = await actions.rows("SELECT reason FROM partner_suggestions")
    assert row["reason"] == "not_met"


async def test_two_at_most_those_who_fit_best(actions: Actions) -> None:
    event_id = await event(actions)
    await partner(actions, "Ace Gutters", "roofing")
    await partner(actions, "Both Worlds", "roofing", "skylights")
    await partner(actions, "Cedar Shakes", "roofing", at=event_id)
    await actions.suggest()
    assert await titles(actions) == ["Review Both Worlds (not at event)", "Review Cedar Shakes (at event, not met)"]


async def test_nobody_is_suggested_twice(actions: Actions, http_of: Http) -> None:
    await event(actions)
    await partner(actions, "BuildPro Solutions", "roofing")
    await actions.suggest()
    [item] = await actions.items()
    await http_of().delete(f"/api/v1/action-items/{item['id']}")
    await event(actions, name="Roof Expo")
    assert await actions.suggest() == 1
    assert len(await actions.items()) == 1


async def test_a_round_is_gone_through_once(actions: Actions) -> None:
    event_id = await event(actions)
    assert await actions.suggest() == 1
    await partner(actions, "BuildPro Solutions", "roofing")
    known = {"id": event_id, "name": "Power100", "time_zone": "America/Chicago", **OVER}
    await actions.tell(actions.state(EventUpdated, **known, changed=["name"]))
    assert await actions.suggest() == 0
    assert await actions.items() == []


@pytest.mark.parametrize("met", ["note", "short name", "item", "related", "demo", "sponsor of a demo", "another demo"])
async def test_whoever_was_met_is_not_suggested(actions: Actions, http_of: Http, met: str) -> None:
    event_id, client = await event(actions), http_of()
    partner_id = await partner(actions, "BuildPro Solutions", "roofing", at=event_id)
    [sponsor] = await actions.rows("SELECT id FROM event_sponsors")
    who = {"contractor_id": str(actions.contractor_id)}
    past = {"contractor_id": actions.contractor_id, "starts_at": datetime.now(UTC) - timedelta(days=5)}
    match met:
        case "note":
            await client.post("/api/v1/notes", json={**who, "note_text": "Saw BuildPro Solutions' new underlayment"})
        case "short name":
            await client.post("/api/v1/notes", json={**who, "note_text": "buildpro has a nice booth"})
        case "item":
            await client.post("/api/v1/action-items", json={**who, "title": "Call Jim at BuildPro"})
        case "related":
            related = {"related_partner_id": str(partner_id), "status": "cancelled"}
            await client.post("/api/v1/action-items", json={**who, "title": "Call Jim", **related})
        case "demo":
            await actions.tell(actions.state(DemoBookingCreated, **past, partner_id=partner_id))
        case "sponsor of a demo":
            await actions.tell(actions.state(DemoBookingCreated, **past, sponsor_id=sponsor["id"]))
        case "another demo":
            await actions.tell(actions.state(DemoBookingCreated, **past, company="BuildPro Solutions LLC"))
    await actions.suggest()
    assert await titles(actions) == []


async def test_who_is_met_by_somebody_else_is_suggested_all_the_same(actions: Actions, http_of: Http) -> None:
    await event(actions)
    await partner(actions, "BuildPro Solutions", "roofing")
    other = uuid7()
    await actions.know_contractor(id=other, phone="+12145550188")
    note = {"contractor_id": str(other), "note_text": "Met BuildPro Solutions"}
    assert (await http_of().post("/api/v1/notes", json=note)).status_code == 201
    await actions.suggest()
    assert len(await titles(actions)) == 1


async def test_nothing_is_suggested_before_the_event_is_over(actions: Actions) -> None:
    event_id = await event(actions, ends_on=TODAY - timedelta(days=1))
    await partner(actions, "BuildPro Solutions", "roofing")
    assert await actions.suggest() == 0
    known = {"id": event_id, "name": "Power100 Dallas", "time_zone": "America/Chicago", "date": OVER["date"]}
    await actions.tell(actions.state(EventUpdated, **known, ends_on=OVER["ends_on"], changed=["ends_on"]))
    assert await actions.suggest() == 1
    assert len(await titles(actions)) == 1


async def test_an_event_long_over_or_called_off_suggests_nothing(actions: Actions) -> None:
    await partner(actions, "BuildPro Solutions", "roofing")
    await event(actions, date=TODAY - timedelta(days=60), ends_on=TODAY - timedelta(days=59))
    await event(actions, status="cancelled")
    event_id = await event(actions)
    known = {"id": event_id, "name": "Power100 Dallas", "time_zone": "America/Chicago", **OVER}
    await actions.tell(actions.state(EventUpdated, **known, status="archived", changed=["status"]))
    assert await actions.suggest() == 0
    assert await actions.items() == []


async def test_who_did_not_come_or_is_gone_gets_nothing_nor_is_suggested(actions: Actions) -> None:
    event_id = await event(actions)
    gone = await partner(actions, "BuildPro Solutions", "roofing")
    await actions.tell(actions.state(PartnerDeleted, id=gone, name="BuildPro Solutions", focus_areas=["roofing"]))
    await actions.suggest()
    assert await actions.items() == []
    await partner(actions, "Ace Gutters", "roofing")
    other = await event(actions, name="Roof Expo")
    [attendee] = await actions.rows("SELECT id FROM attendees WHERE event_id = $1", other)
    state = {"id": attendee["id"], "event_id": other, "contractor_id": actions.contractor_id, "status": "no_show"}
    await actions.tell(actions.state(AttendeeUpdated, **state))
    await actions.suggest()
    assert await actions.items() == []
    assert event_id != other


async def test_everybody_of_a_big_event_is_reached(actions: Actions) -> None:
    event_id = await event(actions)
    await partner(actions, "BuildPro Solutions", "roofing")
    people = [uuid7() for _ in range(30)]
    for number, person in enumerate(people):
        await actions.know_contractor(id=person, phone=f"+121455501{number:02d}", focus_areas=["roofing"])
        await actions.tell(actions.state(AttendeeCreated, event_id=event_id, contractor_id=person))
    await actions.suggest()
    assert {item["contractor_id"] for item in await actions.items()} == {actions.contractor_id, *people}


async def test_a_worker_who_wakes_up_late_suggests_nothing_more(actions: Actions) -> None:
    await event(actions)
    await partner(actions, "BuildPro Solutions", "roofing")
    [lease] = await ROUNDS.claim(actions.worker, 1)
    await actions.rows("UPDATE suggestion_rounds SET fence = fence + 1")

    with pytest.raises(LeaseLost):
        await Suggesting(actions.app).work(lease)
    assert await actions.items() == []


@pytest.mark.parametrize(
    ("mine", "theirs", "shared"),
    [
        (["Roofing"], ["residential roofing"], ["Roofing"]),
        (["flat roofing systems"], ["roofing"], ["flat roofing systems"]),
        (["skylights"], ["Skylight installation"], ["skylights"]),
        (["roofing"], ["proofing"], []),
        (["AI tools"], ["AI"], ["AI tools"]),
        (["roof repair"], ["roof coating"], []),
        (["", "  "], ["roofing"], []),
        (["roofing"], [""], []),
    ],
)
def test_what_focus_is_shared(mine: list[str], theirs: list[str], shared: list[str]) -> None:
    assert shared_focus(mine, theirs) == shared


@pytest.mark.parametrize(
    ("name", "said", "named"),
    [
        ("BuildPro Solutions", "met BuildPro's Jim", True),
        ("Build Pro LLC", "buildpro was nice", True),
        ("BuildPro Solutions", "we need solutions", False),
        ("Systems Group", "Systems Group had a booth", True),
        ("Ace", "the best place", False),
    ],
)
def test_whether_somebody_is_named(name: str, said: str, named: bool) -> None:
    assert is_named(name, f" {plain(said)} ") is named


def test_a_round_begins_at_midnight_where_the_event_was() -> None:
    ends_on = date(2041, 10, 9)
    assert begins_at(ends_on, "America/Chicago") == datetime(2041, 10, 11, 5, tzinfo=UTC)
    assert begins_at(ends_on, "Asia/Tokyo") == datetime(2041, 10, 10, 15, tzinfo=UTC)
