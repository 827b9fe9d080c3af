"""What holds for every noun: made, read, listed, edited, removed, told, and nobody else's."""

from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import Urls
from tests.services.directory.conftest import Api, outbox
from tests.services.directory.nouns import NOUNS, Noun

each_noun = pytest.mark.parametrize("noun", NOUNS, ids=str)


async def told_of(urls: Urls, row_id: str) -> list[tuple[str, dict[str, Any]]]:
    return [(kind, payload) for kind, payload in await outbox(urls) if payload["id"] == row_id]


@each_noun
async def test_a_row_is_read_back_as_it_was_made_and_told_to_others(noun: Noun, api: Api, urls: Urls) -> None:
    body = await noun.body(api)
    made = await api.post(noun.path, **body)
    assert {name: made[name] for name in body if name not in ("starts_at", "ends_at")} == {
        name: value for name, value in body.items() if name not in ("starts_at", "ends_at")
    }
    assert await api.get(f"{noun.path}/{made['id']}") == made
    assert made in await api.items(noun.path)
    kind, payload = (await told_of(urls, made["id"]))[0]
    assert kind == f"{noun.aggregate}.created.v1"
    assert payload["row_version"] == 1
    assert {name: payload[name] for name in payload if name in made} == {
        name: made[name] for name in payload if name in made
    }


@each_noun
async def test_an_edit_changes_only_what_it_names_and_says_what_changed(noun: Noun, api: Api, urls: Urls) -> None:
    made = await api.post(noun.path, **await noun.body(api))
    edited = await api.patch(f"{noun.path}/{made['id']}", **noun.edit)
    assert edited["row_version"] == made["row_version"] + 1
    assert {name for name in made if made[name] != edited[name]} - {"checked_in_at"} == {
        *noun.edit,
        "updated_at",
        "row_version",
    }
    assert await api.get(f"{noun.path}/{made['id']}") == edited
    kind, payload = (await told_of(urls, made["id"]))[-1]
    assert kind == f"{noun.aggregate}.updated.v1"
    assert set(noun.edit) <= set(payload["changed"])
    assert payload["row_version"] == edited["row_version"]


@each_noun
async def test_an_edit_that_changes_nothing_is_not_told(noun: Noun, api: Api, urls: Urls) -> None:
    made = await api.post(noun.path, **await noun.body(api))
    first = await api.patch(f"{noun.path}/{made['id']}", **noun.edit)
    told = len(await outbox(urls))
    assert await api.patch(f"{noun.path}/{made['id']}", **noun.edit) == first
    assert len(await outbox(urls)) == told


@each_noun
async def test_a_removed_row_is_out_of_the_list_and_told_with_a_newer_version(noun: Noun, api: Api, urls: Urls) -> None:
    made = await api.post(noun.path, **await noun.body(api))
    await api.delete(f"{noun.path}/{made['id']}")
    assert made["id"] not in [row["id"] for row in await api.items(noun.path)]
    kind, payload = (await told_of(urls, made["id"]))[-1]
    assert kind == f"{noun.aggregate}.deleted.v1"
    assert payload["row_version"] == made["row_version"] + 1
    answer = await api.call("GET", f"{noun.path}/{made['id']}")
    assert answer.status_code == (200 if noun.archives else 404)
    if noun.archives:
        assert answer.json()["status"] == "archived"
        assert made["id"] in [row["id"] for row in await api.items(noun.path, status="archived")]


@pytest.mark.parametrize("noun", [noun for noun in NOUNS if noun.archives], ids=str)
async def test_an_archived_row_is_edited_only_by_what_brings_it_back(noun: Noun, api: Api, urls: Urls) -> None:
    made = await api.post(noun.path, **await noun.body(api))
    await api.delete(f"{noun.path}/{made['id']}")
    told = len(await outbox(urls))
    refused = await api.call("PATCH", f"{noun.path}/{made['id']}", json=noun.edit)
    assert (refused.status_code, "archived" in refused.json()["detail"]) == (409, True)
    assert len(await outbox(urls)) == told
    back = await api.patch(f"{noun.path}/{made['id']}", status="active", **noun.edit)
    assert back["status"] == "active"
    assert made["id"] in [row["id"] for row in await api.items(noun.path)]


@each_noun
async def test_another_tenants_row_is_answered_in_the_same_bytes_as_none(noun: Noun, api: Api, other: Api) -> None:
    made = await api.post(noun.path, **await noun.body(api))
    assert made["id"] not in [row["id"] for row in await other.items(noun.path)]
    for method, options in (("GET", {}), ("PATCH", {"json": noun.edit}), ("DELETE", {})):
        theirs = await other.call(method, f"{noun.path}/{made['id']}", **options)
        absent = await other.call(method, f"{noun.path}/{uuid4()}", **options)
        assert (theirs.status_code, theirs.content) == (404, absent.content)
    assert await api.get(f"{noun.path}/{made['id']}") == made


@each_noun
async def test_a_stale_edit_or_removal_is_refused(noun: Noun, api: Api) -> None:
    made = await api.post(noun.path, **await noun.body(api))
    first = await api.call("GET", f"{noun.path}/{made['id']}")
    seen = {"If-Match": first.headers["etag"]}
    fresh = await api.call("PATCH", f"{noun.path}/{made['id']}", json=noun.edit, headers=seen)
    assert (fresh.status_code, fresh.headers["etag"]) == (200, '"2"')
    assert (await api.call("PATCH", f"{noun.path}/{made['id']}", json={}, headers=seen)).status_code == 412
    assert (await api.call("DELETE", f"{noun.path}/{made['id']}", headers=seen)).status_code == 412


@each_noun
async def test_a_repeated_post_with_one_key_makes_one_row(noun: Noun, api: Api) -> None:
    body = await noun.body(api)
    before = len(await api.items(noun.path))
    answers = [await api.call("POST", noun.path, json=body, headers={"Idempotency-Key": "once"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert len(await api.items(noun.path)) == before + 1


@each_noun
async def test_unknown_fields_missing_ones_and_null_or_blank_for_a_needed_one_are_refused(noun: Noun, api: Api) -> None:
    body = await noun.body(api)
    for wrong in (
        {**body, "account_id": str(uuid4())},
        {**body, "row_version": 7},
        {**body, noun.required: None},
        {**body, noun.required: "\u3000\u200b"},
    ):
        assert (await api.call("POST", noun.path, json=wrong)).status_code == 422
    assert (await api.call("POST", noun.path, json={})).status_code == 422
    made = await api.post(noun.path, **body)
    for wrong in ({noun.required: None}, {noun.required: " \u200b"}, {"id": str(uuid4())}, {"surprise": 1}):
        answer = await api.call("PATCH", f"{noun.path}/{made['id']}", json=wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text


@each_noun
async def test_nobody_gets_in_without_a_token(noun: Noun, api: Api) -> None:
    assert (await api.client.get(f"/api/v1{noun.path}")).status_code == 401
    assert (await api.client.post(f"/api/v1{noun.path}", json={})).status_code == 401


async def test_a_list_is_read_to_its_end_page_by_page(api: Api) -> None:
    made = [(await api.post("/partners", name=f"Partner {number}"))["id"] for number in range(5)]
    seen, cursor = [], None
    while True:
        page = await api.get("/partners", limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [row["id"] for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made


async def test_what_refers_to_a_row_of_another_tenant_is_refused_like_one_to_none(api: Api, other: Api) -> None:
    theirs = await other.post("/events", name="Trade Forum Live", date="2026-11-20")
    for event_id in (theirs["id"], str(uuid4())):
        answer = await api.call("POST", "/sessions", json={"event_id": event_id, "title": "Growing with AI"})
        assert answer.status_code == 422
        assert answer.json()["errors"] == [
            {"field": "event_id", "code": "invalid", "detail": "There is no such event."}
        ]


async def test_a_sponsor_with_booked_demos_stays(api: Api) -> None:
    booking = await NOUNS[-1].body(api)
    sponsor = await api.post("/sponsors", event_id=(await NOUNS[5].body(api))["event_id"], name="Acme Corp")
    await api.post("/demo-bookings", **booking, sponsor_id=sponsor["id"])
    answer = await api.call("DELETE", f"/sponsors/{sponsor['id']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


async def test_a_removed_speaker_is_taken_out_of_the_talks(api: Api, urls: Urls) -> None:
    talk = await api.post("/sessions", **await NOUNS[4].body(api))
    await api.delete(f"/speakers/{talk['speaker_ids'][0]}")
    assert (await api.get(f"/sessions/{talk['id']}"))["speaker_ids"] == []
    kind, payload = (await told_of(urls, talk["id"]))[-1]
    assert (kind, payload["changed"]) == ("event_session.updated.v1", ["speaker_ids"])


async def test_an_event_takes_the_accounts_zone_and_lasts_a_day_unless_it_says_otherwise(api: Api) -> None:
    event = await api.post("/events", name="Power100 Dallas", date="2026-11-20")
    assert (event["ends_on"], event["time_zone"]) == ("2026-11-20", "America/Chicago")


async def test_nothing_ends_before_it_begins(api: Api) -> None:
    event = await api.post("/events", name="Power100 Dallas", date="2026-11-20")
    answer = await api.call("PATCH", f"/events/{event['id']}", json={"date": "2026-11-25"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "ends_on")
    talk = {
        "event_id": event["id"],
        "title": "AI",
        "starts_at": "2026-11-20T10:00:00Z",
        "ends_at": "2026-11-20T09:00:00Z",
    }
    answer = await api.call("POST", "/sessions", json=talk)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "ends_at")


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("/contractors", {"phone": "555-1234"}),
        ("/contractors", {"phone": "911"}),
        ("/contractors", {"time_zone": "Central"}),
        ("/contractors", {"time_zone": "../../etc/passwd"}),
        ("/contractors", {"email": "a@example.com, b@example.com"}),
        ("/contractors", {"full_name": "Maria\r\nBcc: all"}),
        ("/contractors", {"full_name": "a" * 201}),
        ("/contractors", {"focus_areas": "roofing"}),
        ("/contractors", {"status": "archived"}),
        ("/contractors", {"provisional": True}),
        ("/events", {"date": "2026-02-30"}),
        ("/events", {"status": "archived"}),
        ("/sessions", {"starts_at": "2026-11-20T10:00:00"}),
        ("/partners", {"website": "javascript:alert(1)"}),
        ("/users", {"role": "service"}),
        ("/users", {"role": "contractor"}),
        ("/users", {"password": "short"}),
    ],
)
async def test_a_value_that_cannot_be_is_refused_with_its_field(path: str, wrong: dict[str, Any], api: Api) -> None:
    noun = next(noun for noun in NOUNS if noun.path == path)
    answer = await api.call("POST", path, json={**await noun.body(api), **wrong})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith(next(iter(wrong)))


async def test_every_aggregate_can_be_published_again(api: Api, urls: Urls) -> None:
    for noun in NOUNS:
        await api.post(noun.path, **await noun.body(api))
    for aggregate in ("account", *(noun.aggregate for noun in NOUNS)):
        answer = await api.client.post("/internal/republish", params={"type": aggregate}, headers=api.headers)
        assert answer.status_code == 202, answer.text
        assert answer.json()["count"] >= 1
        kind, payload = (await outbox(urls))[-1]
        assert kind == f"{aggregate}.snapshot.v1"
        assert payload["row_version"] >= 1
