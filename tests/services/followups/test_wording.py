"""The words: offline for every type and tone, better by a model when there is one, ready before they are needed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.followups.wording.facts import Facts
from services.followups.wording.jobs import Preparing
from services.followups.wording.offline import compose
from services.followups.wording.queries import PREPARATIONS
from services.followups.wording.tasks import Words, draft_of, is_grounded
from shared.ai.runner import Ai
from shared.db.database import Database
from shared.db.jobs import LeaseLost
from tests.services.followups.conftest import World, dallas
from tests.shared.conftest import until
from tests.standins.anthropic import KEY, AnthropicStandin, Fault, anthropic_standin

JOHN = {"person": "John Smith", "title": "Follow up with John Smith", "event": "Power100 Dallas"}


@pytest.mark.parametrize("tone", ["friendly", "professional", "casual", "urgent"])
@pytest.mark.parametrize("kind", ["check_in", "reminder", "status_update", "offer_help", "completion_confirmation"])
def test_every_type_has_words_in_every_tone(kind: str, tone: str) -> None:
    body = compose(Facts(followup_type=kind, tone=tone, due="Tuesday, Oct 14", **JOHN))
    assert 20 < len(body) <= 320
    assert "John Smith" in body
    assert compose(Facts(followup_type=kind, tone=tone))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            {"title": "Send Sara the quote", "person": "Sara Lopez", "topic": "40 units"},
            "Have you had a chance to send Sara the quote? You noted: 40 units.",
        ),
        ({"title": "Acme demo"}, 'Have you had a chance to get to "Acme demo"?'),
        (
            {"person": "Priya Rao", "topic": "heat pumps", "about_insights": True, "possessive": "her"},
            "Have you had a chance to connect with Priya Rao? I know you were interested in her insights on heat pumps.",
        ),
        (
            {"title": "Call Lee", "event": "The Roofing Expo"},
            "Have you had a chance to call Lee from The Roofing Expo?",
        ),
    ],
)
def test_a_check_in_says_what_is_known(facts: dict[str, Any], expected: str) -> None:
    assert compose(Facts(followup_type="check_in", **facts)) == f"Hey! Just checking in. {expected}"


def test_a_callers_words_are_kept() -> None:
    words = "Please bring the drawings for {{ person }} tomorrow."
    assert compose(Facts(followup_type="reminder", template=words, **JOHN)) == (
        "Please bring the drawings for John Smith tomorrow."
    )


@pytest.mark.parametrize(
    ("body", "mentions", "fits"),
    [
        ("Any luck reaching John Smith from Power100 Dallas?", ["John Smith"], True),
        ("Any luck reaching John Smith of Acme Corp?", ["Acme Corp"], False),
        ("Any luck with that?", [], False),
        ("John Smith waits: see https://example.com/x", ["John Smith"], False),
        ("Call John Smith at 214-555-0199", ["John Smith"], False),
    ],
)
def test_a_model_may_say_only_what_is_known(body: str, mentions: list[str], fits: bool) -> None:
    assert is_grounded(draft_of(Facts(followup_type="check_in", **JOHN)), Words(body=body, mentions=mentions)) is fits


@pytest.fixture
async def standin() -> AsyncIterator[AnthropicStandin]:
    async with anthropic_standin() as server:
        server.reply = lambda body: {"body": "Hi Maria, did you and John Smith talk?", "mentions": ["John Smith"]}
        yield server


async def prepare(world: World, standin: AnthropicStandin | None) -> int:
    """Work off what is to be prepared now; answers how many."""
    ai = (
        Ai.open("followups", api_key=KEY, base_url=standin.url, timeout=0.5 if standin.fault == "hang" else 20)
        if standin
        else Ai.open("followups", api_key="")
    )
    preparing = Preparing(world.app, ai)
    leases = await PREPARATIONS.claim(world.worker, 50)
    for lease in leases:
        await preparing.work(lease)
    await ai.close()
    return len(leases)


async def test_the_words_are_prepared_a_day_ahead_and_sending_needs_no_model(
    world: World, standin: AnthropicStandin
) -> None:
    await world.item(await world.contractor())
    assert await prepare(world, standin) == 0
    await world.clock_to(dallas(10, 8, 10))
    assert await prepare(world, standin) == 1
    assert await prepare(world, standin) == 0
    row = await world.one()
    assert (row.prepared_body, row.prepared_at is not None) == ("Hi Maria, did you and John Smith talk?", True)
    (run,) = await world.emitted("ai.run_completed.v1")
    assert (run["agent"], run["task"], run["provider"]) == ("scheduling", "word_followup", "anthropic")
    standin.fault = "hang"
    await world.clock_to(dallas(10, 9, 10))
    (message,) = await world.dispatch()
    assert message["body"] == "Hi Maria, did you and John Smith talk?"


@pytest.mark.parametrize("fault", [None, "overloaded", "hang", "truncated", "refusal"])
async def test_without_a_model_that_answers_the_offline_words_are_prepared(
    world: World, standin: AnthropicStandin, fault: Fault | None
) -> None:
    standin.fault = fault
    await world.item(await world.contractor())
    await world.clock_to(dallas(10, 8, 10))
    assert await prepare(world, standin if fault else None) == 1
    assert (await world.one()).prepared_body == (
        "Hey! Just checking in. Have you had a chance to connect with John Smith?"
    )


async def test_what_is_not_prepared_in_time_goes_with_the_offline_words(world: World) -> None:
    await world.item(await world.contractor())
    await world.clock_to(dallas(10, 9, 10))
    (message,) = await world.dispatch()
    assert message["body"] == "Hey! Just checking in. Have you had a chance to connect with John Smith?"
    assert await prepare(world, None) == 1
    assert (await world.one()).prepared_body is None


async def test_a_promise_that_reads_otherwise_is_worded_anew(world: World) -> None:
    item = await world.item(await world.contractor())
    await world.clock_to(dallas(10, 8, 10))
    await prepare(world, None)
    await world.update(item, title="Follow up with Jane Roe", person_name="Jane Roe")
    assert (await world.one()).prepared_body is None
    assert await prepare(world, None) == 1
    assert "Jane Roe" in str((await world.one()).prepared_body)


async def test_words_for_what_changed_meanwhile_are_thrown_away(world: World, standin: AnthropicStandin) -> None:
    item = await world.item(await world.contractor())
    await world.clock_to(dallas(10, 8, 10))
    standin.fault = "hang"
    ai = Ai.open("followups", api_key=KEY, base_url=standin.url, timeout=3)
    (lease,) = await PREPARATIONS.claim(world.worker, 1)
    working = asyncio.ensure_future(Preparing(world.app, ai).work(lease))
    await until(lambda: bool(standin.requests))
    await world.update(item, title="Follow up with Jane Roe", person_name="Jane Roe")
    with pytest.raises(LeaseLost):
        await working
    await ai.close()
    assert (await world.one()).prepared_body is None


async def test_a_schedule_that_ended_is_not_worded(world: World, app: Database) -> None:
    item = await world.item(await world.contractor())
    await world.update(item, status="completed")
    await world.clock_to(dallas(10, 8, 10))
    assert await prepare(world, None) == 1
    assert await world.emitted("ai.run_completed.v1") == []
