"""The demo accounts of the local stack."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx

from services.directory.seed import seed
from tests.conftest import Urls
from tests.services.directory.conftest import outbox


async def sign_in(client: httpx.AsyncClient, account: dict[str, str]) -> dict[str, str]:
    form = {"grant_type": "password", "username": account["email"], "password": account["password"]}
    answer = await client.post("/api/v1/auth/token", data=form)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def test_both_demo_accounts_can_sign_in_and_see_a_running_event(urls: Urls, client: httpx.AsyncClient) -> None:
    seeded = await seed(urls.app)
    assert json.loads(json.dumps(seeded)) == seeded
    assert [len(account["contractors"]) for account in seeded["accounts"]] == [6, 2]
    today = datetime.now(ZoneInfo("America/Chicago")).date().isoformat()
    for account in seeded["accounts"]:
        headers = await sign_in(client, account)
        events = (await client.get("/api/v1/events", params={"running_on": today}, headers=headers)).json()["items"]
        assert [event["id"] for event in events] == [account["event_id"]]
        sessions = (await client.get("/api/v1/sessions", params={"event_id": events[0]["id"]}, headers=headers)).json()
        assert "Growing with AI" in [talk["title"] for talk in sessions["items"] if talk["location"] == "Main Stage"]


async def test_seeding_again_adds_nothing_and_keeps_what_was_printed(urls: Urls, client: httpx.AsyncClient) -> None:
    first = await seed(urls.app)
    told = len(await outbox(urls))
    again = await seed(urls.app, {account["email"]: account for account in first["accounts"]})
    assert again == first
    kinds = [kind for kind, _ in (await outbox(urls))[told:]]
    assert kinds == [], "nor is anybody signed out"
    key = first["accounts"][0]["api_key"]
    assert (await client.post("/api/v1/auth/api-key", headers={"X-API-Key": key})).status_code == 200
    await sign_in(client, first["accounts"][1])


async def test_every_demo_row_is_told_to_the_other_services(urls: Urls) -> None:
    await seed(urls.app)
    kinds = [kind for kind, _ in await outbox(urls)]
    assert kinds.count("account.created.v1") == 2
    assert kinds.count("contractor.created.v1") == 8
    assert kinds.count("event_session.created.v1") == 8
    assert kinds.count("user.created.v1") == 10
