"""Readings without a model provider: what is certain, what is put together, and what is asked rather than guessed."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.actions.concierge.offline import read_turn_by_rules
from services.actions.concierge.offline_answers import CLOSING, SURE_ENOUGH
from services.actions.concierge.reading import Reading, TurnInput

NOW = datetime(2026, 10, 7, 14, 30, tzinfo=ZoneInfo("America/Chicago"))
ITEMS = ["Send Marguerite the gutter quote", "Call the Dunmore HOA about paint colors"]


def read(text: str, *questions: dict[str, Any], items: list[str] = ITEMS) -> Reading:
    open_items = [{"number": number, "title": title} for number, title in enumerate(items, 1)]
    given = {"text": text, "now": NOW, "time_zone": "America/Chicago", "open_items": open_items, "questions": questions}
    return read_turn_by_rules(TurnInput.model_validate(given))


CHECK_IN = {"kind": "check_in", "items": [1]}


@pytest.mark.parametrize(
    ("text", "questions", "intent"),
    [
        ("STOP", [CHECK_IN], "opt_out"),
        ("take me off your list", [], "opt_out"),
        ("unstop", [], "opt_in"),
        ("HELP", [], "help"),
        ("yes", [], "other"),
        ("yes", [CHECK_IN], "done"),
        ("who is this", [], "help"),
        ("who is this", [CHECK_IN], "why"),
        ("stop asking me about the HOA, that one is dead", [CHECK_IN], "cancel"),
    ],
)
def test_a_wish_about_texting_comes_first_and_is_never_guessed(
    text: str, questions: list[dict[str, Any]], intent: str
) -> None:
    assert read(text, *questions).intent == intent


def test_an_answer_and_a_note_are_both_read_each_from_its_own_words() -> None:
    reading = read("done!! and met a guy Devin Ruiz who does seamless gutters, 214-555-0177", CHECK_IN)
    assert [(part.intent, part.items) for part in reading.parts] == [("done", [1]), ("note", [])]
    assert reading.note is not None
    assert reading.note.text == "met a guy Devin Ruiz who does seamless gutters, 214-555-0177"
    assert reading.note.entities.names == ["Devin Ruiz"]


@pytest.mark.parametrize(
    "text",
    [
        "reword it so it dont sound pushy",
        "We are done with that company",
        "Cancelled flight, stuck here another night",
        "the quote place on Elm went under",
        "Finished lumber guy is Tino, booth 212",
    ],
)
def test_nothing_is_closed_on_a_guess(text: str) -> None:
    closing = [part for part in read(text, CHECK_IN).parts if part.intent in CLOSING]
    assert all(part.doubted or part.about for part in closing)


def test_what_may_close_a_promise_is_kept_as_a_note_with_one_question(monkeypatch: pytest.MonkeyPatch) -> None:
    sure = read("quote went out", CHECK_IN)
    assert (sure.intent, sure.confidence > SURE_ENOUGH, sure.parts[0].doubted) == ("done", True, False)
    monkeypatch.setattr("services.actions.concierge.offline_answers.SURE_ENOUGH", 1.1)
    unsure = read("quote went out", CHECK_IN)
    assert (unsure.parts[0].doubted, unsure.parts[0].items) == (True, [1])
    assert unsure.note is not None


def test_a_choice_in_words_keeps_the_day_that_was_named_before() -> None:
    asked = {
        "kind": "clarify",
        "intent": "defer",
        "until": date(2026, 10, 13),
        "items": [1, 2],
        "options": [{"number": 1, "label": ITEMS[0], "item": 1}, {"number": 2, "label": ITEMS[1], "item": 2}],
    }
    (part,) = read("the hoa one", asked).parts
    assert (part.intent, part.items, str(part.until)) == ("defer", [2], "2026-10-13")


def test_a_list_is_read_as_priorities_when_asked_and_a_wish_about_it_is_none() -> None:
    asked = {"kind": "priorities"}
    assert [each.rank for each in read("1. call Dana\n2. hire a framer\n3. fix the website", asked).priorities] == [
        1,
        2,
        3,
    ]
    assert (read("ask me tomorrow", asked).intent, read("ask me tomorrow", asked).priorities) == ("defer", [])
