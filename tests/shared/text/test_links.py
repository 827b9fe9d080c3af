"""Web addresses in texts."""

import pytest

from shared.text.links import find_links


@pytest.mark.parametrize(
    ("text", "printed", "address"),
    [
        ("Site is pipes.example. He offered", "pipes.example", "pipes.example"),
        ("(brightbid.example/trial) takeoff", "brightbid.example/trial", "brightbid.example/trial"),
        ("grab www.example.com/form?id=3, ok", "www.example.com/form?id=3", "www.example.com/form?id=3"),
        ("https://example.org/a/b#c!", "https://example.org/a/b#c", "https://example.org/a/b#c"),
        ("mail a@example.com or see example.net/x", "example.net/x", "example.net/x"),
        ("planwise dot io slash trial has a coupon", "planwise dot io slash trial", "planwise.io/trial"),
    ],
)
def test_an_address_is_found_as_it_would_be_typed(text: str, printed: str, address: str) -> None:
    (found,) = find_links(text)
    assert (found.text, found.address) == (printed, address)
    assert text[found.start : found.end] == printed


@pytest.mark.parametrize(
    "text",
    [
        "we were done.then he left",
        "john@example.com",
        "john at example dot com",
        "the dot painters",
        "plan.pdf",
        "3.5 in",
        "e.g. this",
    ],
)
def test_what_is_no_address_is_left_alone(text: str) -> None:
    assert find_links(text) == ()
