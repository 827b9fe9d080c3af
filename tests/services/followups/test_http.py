"""Follow-ups over HTTP, as a caller sees them."""

from typing import Any
from uuid import UUID

import httpx

from shared.ids import uuid7
from tests.services.followups.conftest import World, dallas, local

PATH = "/api/v1/followup-schedules"
NOBODY = str(uuid7())


async def post(api: httpx.AsyncClient, person: UUID, **fields: Any) -> dict[str, Any]:
    body = {"contractor_id": str(person), "scheduled_time": dallas(10, 8, 9).isoformat(), **fields}
    answer = await api.post(PATH, json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_time_that_has_come_is_sent_at_once_though_another_text_went_today(
    world: World, api: httpx.AsyncClient
) -> None:
    person = await world.contractor()
    for hour in (9, 10):
        made = await post(api, person, scheduled_time=dallas(10, 6, hour).isoformat())
        assert made["will_send_at"] < dallas(10, 6, 11, 1).isoformat()
        assert len(await world.dispatch()) == 1
    shown = (await api.get(f"{PATH}/{made['id']}")).json()
    assert (shown["status"], shown["will_send_at"]) == ("scheduled", None)


async def test_a_time_at_night_goes_at_the_next_opening_and_the_answer_says_so(
    world: World, api: httpx.AsyncClient
) -> None:
    made = await post(api, await world.contractor(), scheduled_time=dallas(10, 6, 23).isoformat())
    assert made["scheduled_time"] == "2041-10-07T04:00:00Z"
    assert made["will_send_at"] == "2041-10-07T13:00:00Z"


async def test_the_columns_of_the_document_are_the_fields(world: World, api: httpx.AsyncClient) -> None:
    person, event = await world.contractor(), await world.event()
    item = await world.item(person, event)
    given = {
        "action_item_id": str(item.id),
        "followup_type": "check_in",
        "message_template": "Hey! Just checking in. Have you reached out to John Smith yet?",
        "message_tone": "friendly",
        "ai_should_personalize": True,
        "ai_context_hints": {"mention_event": "Power100 Dallas", "reference_note": "AI automation discussion"},
        "skip_if_completed": True,
    }
    made = await post(api, person, **given)
    assert {name: made[name] for name in given} == given
    assert (made["status"], made["event_id"], made["planned_by"]) == ("scheduled", str(event), "caller")
    assert {"sent_at", "response_received_at", "response_text", "is_recurring", "next_occurrence_id"} < made.keys()
    preview = (await api.get(f"{PATH}/{made['id']}/preview")).json()
    assert preview["body"] == (
        "Hey! Just checking in. Have you had a chance to connect with John Smith from the Power100 Dallas event?"
        " I know you were interested in his insights on AI automation."
    )


async def test_lists_are_filtered_and_paged_by_time(world: World, api: httpx.AsyncClient) -> None:
    person, other = await world.contractor(), await world.contractor(phone="+12145550124")
    for day in (9, 8, 10):
        await post(api, person, scheduled_time=dallas(10, day, 9).isoformat())
    await post(api, other)
    first = (await api.get(PATH, params={"contractor_id": str(person), "limit": 2})).json()
    second = (
        await api.get(PATH, params={"contractor_id": str(person), "limit": 2, "cursor": first["next_cursor"]})
    ).json()
    times = [row["scheduled_time"] for row in first["items"] + second["items"]]
    assert times == sorted(times)
    assert (len(times), second["next_cursor"]) == (3, None)
    early = (await api.get(PATH, params={"due_before": dallas(10, 9, 0).isoformat()})).json()["items"]
    assert len(early) == 2
    assert (await api.get(PATH, params={"status": "sent,responded"})).json()["items"] == []
    assert (await api.get(PATH, params={"status": "lost"})).status_code == 422


async def test_an_edit_needs_no_version_but_keeps_to_one_that_is_given(world: World, api: httpx.AsyncClient) -> None:
    made = await post(api, await world.contractor())
    change = {"scheduled_time": dallas(10, 9, 9).isoformat(), "message_tone": "urgent"}
    stale = await api.patch(f"{PATH}/{made['id']}", json=change, headers={"If-Match": '"99"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    edited = await api.patch(f"{PATH}/{made['id']}", json=change, headers={"If-Match": f'"{made["row_version"]}"'})
    assert edited.status_code == 200
    assert edited.headers["etag"] == f'"{edited.json()["row_version"]}"'
    assert (edited.json()["will_send_at"], edited.json()["message_tone"]) == ("2041-10-09T14:00:00Z", "urgent")


async def test_what_a_caller_changed_the_plan_leaves_alone(world: World, api: httpx.AsyncClient) -> None:
    item = await world.item(await world.contractor())
    row = await world.one()
    await api.patch(f"{PATH}/{row.id}", json={"scheduled_time": dallas(10, 20, 9).isoformat()})
    await world.update(item, due_date=dallas(10, 8, 12))
    assert local((await world.one(id=row.id)).scheduled_time) == "2041-10-20 09:00"


async def test_what_a_caller_cancelled_is_not_planned_again(world: World, api: httpx.AsyncClient) -> None:
    item = await world.item(await world.contractor())
    row = await world.one()
    assert (await api.delete(f"{PATH}/{row.id}")).status_code == 204
    assert (await api.post(f"{PATH}/{row.id}/cancel")).json()["cancel_reason"] == "requested"
    await world.update(item, title="Follow up with John Smith soon")
    assert [row.status for row in await world.schedules()] == ["cancelled"]


async def test_what_is_under_way_can_be_taken_back_and_not_changed(world: World, api: httpx.AsyncClient) -> None:
    made = await post(api, await world.contractor(), scheduled_time=dallas(10, 6, 10).isoformat())
    await world.dispatch()
    refused = await api.patch(f"{PATH}/{made['id']}", json={"message_tone": "urgent"})
    assert (refused.status_code, refused.json()["code"]) == (409, "already_under_way")
    assert (await api.post(f"{PATH}/{made['id']}/cancel")).json()["status"] == "cancelled"
    assert len(await world.emitted("message.cancel_requested.v1")) == 1


async def test_putting_off_links_the_one_that_takes_its_place(world: World, api: httpx.AsyncClient) -> None:
    made = await post(api, await world.contractor(), is_recurring=True, recurrence_interval_days=1)
    past = await api.post(f"{PATH}/{made['id']}/defer", json={"until": dallas(10, 6, 9).isoformat()})
    assert past.status_code == 422
    deferred = (await api.post(f"{PATH}/{made['id']}/defer", json={"until": dallas(10, 12, 9).isoformat()})).json()
    assert (deferred["status"], deferred["deferred_until"]) == ("deferred", "2041-10-12T14:00:00Z")
    following = (await api.get(f"{PATH}/{deferred['next_occurrence_id']}")).json()
    assert (following["scheduled_time"], following["is_recurring"]) == ("2041-10-12T14:00:00Z", True)
    assert (
        await api.post(f"{PATH}/{made['id']}/defer", json={"until": dallas(10, 13, 9).isoformat()})
    ).status_code == 409


async def test_a_preview_says_what_when_and_why(world: World, api: httpx.AsyncClient) -> None:
    person, event = await world.contractor(), await world.event()
    item = await world.item(person, event)
    row = await world.one()
    preview = (await api.get(f"{PATH}/{row.id}/preview")).json()
    assert "connect with John Smith" in preview["body"]
    assert preview["options"] == ["Done", "Not yet", "Remind me tomorrow"]
    assert preview["will_send_at_local"] == "Thursday, October 10, 2041 10:00 CDT"
    assert preview["why"] == ["Planned by the account's policy: 3 days after Power100 Dallas ended."]
    at_night = await post(api, person, action_item_id=str(item.id), scheduled_time=dallas(10, 8, 22).isoformat())
    why = (await api.get(f"{PATH}/{at_night['id']}/preview")).json()["why"]
    assert why[1] == "Texts go between 08:00 and 21:00 their time."
    other = await post(
        api, person, scheduled_time=dallas(10, 10, 9, 30).isoformat(), message_template="Bring the drawings"
    )
    await api.patch(f"{PATH}/{other['id']}", json={"scheduled_time": dallas(10, 10, 10).isoformat()})
    together = (await api.get(f"{PATH}/{row.id}/preview")).json()
    assert {other["id"], at_night["id"]} >= set(together["together_with"]) > set()
    assert together["body"].startswith("Hey Maria! Checking in on")
    await world.update(item, status="completed")
    gone = (await api.get(f"{PATH}/{row.id}/preview")).json()
    assert (gone["would_be_sent"], gone["why"]) == (False, ["It is cancelled already.", "Reason: item_completed."])


async def test_the_top_3_are_asked_for_at_once_attendee_or_not(world: World, api: httpx.AsyncClient) -> None:
    person, event = await world.contractor(), await world.event()
    body = {"contractor_id": str(person), "event_id": str(event)}
    answer = await api.post("/api/v1/priority-questions", json=body)
    assert answer.status_code == 201
    assert (answer.json()["purpose"], answer.json()["followup_type"]) == ("priorities", "check_in")
    (message,) = await world.dispatch()
    assert (message["question"]["kind"], message["contractor_id"]) == ("priorities", str(person))


async def test_who_was_asked_at_once_is_not_asked_again_after_the_event(world: World, api: httpx.AsyncClient) -> None:
    person, event = await world.contractor(), await world.event()
    await world.attend(person, event)
    await api.post("/api/v1/priority-questions", json={"contractor_id": str(person), "event_id": str(event)})
    assert len(await world.dispatch()) == 1
    await world.attend(person, event)
    await world.clock_to(dallas(10, 8, 10))
    assert await world.dispatch() == []


async def test_counts_of_an_event_by_person(world: World, api: httpx.AsyncClient) -> None:
    person, event = await world.contractor(), await world.event()
    await world.item(person, event)
    await world.clock_to(dallas(10, 10, 10))
    await world.sent((await world.dispatch())[0])
    counts = (await api.get(f"{PATH}/counts", params={"event_id": str(event)})).json()
    assert counts["items"] == [{"contractor_id": str(person), "check_ins_sent": 1, "answered": 0}]


async def test_the_same_key_makes_one(world: World, api: httpx.AsyncClient) -> None:
    body = {"contractor_id": str(await world.contractor()), "scheduled_time": dallas(10, 8, 9).isoformat()}
    answers = [await api.post(PATH, json=body, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(await world.schedules()) == 1


async def test_a_snapshot_tells_of_every_row(world: World, api: httpx.AsyncClient) -> None:
    made = await post(api, await world.contractor())
    answer = await api.post("/internal/republish", params={"type": "followup_schedule"})
    assert answer.json() == {"type": "followup_schedule", "count": 1}
    (event,) = await world.emitted("followup_schedule.snapshot.v1")
    assert (event["id"], event["row_version"]) == (made["id"], made["row_version"])
