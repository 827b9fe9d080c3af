"""A second promise about the same person is kept beside the first."""

from typing import Any

import pytest

from tests.services.actions.conftest import Actions
from tests.services.actions.test_answers import JOHN, ask


def told(items: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(str(item[name])[:10] if name == "due_date" else item[name] for name in names) for item in items]


async def test_a_second_promise_about_a_person_is_a_promise_with_its_due_date(actions: Actions) -> None:
    await actions.text(JOHN)
    await actions.text("Promised John Smith a quote by Friday")
    _first, second = await actions.items()
    note = (await actions.notes())[-1]
    assert (second["person_name"], second["due_date"].date().isoformat()) == ("John Smith", "2026-10-09")
    assert "quote" in second["title"].lower()
    assert (second["related_note_id"], note["requires_followup"]) == (note["id"], True)


async def test_the_same_promise_to_somebody_else_is_another(actions: Actions) -> None:
    await actions.text("Met Ann Lee from BuildCo, need to send quote")
    await actions.text("Met Carlos Diaz from Acme, need to send quote by Friday")
    assert told(await actions.items(), "person_name", "due_date") == [
        ("Ann Lee", "None"),
        ("Carlos Diaz", "2026-10-09"),
    ]


async def test_a_day_that_was_put_on_a_promise_is_taken_off_again(actions: Actions) -> None:
    await actions.text(JOHN)
    await actions.text("Need to follow up with John Smith on Friday")
    await actions.text("undo")
    assert told(await actions.items(), "title", "status", "due_date") == [
        ("Follow up with John Smith", "pending", "None")
    ]


@pytest.mark.parametrize("body", ["Follow up with John Smith by Friday", "Need to follow up with John Smith on Friday"])
async def test_a_day_for_the_same_promise_is_put_on_it(actions: Actions, body: str) -> None:
    await actions.text(JOHN)
    await actions.text(body)
    assert told(await actions.items(), "title", "due_date") == [("Follow up with John Smith", "2026-10-09")]
    [update] = await actions.updates()
    assert (update["update_type"], update["update_note"]) == ("due_date_change", body)


async def test_a_day_for_following_up_moves_no_other_promise(actions: Actions) -> None:
    await actions.text("Send John Smith the brochure by Thursday")
    await actions.text("Follow up with John Smith on Friday")
    assert [str(item["due_date"])[:10] for item in await actions.items()] == ["2026-10-08", "2026-10-09"]


async def test_a_note_whose_promise_stands_already_waits_for_nothing(actions: Actions) -> None:
    await actions.text(JOHN)
    await actions.text("Met John Smith again, john@example.com")
    assert (len(await actions.items()), [n["requires_followup"] for n in await actions.notes()]) == (1, [True, False])


async def test_the_same_words_again_make_no_second_promise(actions: Actions) -> None:
    for _ in range(2):
        await actions.text("Promised John Smith a quote by Friday")
    assert len(await actions.items()) == 1


async def test_two_priorities_about_one_person_are_two_promises(actions: Actions) -> None:
    await actions.text(JOHN)
    question = await ask(actions, None, kind="priorities")
    body = "1. Send John Smith a quote by Friday\n2. Follow up with John Smith by Thursday\n3. Call John Smith"
    await actions.text(body, open_questions=[question])
    items = sorted(await actions.items(), key=lambda item: item["contractor_priority"])
    assert told(items, "contractor_priority", "person_name", "due_date") == [
        (1, "John Smith", "2026-10-09"),
        (2, "John Smith", "2026-10-08"),
        (3, "John Smith", "None"),
    ]
    assert items[1]["title"] == "Follow up with John Smith", (
        "the promise that was there takes the rank of its own words"
    )
    assert items[1]["id"] == min(item["id"] for item in items)


async def test_a_list_sent_twice_makes_nothing_twice(actions: Actions) -> None:
    question = await ask(actions, None, kind="priorities")
    for _ in range(2):
        await actions.text("1. Call John Smith\n2. Send John Smith a quote\n3. New CRM", open_questions=[question])
    assert len(await actions.items()) == 3


async def test_a_later_text_of_the_same_person_is_linked_with_the_earlier_note(actions: Actions) -> None:
    await actions.text(JOHN)
    await actions.text("John called back, he wants the quote by Friday")
    first, second = await actions.notes()
    assert second["related_note_id"] == first["id"]
    assert {item["person_name"] for item in await actions.items()} == {"John Smith"}
