"""What bodies may say: times of this world, nothing emptied that must be there, words that say something."""

import asyncio
import time
from datetime import time as time_of_day
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.contracts.directory import AccountCreated, ContractorCreated
from shared.http.waiting import WAITS_SECONDS
from shared.ids import uuid7
from tests.services.followups.conftest import World, dallas, local

PATH = "/api/v1/followup-schedules"
POLICY = "/api/v1/followup-policy"
OUT_OF_THIS_WORLD = (
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59Z",
    "2200-01-01T00:00:00Z",
)


def body_of(person: UUID, **fields: Any) -> dict[str, Any]:
    return {"contractor_id": str(person), "scheduled_time": dallas(10, 6, 11).isoformat(), **fields}


async def refused(answer: httpx.Response, field: str) -> None:
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("moment", OUT_OF_THIS_WORLD)
async def test_a_time_that_nobody_can_keep_is_refused(world: World, api: httpx.AsyncClient, moment: str) -> None:
    person = await world.contractor()
    made = (await api.post(PATH, json=body_of(person))).json()
    await refused(await api.post(PATH, json=body_of(person, scheduled_time=moment)), "scheduled_time")
    await refused(await api.post(PATH, json=body_of(person, recurrence_ends_at=moment)), "recurrence_ends_at")
    await refused(await api.patch(f"{PATH}/{made['id']}", json={"scheduled_time": moment}), "scheduled_time")
    await refused(await api.post(f"{PATH}/{made['id']}/defer", json={"until": moment}), "until")
    await refused(await api.get(PATH, params={"due_before": moment}), "due_before")


NEVER_NULL = ("scheduled_time", "followup_type", "message_tone", "ai_should_personalize", "ai_context_hints")


@pytest.mark.parametrize("field", [*NEVER_NULL, "skip_if_completed", "is_recurring"])
async def test_what_a_follow_up_must_have_is_not_emptied(world: World, api: httpx.AsyncClient, field: str) -> None:
    made = (await api.post(PATH, json=body_of(await world.contractor()))).json()
    await refused(await api.patch(f"{PATH}/{made['id']}", json={field: None}), field)
    emptied = await api.patch(f"{PATH}/{made['id']}", json={"message_template": None})
    assert emptied.status_code == 200


@pytest.mark.parametrize("field", ["send_at", "quiet_from", "quiet_until"])
@pytest.mark.parametrize("value", ["10:00:00+02:00", "09:00Z", None, "24:01"])
async def test_a_time_of_day_is_by_the_contractors_clock(api: httpx.AsyncClient, field: str, value: str | None) -> None:
    await refused(await api.patch(POLICY, json={field: value}), field)


@pytest.mark.parametrize("field", ["send_at", "quiet_from", "quiet_until"])
@pytest.mark.parametrize("value", ["07:59", "21:00:01"])
async def test_nobody_is_texted_at_night_by_policy(api: httpx.AsyncClient, field: str, value: str) -> None:
    answer = await api.patch(POLICY, json={field: value})
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("settings", [{"send_at": "10:00+02:00"}, {"quiet_from": "23:00"}, {"days_after_item": "many"}])
async def test_settings_of_an_account_that_do_not_fit_are_our_defaults(world: World, settings: dict[str, Any]) -> None:
    await world.tell(AccountCreated(id=world.account_id, row_version=1, name="Power100", followup_policy=settings))
    await world.item(await world.contractor())
    assert local((await world.one()).scheduled_time) == "2041-10-09 10:00"


@pytest.mark.parametrize("template", [" ", "\n\t", ""])
async def test_words_that_say_nothing_are_refused(world: World, api: httpx.AsyncClient, template: str) -> None:
    person = await world.contractor()
    await refused(await api.post(PATH, json=body_of(person, message_template=template)), "message_template")
    made = (await api.post(PATH, json=body_of(person))).json()
    await refused(await api.patch(f"{PATH}/{made['id']}", json={"message_template": template}), "message_template")


@pytest.mark.parametrize("personalize", [True, False])
async def test_a_template_that_renders_to_nothing_becomes_our_words(
    world: World, api: httpx.AsyncClient, personalize: bool
) -> None:
    body = body_of(await world.contractor(), message_template="{{ nothing }} ", ai_should_personalize=personalize)
    assert (await api.post(PATH, json=body)).status_code == 201
    (message,) = await world.dispatch()
    assert message["body"].startswith("Hey! Just checking in. Have you")


async def test_an_old_unknown_id_is_refused_at_once_and_a_new_one_is_waited_for(
    world: World, api: httpx.AsyncClient
) -> None:
    begun = time.perf_counter()
    unknown = await api.post(PATH, json=body_of(UUID("0190f3a2-7c1e-7a10-8f3e-000000000001")))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "reference_not_found")
    assert time.perf_counter() - begun < sum(WAITS_SECONDS)
    person = uuid7()
    asking = asyncio.create_task(api.post(PATH, json=body_of(person)))
    await asyncio.sleep(0.2)
    await world.tell(ContractorCreated(id=person, row_version=1, phone="+12145550123"))
    assert (await asking).status_code == 201


async def test_the_policy_says_times_without_a_zone(api: httpx.AsyncClient) -> None:
    shown = (await api.patch(POLICY, json={"send_at": "09:15", "quiet_until": "09:00"})).json()
    assert [time_of_day.fromisoformat(shown[name]) for name in ("send_at", "quiet_until")] == [
        time_of_day(9, 15),
        time_of_day(9),
    ]
