"""Which texts end, resume or ask about texting, and which only look as if they did."""

from time import thread_time

import pytest

from shared.text.consent import Consent, recognise
from tests.shared.text.consent_examples import CARRIER, OPT_OUT, ORDINARY


@pytest.mark.parametrize("body", CARRIER)
def test_words_the_carrier_answers_are_marked_so(body: str) -> None:
    assert recognise(body) == Consent("opt_out", carrier_word=True)


@pytest.mark.parametrize("body", OPT_OUT)
def test_a_wish_to_be_left_alone_is_an_opt_out_we_must_confirm(body: str) -> None:
    assert recognise(body) == Consent("opt_out", carrier_word=False)


@pytest.mark.parametrize("body", ORDINARY)
def test_ordinary_texts_stay_ordinary(body: str) -> None:
    assert recognise(body) is None


@pytest.mark.parametrize("body", ["START", "start.", "UNSTOP", "yes", "YES!", " Yes "])
def test_bare_words_that_may_resume_texting(body: str) -> None:
    assert recognise(body) == Consent("opt_in", carrier_word=True)


@pytest.mark.parametrize(
    "body", ["opt in", "Resubscribe", "start texting me again", "please resume texts", "ＳＴＡＲＴ"]
)
def test_wishes_to_resume_that_the_carrier_does_not_answer(body: str) -> None:
    assert recognise(body) == Consent("opt_in", carrier_word=False)


@pytest.mark.parametrize("body", ["HELP", "help?", "Info", "INFO."])
def test_bare_help_is_answered_by_the_carrier(body: str) -> None:
    assert recognise(body) == Consent("help", carrier_word=True)


@pytest.mark.parametrize("unit", ["a", "stop ", "stop sending the ", "no more ", " ", ".", "opt out of these "])
def test_fifty_thousand_characters_are_answered_at_once(unit: str) -> None:
    body = unit * (50_000 // len(unit))
    best = min(_seconds(body) for _ in range(3))
    assert best < 0.05


def _seconds(body: str) -> float:
    began = thread_time()
    recognise(body)
    return thread_time() - began
