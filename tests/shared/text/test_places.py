"""Places in texts: those that show by their form, and those that the model reads."""

import pytest

from shared.text.places import find_places

PLACES = [
    ("booth 412 has the lift we want", ["booth 412"]),
    ("met him by hall B near the coffee", ["hall B"]),
    ("Booth C-118, rep is Curtis", ["Booth C-118"]),
    ("the talk on the main stage at 3, then room 204B", ["main stage", "room 204B"]),
    ("jobsite 2214 W Cedar Springs Rd, dog in yard", ["2214 W Cedar Springs Rd"]),
    ("basement on Alder St is a lake", ["Alder St"]),
    ("MOTELS ON ROUTE 9", ["Route 9"]),
    ("meet in the Cedar Room at 4", ["Cedar Room"]),
    ("his plumbing shop is out of pueblo", ["Pueblo"]),
    ("their office is in Baton Rouge", ["Baton Rouge"]),
    ("met a painter from Tulsa", ["Tulsa"]),
]
NOWHERE = [
    "row of booths was all software",
    "patch 14 rooms by may 3",
    "parking lot 120 stalls",
    "down the road, across the street",
    "he was all over the place",
    "book rooms",
    "Stages model homes",
    "2 trucks on the way",
    "ask the office",
    "",
]


@pytest.mark.parametrize(("text", "places"), PLACES)
def test_a_place_is_quoted_and_printed(text: str, places: list[str]) -> None:
    found = find_places(text)
    assert [one.value for one in found] == places
    assert all(text[one.start : one.end] == one.text for one in found)


@pytest.mark.parametrize("text", NOWHERE)
def test_what_only_sounds_like_a_place_is_none(text: str) -> None:
    assert find_places(text) == ()


def test_a_street_in_a_companys_name_is_the_companys() -> None:
    assert find_places("Met Dana Ortiz from Main Street Lending") == ()
