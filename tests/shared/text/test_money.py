"""Amounts of money in texts."""

import pytest

from shared.text.money import find_money

AMOUNTS = [
    ("wants to spend $12k tops", [("$12k", "12000 USD")]),
    ("1.2 mil in backlog", [("1.2 mil", "1200000 USD")]),
    ("500 bucks a day, roof was about 8 grand", [("500 bucks", "500 USD"), ("8 grand", "8000 USD")]),
    ("pallet is EUR 3.000 delivered", [("EUR 3.000", "3000 EUR")]),
    ("$1,250.50 due, then €6500", [("$1,250.50", "1250.5 USD"), ("€6500", "6500 EUR")]),
    ("quoted Rs. 3.2 lakh", [("Rs. 3.2 lakh", "320000 INR")]),
    ("asked for twelve hundred dollars upfront", [("twelve hundred dollars", "1200 USD")]),
    ("half a million dollars in bonding", [("half a million dollars", "500000 USD")]),
    ("a couple grand, or thirty five bucks", [("a couple grand", "2000 USD"), ("thirty five bucks", "35 USD")]),
    ("it is a buck", [("a buck", "1 USD")]),
    ("won a fifty dollar gift card", [("fifty dollar", "50 USD")]),
    ("40 cents a panel", [("40 cents", "0.4 USD")]),
    ("charges 300/mo/crew", [("300", "300 USD")]),
    ("they charge 75 an hour", [("75", "75 USD")]),
    ("deposit of 2000 due friday", [("2000", "2000 USD")]),
    ("quoted him 6500 for the deck", [("6500", "6500 USD")]),
    ("fee is £950, spring it was 355.", [("£950", "950 GBP"), ("355", "355 GBP")]),
    ("show price 28,500 cash", [("28,500", "28500 USD")]),
    ("budget 85k. site visit sat", [("85k", "85000 USD")]),
]  # fmt: skip
NONE = [
    "40k sq ft warehouse, 12k btu unit",
    "3 million shingles sold, 200 crews",
    "6 mil poly under the slab",
    "brick robot lays 300 an hour",
    "a 6,200 sf roof, 9,000 houses",
    "Nadezhda is a CAD drafter",
    "call 214-555-0123 at 10/16",
    "my 401k",
    "booth 412, room 204, 14 doors by 3pm",
    "one two three",
    "the m dash, the buck stops here",
    "",
]


@pytest.mark.parametrize(("text", "amounts"), AMOUNTS)
def test_an_amount_is_quoted_and_valued(text: str, amounts: list[tuple[str, str]]) -> None:
    found = find_money(text)
    assert [(one.text, one.value) for one in found] == amounts
    assert all(text[one.start : one.end] == one.text for one in found)


@pytest.mark.parametrize("text", NONE)
def test_what_is_counted_is_no_money(text: str) -> None:
    assert find_money(text) == ()
