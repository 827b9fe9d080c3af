"""An event is removed for good."""

from typing import Any

from tests.conftest import Urls
from tests.services.directory.conftest import Api, outbox
from tests.services.directory.nouns import new_contractor

NAME = "Power100 Dallas"
PATHS = ("sessions", "speakers", "sponsors", "attendees", "demo-bookings")


async def whole_event(api: Api) -> tuple[str, dict[str, Any]]:
    """An event with one of everything; and a demo with its sponsor that is not part of it."""
    event_id = (await api.post("/events", name=NAME, date="2026-11-20"))["id"]
    maria = await new_contractor(api)
    speaker = await api.post("/speakers", event_id=event_id, full_name="Greg Salafia")
    await api.post("/sessions", event_id=event_id, title="Growing with AI", speaker_ids=[speaker["id"]])
    sponsor = await api.post("/sponsors", event_id=event_id, name="Acme Corp")
    await api.post("/attendees", event_id=event_id, contractor_id=maria["id"])
    demo = {"contractor_id": maria["id"], "sponsor_id": sponsor["id"], "starts_at": "2026-11-20T15:00:00Z"}
    await api.post("/demo-bookings", event_id=event_id, **demo)
    return event_id, await api.post("/demo-bookings", **demo)


async def remove(api: Api, event_id: str, name: str = NAME) -> tuple[int, Any]:
    answer = await api.call("POST", f"/events/{event_id}/removal", json={"name": name})
    return answer.status_code, answer.json()


async def test_an_event_goes_for_good_with_all_that_belongs_to_it(api: Api, urls: Urls) -> None:
    event_id, elsewhere = await whole_event(api)
    other_id, _ = await whole_event(api)
    await api.delete(f"/events/{event_id}")
    told = len(await outbox(urls))
    status, body = await remove(api, event_id)
    assert (status, body["removed"]) == (200, dict.fromkeys(PATHS, 1))
    assert (await api.call("GET", f"/events/{event_id}")).status_code == 404
    for path in PATHS:
        assert await api.items(f"/{path}", event_id=event_id) == []
        assert len(await api.items(f"/{path}", event_id=other_id)) == 1
    assert (await api.get(f"/demo-bookings/{elsewhere['id']}"))["sponsor_id"] is None
    events = (await outbox(urls))[told:]
    assert [kind for kind, _ in events] == [
        "demo_booking.updated.v1",
        "demo_booking.deleted.v1",
        "attendee.deleted.v1",
        "event_session.deleted.v1",
        "event_speaker.deleted.v1",
        "event_sponsor.deleted.v1",
        "event.deleted.v1",
    ]
    gone = events[-1][1]
    assert (gone["id"], gone["for_good"], gone["row_version"]) == (event_id, True, 3)


async def test_an_archived_event_is_not_told_as_gone_for_good(api: Api, urls: Urls) -> None:
    event_id, _ = await whole_event(api)
    await api.delete(f"/events/{event_id}")
    assert (await outbox(urls))[-1][1]["for_good"] is False


async def test_only_an_owner_who_confirms_it_removes_an_archived_event(api: Api, other: Api) -> None:
    event_id, _ = await whole_event(api)
    assert (await remove(api, event_id))[0] == 409
    await api.delete(f"/events/{event_id}")
    assert (await remove(api.as_role("admin"), event_id))[0] == 403
    assert (await remove(api.as_role("owner", scope="events:write"), event_id))[0] == 403
    assert (await remove(api.as_role("content_manager"), event_id))[0] == 403
    assert (await remove(other, event_id))[0] == 404
    status, body = await remove(api, event_id, "power100 dallas")
    assert (status, body["errors"][0]["field"]) == (422, "name")
    assert len(await api.items("/sessions", event_id=event_id)) == 1
    assert (await remove(api, event_id))[0] == 200
    assert (await remove(api, event_id))[0] == 404
