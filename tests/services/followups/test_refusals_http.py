"""What is refused over HTTP, whose rows are shown, and the policy."""

from typing import Any

import httpx
import pytest

from services.followups.main import build
from services.followups.settings import FollowupsSettings
from shared.ids import uuid7
from tests.conftest import Urls, client_of
from tests.services.followups.conftest import World, dallas, local
from tests.services.followups.test_http import NOBODY, PATH, post
from tests.standins.issuer import Issuer

POLICY = "/api/v1/followup-policy"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"status": "sent"}, "status"),
        ({"planned_by": "policy"}, "planned_by"),
        ({"account_id": NOBODY}, "account_id"),
        ({"scheduled_time": "2041-10-08T09:00:00"}, "scheduled_time"),
        ({"followup_type": "nag"}, "followup_type"),
        ({"is_recurring": True}, "body"),
        ({"recurrence_interval_days": 0}, "recurrence_interval_days"),
        ({"message_template": "{% for i in (1..9) %}x{% endfor %}"}, "message_template"),
        ({"message_template": "{{ a | replace: 'x' }}"}, "message_template"),
    ],
)
async def test_what_a_client_may_not_set_is_refused(
    world: World, api: httpx.AsyncClient, fields: dict[str, Any], field: str
) -> None:
    person = await world.contractor()
    body = {"contractor_id": str(person), "scheduled_time": dallas(10, 8, 9).isoformat(), **fields}
    answer = await api.post(PATH, json=body)
    assert answer.status_code == 422, answer.text
    assert field in answer.text


async def test_a_template_that_a_variable_would_break_is_printed_not_run(world: World, api: httpx.AsyncClient) -> None:
    person = await world.contractor(full_name="{{7*7}} Lopez")
    made = await post(
        api, person, message_template="Hi {{ first_name }}, {{ missing.x }}!", ai_should_personalize=False,
        scheduled_time=dallas(10, 6, 10).isoformat(),
    )  # fmt: skip
    assert made["status"] == "scheduled"
    (message,) = await world.dispatch()
    assert message["body"] == "Hi {{7*7}}, !"


async def test_what_does_not_exist_here_is_not_found(world: World, api: httpx.AsyncClient) -> None:
    person, other = await world.contractor(), await world.contractor(phone="+12145550124")
    item = await world.item(other)
    base = {"scheduled_time": dallas(10, 8, 9).isoformat()}
    nobody = await api.post(PATH, json={**base, "contractor_id": NOBODY})
    assert (nobody.status_code, nobody.json()["errors"][0]["field"]) == (404, "contractor_id")
    wrong = await api.post(PATH, json={**base, "contractor_id": str(person), "action_item_id": str(item.id)})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_reference")


async def test_another_tenants_rows_are_the_same_as_none(
    world: World, api: httpx.AsyncClient, urls: Urls, issuer: Issuer
) -> None:
    made = await post(api, await world.contractor())
    settings = FollowupsSettings(port=1, jwks_url=issuer.jwks_url, database_url=urls.app, kafka_bootstrap="127.0.0.1:1")
    async with client_of(build(settings), issuer.bearer(uuid7())) as stranger:
        calls = [("GET", ""), ("GET", "/preview"), ("POST", "/cancel"), ("DELETE", "")]
        for method, suffix in calls:
            seen = await stranger.request(method, f"{PATH}/{made['id']}{suffix}")
            none = await stranger.request(method, f"{PATH}/{NOBODY}{suffix}")
            assert (seen.status_code, seen.content) == (404, none.content)
        assert (await stranger.get(PATH)).json()["items"] == []
        theirs = {"contractor_id": made["contractor_id"], "scheduled_time": dallas(10, 8, 9).isoformat()}
        assert (await stranger.post(PATH, json=theirs)).status_code == 404


async def test_a_contractor_sees_own_rows_and_changes_none(
    world: World, api: httpx.AsyncClient, urls: Urls, issuer: Issuer
) -> None:
    me, other = await world.contractor(), await world.contractor(phone="+12145550124")
    mine = await post(api, me)
    theirs = await post(api, other)
    settings = FollowupsSettings(port=1, jwks_url=issuer.jwks_url, database_url=urls.app, kafka_bootstrap="127.0.0.1:1")
    headers = issuer.bearer(world.account_id, "contractor", contractor_id=me)
    async with client_of(build(settings), headers) as client:
        assert [row["id"] for row in (await client.get(PATH)).json()["items"]] == [mine["id"]]
        assert (await client.get(f"{PATH}/{theirs['id']}")).status_code == 404
        assert (await client.delete(f"{PATH}/{mine['id']}")).status_code == 403
        assert (await client.patch(POLICY, json={"digest": False})).status_code == 403


async def test_the_policy_has_defaults_and_is_changed_within_the_law(world: World, api: httpx.AsyncClient) -> None:
    shown = (await api.get(POLICY)).json()
    expected = {"days_after_event": 3, "send_at": "10:00:00", "quiet_from": "21:00:00", "quiet_until": "08:00:00"}
    assert {name: shown[name] for name in expected} == expected
    assert (shown["digest"], shown["one_a_day"], shown["tone"]) == (True, True, "friendly")
    changed = await api.patch(POLICY, json={"days_after_event": 1, "send_at": "15:30"})
    assert changed.json()["send_at"] == "15:30:00"
    for wrong in ({"quiet_from": "22:00"}, {"quiet_until": "07:00"}, {"send_at": "07:30"}, {"days_after_event": None}):
        assert (await api.patch(POLICY, json=wrong)).status_code == 422
    person, event = await world.contractor(), await world.event()
    await world.item(person, event)
    assert local((await world.one()).scheduled_time) == "2041-10-08 15:30"
