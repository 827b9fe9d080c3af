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


@pytest.mark.parametrize(
    ("text", "title", "due"),
    [
        ("remind me tmrw at 7am to pick up the rental lift", "Pick up the rental lift", "2026-10-08T07:00:00-05:00"),
        ("add call the bank to my list", "Call the bank", None),
        ("Note to self: buy caulk", "Buy caulk", None),
        ("Met Jo Lind, and Dee Ross wants a warranty sheet - will send Dee the sheet", "Send Dee the sheet", None),
    ],
)
def test_what_is_to_be_kept_is_a_promise_of_its_own_though_others_are_open(text: str, title: str, due: str) -> None:
    reading = read(text)
    assert reading.note is not None
    (promise,) = reading.note.promises
    assert (reading.intent, promise.title, promise.due and promise.due.isoformat()) == ("note", title, due)


def test_a_promise_is_kept_to_whom_it_names_and_not_to_the_first_of_the_text() -> None:
    note = read("Met Jo Lind, and Dee Ross wants a warranty sheet - will send Dee the sheet").note
    assert note is not None
    assert note.promises[0].person_name == "Dee Ross"


def test_one_sentence_of_numbered_promises_is_each_of_them() -> None:
    note = read("I need to 1) call Bob 2) email Jane 3) order shingles").note
    assert note is not None
    assert [each.title for each in note.promises] == ["Call Bob", "Email Jane", "Order shingles"]


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("Priya Nair", "What should I remember about Priya Nair?"),
        ("Acme Roofing", "What should I remember about Acme Roofing?"),
        ("www.acme.com", "Who or what is this about?"),
    ],
)
def test_a_bare_name_or_address_is_kept_and_asked_about(text: str, ask: str) -> None:
    reading = read(text, items=[])
    assert (reading.note is not None, reading.ask) == (True, ask)


@pytest.mark.parametrize("text", ["1", "2.", "👍"])
def test_a_priority_has_words(text: str) -> None:
    assert read(text, {"kind": "priorities"}).priorities == []


def test_a_stranger_who_says_who_they_are_need_not_be_asked() -> None:
    given = {"text": "This is Ed Novak, I'm at Power100 Dallas", "now": NOW, "time_zone": "America/Chicago"}
    told = read_turn_by_rules(TurnInput.model_validate({**given, "is_stranger": True})).introduction
    assert told is not None
    assert (told.full_name, told.event) == ("Ed Novak", "Power100 Dallas")
    assert read_turn_by_rules(TurnInput.model_validate(given)).introduction is None


def test_never_mind_about_one_cancels_that_one() -> None:
    part = read("nvm about the Dunmore HOA").parts[0]
    assert (part.intent, part.items, part.doubted) == ("cancel", [2], False)


def test_what_will_be_done_by_a_day_is_asked_about_on_that_day() -> None:
    part = read("I'll have the gutter quote for Marguerite finished monday").parts[0]
    assert (part.intent, part.items, str(part.until)) == ("defer", [1], "2026-10-12")


def test_whether_one_is_done_is_a_question() -> None:
    assert read("is the gutter quote done?").intent == "list"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("stop asking about this", "cancel"),
        ("not today", "not_done"),
        ("he never answered", "not_done"),
        ("she didn't pick up", "not_done"),
    ],
)
def test_what_they_say_of_the_one_they_are_asked_about(text: str, intent: str) -> None:
    part = read(text, CHECK_IN).parts[0]
    assert (part.intent, part.items, part.until) == (intent, [1], None)


def test_her_number_is_that_of_whom_we_asked_about() -> None:
    item = {"number": 1, "title": "Send the gutter quote", "person_name": "Nina Park"}
    given = {"text": "what was her number", "now": NOW, "time_zone": "America/Chicago", "open_items": [item]}
    asked = {**given, "questions": [CHECK_IN | {"is_last": True}]}
    assert read_turn_by_rules(TurnInput.model_validate(asked)).parts[0].query == "Nina Park"
    assert read_turn_by_rules(TurnInput.model_validate(given)).parts[0].query == ""
