"""E-mail addresses in texts."""

import pytest

from shared.text.emails import find_emails, normalise_email


@pytest.mark.parametrize(
    ("text", "printed", "address"),
    [
        ("555-1234, john@example.com", "john@example.com", "john@example.com"),
        ("(JOHN@Example.COM).", "JOHN@Example.COM", "john@example.com"),
        ("mailto:joe+fair@sub.example.org, thanks", "joe+fair@sub.example.org", "joe+fair@sub.example.org"),
        ("'x.y@example.net'", "x.y@example.net", "x.y@example.net"),
        ("its john at example dot com ok", "john at example dot com", "john@example.com"),
        ("Nadia dot Cad at example dot net, thanks", "Nadia dot Cad at example dot net", "nadia.cad@example.net"),
        (
            "j underscore r at acme dash roofing dot example",
            "j underscore r at acme dash roofing dot example",
            "j_r@acme-roofing.example",
        ),
        ("kay (at) example (dot) org", "kay (at) example (dot) org", "kay@example.org"),
        ("info @ ridgetop.example for the form", "info @ ridgetop.example", "info@ridgetop.example"),
    ],
)
def test_an_address_is_found_where_it_stands(text: str, printed: str, address: str) -> None:
    (found,) = find_emails(text)
    assert (found.text, found.address) == (printed, address)
    assert text[found.start : found.end].strip("'") == printed


@pytest.mark.parametrize(
    "text",
    [
        "x@y@example.com",
        "@john",
        "john@localhost",
        "john@-example.com",
        "meet @ 5",
        "look at dot 5",
        "the form at example.com",
        "find it at example dot com",
        "a@b..com",
    ],
)
def test_what_is_no_address_is_left_alone(text: str) -> None:
    assert find_emails(text) == ()


@pytest.mark.parametrize(
    "typed", ["a@example.com, b@example.com", "a@example.com\nBcc: b@example.com", "", "a" * 50_000]
)
def test_one_field_holds_one_address(typed: str) -> None:
    assert normalise_email(typed) is None
