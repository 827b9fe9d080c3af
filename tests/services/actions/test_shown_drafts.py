"""A draft that was shown by text is settled by who saw it, as they saw it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.contracts.messaging import SendRequested
from shared.ids import uuid7
from tests.services.actions.conftest import DAY_ONE, Actions
from tests.services.actions.test_answers import JOHN
from tests.services.actions.test_doubts import put_to, said_by_us
from tests.services.actions.test_drafts import PATH, drafts

Http = Callable[..., httpx.AsyncClient]
ASKED = "can you write the mail to John for me?"


async def shown(actions: Actions) -> dict[str, Any]:
    """The question of the draft that is texted."""
    await actions.text(JOHN)
    await actions.text(ASKED)
    await actions.write_drafts()
    return await put_to(actions)


async def the_draft(actions: Actions, http_of: Http) -> dict[str, Any]:
    [draft] = await drafts(http_of())
    return draft


async def test_what_was_changed_since_is_shown_again_and_not_approved(actions: Actions, http_of: Http) -> None:
    question = await shown(actions)
    draft = await the_draft(actions, http_of)
    await http_of().patch(f"{PATH}/{draft['id']}", json={"body": "Please call me."}, headers={"If-Match": "*"})
    await actions.text("yes", open_questions=[question])
    assert (await the_draft(actions, http_of))["status"] == "draft"
    assert "Please call me." in (await actions.replies())[-1]
    await actions.text("yes", open_questions=[await put_to(actions)])
    assert (await the_draft(actions, http_of))["status"] == "approved"


@pytest.mark.parametrize("nod", ["👍", "yes"])
async def test_a_yes_that_comes_long_after_has_it_shown_again(actions: Actions, http_of: Http, nod: str) -> None:
    question = await shown(actions)
    await said_by_us(actions, DAY_ONE, uuid7())
    await actions.text(nod, open_questions=[question], received_at=DAY_ONE + timedelta(hours=2))
    assert (await the_draft(actions, http_of))["status"] == "draft"
    assert "May it go like that?" in (await actions.replies())[-1]


@pytest.mark.parametrize(
    ("act", "answer", "said", "status"),
    [
        ("approve", "no", "OK, I dropped the draft.", "discarded"),
        ("approve", "yes", "That draft is approved already.", "approved"),
        ("discard", "yes", "That draft was dropped already: nothing goes out.", "discarded"),
    ],
)
async def test_the_reply_tells_what_became_of_it(
    actions: Actions, http_of: Http, act: str, answer: str, said: str, status: str
) -> None:
    question = await shown(actions)
    draft = await the_draft(actions, http_of)
    assert (await http_of().post(f"{PATH}/{draft['id']}/{act}", json={})).status_code == 200
    await actions.text(answer, open_questions=[question])
    assert ((await actions.replies())[-1], (await the_draft(actions, http_of))["status"]) == (said, status)


@pytest.mark.parametrize("answer", ["yes", "no"])
async def test_an_answer_to_a_draft_can_be_undone(actions: Actions, http_of: Http, answer: str) -> None:
    await actions.text(answer, open_questions=[await shown(actions)])
    await actions.text("undo")
    draft = await the_draft(actions, http_of)
    assert (draft["status"], draft["approved_at"]) == ("draft", None)
    assert (await actions.replies())[-1] == "Undone: the draft."


async def test_asked_for_again_it_is_shown_again(actions: Actions) -> None:
    await shown(actions)
    await actions.text(ASKED)
    await actions.write_drafts()
    keys = [each.message_key for each in await actions.published(SendRequested) if "May it go" in each.body]
    assert len(keys) == len(set(keys)) == 2
