"""Made-up examples of names: their spans quote what was put in, and the same seed makes the same."""

import pytest

from benchmarks.texts.gazetteers import ordinary_words
from benchmarks.texts.name_draws import Draws
from benchmarks.texts.name_variety import filled, frames, rewritten, swapped

TEXT = "Met Priya Nair from Ridgetop Solar in Tulsa, she wants a quote"
SPANS = (("name", 4, 14), ("company", 20, 34), ("place", 38, 43))


@pytest.fixture(scope="module")
def ordinary() -> list[str]:
    return ordinary_words()


def test_every_slot_is_drawn_and_marked(ordinary: list[str]) -> None:
    draws = Draws(1, ordinary)
    for frame in frames()[::7]:
        made = filled(frame, draws)
        assert "{" not in made.text
        assert all(made.text[start:end].strip() == made.text[start:end] for _, start, end in made.spans)
        assert len(made.spans) >= sum(frame.count(slot) for slot in ("{n}", "{nn}", "{f}", "{l}", "{c}", "{p}"))


def test_other_names_stand_where_the_old_ones_stood(ordinary: list[str]) -> None:
    made = [swapped(TEXT, SPANS, Draws(seed, ordinary)) for seed in range(30)]
    assert all([kind for kind, *_ in one.spans] == ["name", "company", "place"] for one in made)
    assert all(one.text[: one.spans[0][1]].lower() == "met " for one in made)
    assert sum("priya nair" in one.text.lower() for one in made) < 15


def test_a_text_that_is_written_otherwise_keeps_its_spans(ordinary: list[str]) -> None:
    for seed in range(30):
        made = rewritten(TEXT, SPANS, Draws(seed, ordinary))
        assert [made.text[start:end].lower() for _, start, end in made.spans] == [
            "priya nair",
            "ridgetop solar",
            "tulsa",
        ]


def test_the_same_seed_draws_the_same(ordinary: list[str]) -> None:
    one, two = Draws(5, ordinary), Draws(5, ordinary)
    assert [one.company() + one.person() for _ in range(50)] == [two.company() + two.person() for _ in range(50)]
