"""Several texts in one: what a caller wants said is said, and only promises can be done."""

from typing import Any
from uuid import UUID

import httpx

from tests.services.followups.conftest import World, dallas

PATH = "/api/v1/followup-schedules"
WORDS = ("Bring your insurance certificate to booth 12.", "Your BuildPro quote expires tonight, {{ first_name }}.")


async def ask(api: httpx.AsyncClient, person: UUID, template: str | None, **fields: Any) -> None:
    body = {"contractor_id": str(person), "scheduled_time": dallas(10, 9, 10).isoformat(), "message_template": template}
    answer = await api.post(PATH, json={**body, "ai_should_personalize": False, **fields})
    assert answer.status_code == 201, answer.text


async def test_the_words_of_callers_are_the_lines_and_nothing_of_it_can_be_done(
    world: World, api: httpx.AsyncClient
) -> None:
    person = await world.contractor()
    for words in WORDS:
        await ask(api, person, words, followup_type="reminder")
    await world.clock_to(dallas(10, 9, 10))
    (message,) = await world.dispatch()
    assert message["body"] == (
        "Hey Maria! 2 things for you:\n"
        "- Bring your insurance certificate to booth 12.\n"
        "- Your BuildPro quote expires tonight, Maria."
    )
    assert message["question"]["options"] == []


async def test_a_callers_words_stand_beside_a_promise_that_can_be_done(world: World, api: httpx.AsyncClient) -> None:
    person = await world.contractor()
    item = await world.item(person)
    await ask(api, person, WORDS[0])
    await world.clock_to(dallas(10, 9, 10))
    (message,) = await world.dispatch()
    assert message["body"] == (
        "Hey Maria! Checking in on 2 things:\n"
        "- Bring your insurance certificate to booth 12.\n"
        "- Connect with John Smith\n"
        "How are they coming along?"
    )
    row = await world.one(action_item_id=item.id)
    assert [option["key"] for option in message["question"]["options"]] == [f"{row.id}:done", "not_yet", "later"]


async def test_callers_words_about_one_promise_are_each_said_and_it_is_done_once(
    world: World, api: httpx.AsyncClient
) -> None:
    person = await world.contractor()
    item = await world.item(person)
    for words in ("John is at booth 12 until noon.", "He likes a call before nine."):
        await ask(api, person, words, action_item_id=str(item.id))
    await world.clock_to(dallas(10, 9, 10))
    (message,) = await world.dispatch()
    lines = message["body"].split("\n")[1:-1]
    assert lines == ["- John is at booth 12 until noon.", "- He likes a call before nine."]
    assert [option["label"] for option in message["question"]["options"]][:2] == ["Done: John Smith", "None yet"]


async def test_words_that_render_to_nothing_are_a_line_of_ours(world: World, api: httpx.AsyncClient) -> None:
    person = await world.contractor()
    item = await world.item(person)
    await ask(api, person, "{{ nothing }}", action_item_id=str(item.id))
    await ask(api, person, WORDS[0])
    await world.clock_to(dallas(10, 9, 10))
    (message,) = await world.dispatch()
    assert "- Connect with John Smith\n" in message["body"]


async def test_messaging_is_told_whose_clock_a_text_was_planned_by(world: World) -> None:
    by_event = await world.contractor(None, phone="+12135550123")
    await world.item(by_event, await world.event(time_zone="America/New_York"))
    guessed = await world.contractor(None, phone="+12085550123")
    await world.item(guessed)
    await world.clock_to(dallas(10, 12, 15))
    zones = {message["contractor_id"]: message["time_zone"] for message in await world.dispatch()}
    assert zones == {str(by_event): "America/New_York", str(guessed): None}
