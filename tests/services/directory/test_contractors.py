"""Contractors, and strangers who become one."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.directory.people.handlers import is_from_a_stranger, on_contractor_introduced, on_message_received
from shared.contracts.actions import ContractorIntroduced
from shared.contracts.messaging import MessageReceived
from shared.db.database import Database, Tenant
from shared.ids import uuid7
from tests.conftest import Urls
from tests.services.directory.conftest import Api, outbox
from tests.services.directory.nouns import new_contractor, new_event

STRANGER = "+12145550199"


def text_from(address: str, **fields: Any) -> MessageReceived:
    return MessageReceived(
        message_id=uuid7(),
        conversation_id=uuid7(),
        conversation_epoch=0,
        address=address,
        our_address="+12145550100",
        received_at=datetime.now(UTC),
        body="Met John Smith",
        **fields,
    )


async def arrive(database: Database, account_id: UUID, *messages: MessageReceived) -> None:
    async with database.begin(Tenant(account_id)) as db:
        for message in messages:
            if is_from_a_stranger(message):
                await on_message_received(db, message)


async def created(urls: Urls, kind: str = "contractor.created.v1") -> list[dict[str, Any]]:
    return [payload for told, payload in await outbox(urls) if told == kind]


async def test_a_strangers_text_makes_one_provisional_contractor_with_a_user(
    api: Api, database: Database, urls: Urls
) -> None:
    await arrive(database, api.account_id, text_from(STRANGER), text_from(STRANGER))
    found = await api.items("/contractors", provisional=True)
    assert [(row["phone"], row["full_name"], row["status"]) for row in found] == [(STRANGER, None, "active")]
    assert (await api.get(f"/users/{found[0]['user_id']}"))["role"] == "contractor"
    told = await created(urls)
    assert [(each["id"], each["phone"], each["provisional"], each["row_version"]) for each in told] == [
        (found[0]["id"], STRANGER, True, 1)
    ]


async def test_texts_of_one_stranger_at_once_make_one_contractor(api: Api, database: Database, urls: Urls) -> None:
    await asyncio.gather(*(arrive(database, api.account_id, text_from(STRANGER)) for _ in range(8)))
    assert len(await api.items("/contractors")) == 1
    assert len(await created(urls)) == 1
    assert len([user for user in await created(urls, "user.created.v1") if user["role"] == "contractor"]) == 1


async def test_a_known_phone_is_nobody_new(api: Api, database: Database, urls: Urls) -> None:
    await new_contractor(api, phone=STRANGER)
    told = len(await outbox(urls))
    await arrive(database, api.account_id, text_from(STRANGER))
    assert len(await outbox(urls)) == told


async def test_the_same_phone_in_another_account_is_another_contractor(
    api: Api, other: Api, database: Database
) -> None:
    await arrive(database, api.account_id, text_from(STRANGER))
    await arrive(database, other.account_id, text_from(STRANGER))
    assert len(await api.items("/contractors")) == len(await other.items("/contractors")) == 1


async def test_who_is_known_or_writes_to_another_service_or_by_a_short_code_is_no_stranger(
    api: Api, database: Database
) -> None:
    await arrive(
        database,
        api.account_id,
        text_from(STRANGER, contractor_id=uuid7()),
        text_from(STRANGER, handler="outreach"),
        text_from("40404"),
        text_from("ann@example.com", channel="email"),
    )
    assert await api.items("/contractors") == []


async def test_an_attendee_with_a_contractors_phone_is_that_contractor(api: Api) -> None:
    event_id, maria = await new_event(api), await new_contractor(api, phone=STRANGER)
    made = await api.post("/attendees", event_id=event_id, full_name="Maria", phone="(214) 555-0199")
    assert made["contractor_id"] == maria["id"]
    colleague = await api.post("/attendees", event_id=event_id, full_name="Zoe", phone=STRANGER)
    assert colleague["contractor_id"] is None, "Maria has her part already"
    other_event = await new_event(api)
    later = await api.post("/attendees", event_id=other_event, full_name="Maria")
    told = await api.patch(f"/attendees/{later['id']}", phone=STRANGER)
    assert told["contractor_id"] == maria["id"]
    apart = await api.patch(f"/attendees/{later['id']}", contractor_id=None, company="Lopez")
    assert apart["contractor_id"] is None


async def test_an_archived_contractors_phone_means_nobody(api: Api) -> None:
    maria = await new_contractor(api, phone=STRANGER)
    await api.delete(f"/contractors/{maria['id']}")
    made = await api.post("/attendees", event_id=await new_event(api), full_name="Maria", phone=STRANGER)
    assert made["contractor_id"] is None


async def test_an_archived_contractor_who_texts_again_is_a_new_one(api: Api, database: Database) -> None:
    maria = await new_contractor(api, phone=STRANGER)
    await api.delete(f"/contractors/{maria['id']}")
    await arrive(database, api.account_id, text_from(STRANGER))
    assert [row["provisional"] for row in await api.items("/contractors", phone=STRANGER)] == [True]
    back = await api.call("PATCH", f"/contractors/{maria['id']}", json={"status": "active"})
    assert back.status_code == 409, "their phone has another owner now"


async def test_a_name_ends_the_provisional_time(api: Api, database: Database, urls: Urls) -> None:
    await arrive(database, api.account_id, text_from(STRANGER))
    row = (await api.items("/contractors"))[0]
    named = await api.patch(f"/contractors/{row['id']}", full_name="Maria Lopez")
    assert named["provisional"] is False
    assert set((await created(urls, "contractor.updated.v1"))[-1]["changed"]) == {"full_name", "provisional"}


async def test_a_phone_is_kept_as_e164_and_found_however_it_is_typed(api: Api) -> None:
    maria = await new_contractor(api, phone="(214) 555-0123")
    assert maria["phone"] == "+12145550123"
    for typed in ("+12145550123", "214-555-0123", "12145550123"):
        assert [row["id"] for row in await api.items("/contractors", phone=typed)] == [maria["id"]]
    again = await api.call("POST", "/contractors", json={"full_name": "Ann Lee", "phone": "214.555.0123"})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


async def test_an_attendee_known_by_phone_is_the_contractor_who_texts(api: Api, database: Database, urls: Urls) -> None:
    event_id = await new_event(api)
    attendee = await api.post("/attendees", event_id=event_id, full_name="Maria Lopez", phone=STRANGER)
    await arrive(database, api.account_id, text_from(STRANGER))
    contractor = (await api.items("/contractors"))[0]
    assert (await api.get(f"/attendees/{attendee['id']}"))["contractor_id"] == contractor["id"]
    assert (await created(urls, "attendee.updated.v1"))[-1]["contractor_id"] == contractor["id"]


async def test_a_contractor_is_an_attendee_of_an_event_once(api: Api) -> None:
    event_id, maria = await new_event(api), await new_contractor(api)
    await api.post("/attendees", event_id=event_id, contractor_id=maria["id"])
    again = await api.call("POST", "/attendees", json={"event_id": event_id, "contractor_id": maria["id"]})
    assert again.status_code == 409


async def test_a_contractor_sees_only_own_rows(api: Api) -> None:
    event_id, maria, ann = await new_event(api), await new_contractor(api), await new_contractor(api)
    for each in (maria, ann):
        await api.post("/attendees", event_id=event_id, contractor_id=each["id"])
        await api.post("/demo-bookings", contractor_id=each["id"], starts_at="2026-11-20T15:00:00-06:00")
    hers = api.as_role("contractor", contractor_id=maria["id"])
    for path in ("/attendees", "/demo-bookings"):
        assert [row["contractor_id"] for row in await hers.items(path)] == [maria["id"]]
    assert (await hers.call("GET", f"/contractors/{ann['id']}")).status_code == 404


async def introduce(database: Database, account_id: UUID, contractor_id: str, **said: str | None) -> None:
    event = ContractorIntroduced(contractor_id=UUID(contractor_id), message_id=uuid7(), **said)
    async with database.begin(Tenant(account_id)) as db:
        await on_contractor_introduced(db, event)


async def test_a_stranger_who_says_name_and_event_is_an_attendee_of_it_once(
    api: Api, database: Database, urls: Urls
) -> None:
    await arrive(database, api.account_id, text_from(STRANGER))
    contractor = (await api.items("/contractors"))[0]
    today = datetime.now(UTC).date().isoformat()
    expo = await api.post("/events", name="Lone Star Roofing Expo", date=today)
    await api.post("/events", name="Prairie Solar Days", date=today)
    await api.post("/events", name="Lone Star Roofing Expo", date="2020-05-04")
    for _ in range(2):
        said = {"full_name": "Sam Ortiz", "event_text": "the roofing expo"}
        await introduce(database, api.account_id, contractor["id"], **said)
    known = await api.get(f"/contractors/{contractor['id']}")
    assert (known["full_name"], known["provisional"]) == ("Sam Ortiz", False)
    found = await api.items("/attendees", contractor_id=contractor["id"])
    assert [(row["event_id"], row["full_name"]) for row in found] == [(expo["id"], "Sam Ortiz")]


async def test_an_introduction_renames_nobody_and_guesses_no_event(api: Api, database: Database) -> None:
    contractor = await new_contractor(api, full_name="Pat Example")
    await api.post("/events", name="Prairie Solar Days", date=datetime.now(UTC).date().isoformat())
    said = {"full_name": "Chris", "event_text": "a plumbing fair"}
    await introduce(database, api.account_id, contractor["id"], **said)
    await introduce(database, api.account_id, str(uuid7()), **said)
    assert (await api.get(f"/contractors/{contractor['id']}"))["full_name"] == "Pat Example"
    assert await api.items("/attendees") == []
