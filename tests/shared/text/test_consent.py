"""Which texts end, resume or ask about texting, and which only look as if they did."""

from pathlib import Path
from time import thread_time

import pytest

from deploy.local.twilio.keywords import answer_to
from shared.text.consent import Consent, recognise
from tests.shared.text.consent_examples import CARRIER, NOT_CARRIER, OPT_OUT, ORDINARY

OPT_IN = ["START", "start.", "UNSTOP", "yes", "YES!", " Yes "]
HELP = ["HELP", "help?", "Info", "INFO."]
WORDINGS = Path(__file__).parent / "wordings"


def wordings(name: str) -> list[str]:
    lines = (WORDINGS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("body", CARRIER)
def test_words_the_carrier_answers_are_marked_so(body: str) -> None:
    assert recognise(body) == Consent("opt_out", carrier_word=True)


@pytest.mark.parametrize("body", [*CARRIER, *NOT_CARRIER, *OPT_OUT, *ORDINARY, *OPT_IN, *HELP])
def test_what_we_leave_to_the_carrier_the_stand_in_answers_and_nothing_else(body: str) -> None:
    wish = recognise(body)
    answered = answer_to(body, opted_out=wish is not None and wish.kind == "opt_in") is not None
    assert answered == (wish is not None and wish.carrier_word)


@pytest.mark.parametrize("body", [*NOT_CARRIER, *OPT_OUT])
def test_a_wish_to_be_left_alone_is_an_opt_out_we_must_confirm(body: str) -> None:
    wish = recognise(body)
    assert wish is not None
    assert (wish.kind, wish.carrier_word) == ("opt_out", False)


@pytest.mark.parametrize(("body", "may_answer"), [("No more.", True), ("enough", True), ("no more texts", False)])
def test_a_few_words_are_an_answer_where_there_is_a_question(body: str, may_answer: bool) -> None:
    assert recognise(body) == Consent("opt_out", carrier_word=False, may_answer=may_answer)


@pytest.mark.parametrize("body", ORDINARY)
def test_ordinary_texts_stay_ordinary(body: str) -> None:
    assert recognise(body) is None


@pytest.mark.parametrize("body", OPT_IN)
def test_bare_words_that_may_resume_texting(body: str) -> None:
    assert recognise(body) == Consent("opt_in", carrier_word=body.strip().isalpha())


@pytest.mark.parametrize(
    "body", ["opt in", "Resubscribe", "start texting me again", "please resume texts", "ＳＴＡＲＴ"]
)
def test_wishes_to_resume_that_the_carrier_does_not_answer(body: str) -> None:
    assert recognise(body) == Consent("opt_in", carrier_word=False)


@pytest.mark.parametrize("body", HELP)
def test_bare_help_is_answered_by_the_carrier_where_it_stands_alone(body: str) -> None:
    assert recognise(body) == Consent("help", carrier_word=body.isalpha())


@pytest.mark.parametrize("body", wordings("opt_out"))
def test_the_wish_to_be_left_alone_is_understood_in_many_wordings(body: str) -> None:
    wish = recognise(body)
    assert wish is not None
    assert wish.kind == "opt_out"


@pytest.mark.parametrize("body", [*wordings("ordinary"), *wordings("ordinary_help")])
def test_what_only_sounds_like_a_wish_is_none(body: str) -> None:
    wish = recognise(body)
    assert wish is None or wish.may_answer


@pytest.mark.parametrize("body", wordings("opt_in"))
def test_the_wish_to_come_back_is_understood_in_many_wordings(body: str) -> None:
    wish = recognise(body)
    assert wish is not None
    assert wish.kind == "opt_in"


@pytest.mark.parametrize("body", wordings("help"))
def test_who_asks_what_this_number_is_gets_help(body: str) -> None:
    wish = recognise(body)
    assert wish is not None
    assert (wish.kind, wish.carrier_word) == ("help", False)


@pytest.mark.parametrize(
    ("body", "may_answer"), [("who is this", True), ("what is this about", True), ("commands", False)]
)
def test_who_this_is_asks_why_where_there_is_a_question(body: str, may_answer: bool) -> None:
    assert recognise(body) == Consent("help", carrier_word=False, may_answer=may_answer)


@pytest.mark.parametrize(
    ("body", "is_wish"),
    [
        ("please don't ever\ntext me again", True),
        ("Do not\nmessage me", True),
        ("stop calling me names and stop texting me", True),
        ("stop calling me sir lol", False),
        ("Please don't ever order from Acme\ntext me again at noon", False),
    ],
)
def test_a_wish_may_be_split_over_two_lines_and_a_nickname_is_none(body: str, is_wish: bool) -> None:
    wish = recognise(body)
    assert (wish is not None and wish.kind == "opt_out") == is_wish


@pytest.mark.parametrize("body", ["Unsubscribe from this contracting content", "remote numbers", "lumber", "remover"])
def test_a_word_that_differs_by_a_letter_from_a_key_word_stays_itself(body: str) -> None:
    assert recognise(body) is None


@pytest.mark.parametrize("unit", ["a", "stop ", "stop sending the ", "no more ", " ", ".", "opt out of these "])
def test_fifty_thousand_characters_are_answered_at_once(unit: str) -> None:
    body = unit * (50_000 // len(unit))
    best = min(_seconds(body) for _ in range(3))
    assert best < 0.05


def _seconds(body: str) -> float:
    began = thread_time()
    recognise(body)
    return thread_time() - began
