"""Text that a body must bring: kept as it was typed, refused when there is nothing in it to read."""

import unicodedata

from pydantic import AfterValidator

_UNSEEN = ("Zs", "Zl", "Zp", "Cc", "Cf", "Mn")
# Letters and signs by their category, and nothing to the eye: fillers of Hangul, the empty pattern of Braille.
_EMPTY = "\u115f\u1160\u3164\uffa0\u2800"


def not_blank(text: str) -> str:
    """Raises ValueError for what is empty to the eye: spaces, line breaks, zero-width characters."""
    if all(character in _EMPTY or unicodedata.category(character) in _UNSEEN for character in text):
        raise ValueError("must not be blank")
    return text


NotBlank = AfterValidator(not_blank)
