"""What a text costs on the wire."""

import pytest

from shared.text.segments import count_segments


@pytest.mark.parametrize(
    ("body", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 1600, 11),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 159 + "[", 2),
        ("é" * 160, 1),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("ê" * 134, 2),
        ("ê" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("a" * 69 + "😀", 2),
        ("it’s" + "a" * 66, 1),
        ("it’s" + "a" * 67, 2),
        ("one\ntwo\r\n{three}", 1),
    ],
)
def test_a_text_is_billed_in_segments(body: str, segments: int) -> None:
    assert count_segments(body) == segments


def test_an_escaped_character_is_never_split_between_two_parts() -> None:
    assert count_segments("a" * 152 + "€" + "a" * 151) == 2
    assert count_segments("a" * 152 + "€" + "a" * 152) == 3


def test_an_emoji_is_never_split_between_two_parts() -> None:
    assert count_segments("😀" * 66) == 2
    assert count_segments("😀" * 67) == 3
