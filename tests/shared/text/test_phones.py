"""Numbers in texts: found as printed, judged before anything is sent."""

from zoneinfo import ZoneInfo

import pytest
from phonenumbers.tzdata import TIMEZONE_DATA

from shared.text.phones import find_phones, is_sendable, time_zones_of, to_e164


@pytest.mark.parametrize(
    ("text", "printed", "e164", "sendable"),
    [
        ("call 214-555-0123 now", "214-555-0123", "+12145550123", True),
        ("(214) 555-0123", "(214) 555-0123", "+12145550123", True),
        ("cell:2145550123.", "2145550123", "+12145550123", True),
        ("214.555.0123 ext 5", "214.555.0123", "+12145550123", True),
        ("1-203-555-0155, ext. 4. ok", "1-203-555-0155", "+12035550155", True),
        ("603-555-0102 x3 by tomorrow", "603-555-0102", "+16035550102", True),
        ("text 602•555•0162", "602•555•0162", "+16025550162", True),
        ("Vince (216.555.0150) holds it", "216.555.0150", "+12165550150", True),
        ("her cell is 2 1 4 5 5 5 0 1 2 3", "2 1 4 5 5 5 0 1 2 3", "+12145550123", True),
        ("seven oh two 555 oh one 33 she manages", "seven oh two 555 oh one 33", "+17025550133", True),
        (
            "nine seventy two five five five oh one eighteen",
            "nine seventy two five five five oh one eighteen",
            "+19725550118",
            True,
        ),
        (
            "one eight hundred triple five zero one nine nine",
            "one eight hundred triple five zero one nine nine",
            "+18005550199",
            True,
        ),
        ("call five five five oh one four two again", "five five five oh one four two", None, False),
        ("ring +44 20 7946 0958", "+44 20 7946 0958", "+442079460958", True),
        ("Met John. 555-1234, x", "555-1234", None, False),
        ("900-555-1234", "900-555-1234", "+19005551234", False),
        ("(214) 976-1234", "(214) 976-1234", "+12149761234", False),
        ("214-555-1212", "214-555-1212", "+12145551212", False),
    ],
)
def test_a_number_is_kept_as_printed_and_judged(text: str, printed: str, e164: str | None, sendable: bool) -> None:
    (found,) = find_phones(text)
    assert (found.text, found.e164, found.sendable, found.valid) == (printed, e164, sendable, e164 is not None)
    assert text[found.start : found.end] == printed


@pytest.mark.parametrize(
    "text",
    [
        "10/16",
        "2026-10-16 10:00",
        "booth 1234",
        "$1200",
        "$2145550123",
        "call 911",
        "order 1234567",
        "12:30-13:30",
        "#5551234",
        "paid in 3 chunks (30/90/180 days)",
        "one two three four five six seven",
        "two or three by twenty twenty six",
        "1 done, 2 done, 3 not yet, 4 and 5 drop",
    ],
)
def test_other_digits_are_no_phone(text: str) -> None:
    assert find_phones(text) == ()


def test_two_numbers_side_by_side_are_two() -> None:
    assert [found.e164 for found in find_phones("214-555-0123/972-555-0199")] == ["+12145550123", "+19725550199"]


def test_typed_numbers_become_e164_or_nothing() -> None:
    assert to_e164("(214) 555-0123") == "+12145550123"
    assert to_e164("020 7946 0958", "GB") == "+442079460958"
    for bad in ("555-1234", "911", "", "hello", "1" * 50_000):
        assert to_e164(bad) is None


def test_only_e164_that_is_valid_and_free_of_charge_is_sent_to() -> None:
    assert is_sendable("+12145550123")
    for bad in ("2145550123", "+1 214 555 0123", "555-1234", "911", "+1911", "+19005551234", "+12149761234", ""):
        assert not is_sendable(bad)


def test_a_prefix_tells_its_zones() -> None:
    assert time_zones_of("+12145550123") == ("America/Chicago",)
    assert "America/New_York" in time_zones_of("+18005550199")
    assert time_zones_of("+870773111632") == ()
    assert time_zones_of("nonsense") == ()


def test_every_zone_phonenumbers_can_name_is_known_to_zoneinfo() -> None:
    names = {zone for zones in TIMEZONE_DATA.values() for zone in zones} - {"Etc/Unknown"}
    assert len(names) > 100
    for name in names:
        ZoneInfo(name)
