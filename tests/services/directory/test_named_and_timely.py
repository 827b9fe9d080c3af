"""What the gateway composes its answers of: rows by their ids, and events by the clock."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from shared.db.clock import allow_clock, set_clock
from shared.db.database import asyncpg_dsn
from shared.ids import uuid7
from tests.conftest import Urls
from tests.services.directory.conftest import Api
from tests.services.directory.nouns import new_contractor


async def test_rows_asked_for_by_id_come_archived_or_not_and_only_ones_own(api: Api, other: Api) -> None:
    first, gone, _, theirs = [await new_contractor(each) for each in (api, api, api, other)]
    await api.delete(f"/contractors/{gone['id']}")
    asked = {"ids": [first["id"], gone["id"], theirs["id"], str(uuid7())]}
    page = await api.get("/contractors", **asked)
    assert {row["id"] for row in page["items"]} == {first["id"], gone["id"]}
    active = await api.get("/contractors", **asked, status="active")
    assert [row["id"] for row in active["items"]] == [first["id"]]


@pytest.mark.parametrize(("days", "when"), [(-3, "coming"), (0, "running"), (1, "running"), (4, "past")])
async def test_an_event_is_coming_then_running_then_past_as_the_stacks_clock_goes(
    api: Api, urls: Urls, days: int, when: str
) -> None:
    today = datetime.now(UTC).date()
    event = await api.post(
        "/events", name="Power100", date=str(today), ends_on=str(today + timedelta(days=1)), time_zone="UTC"
    )
    await allow_clock(urls.owner, True)
    owner = await asyncpg.connect(asyncpg_dsn(urls.owner))
    await set_clock(owner, timedelta(days=days))
    await owner.close()
    found = {
        each: [row["id"] for row in (await api.get("/events", when=each))["items"]]
        for each in ("past", "running", "coming")
    }
    assert found == {"past": [], "running": [], "coming": []} | {when: [event["id"]]}
