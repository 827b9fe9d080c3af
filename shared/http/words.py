"""Text that a body must bring: kept as it was typed, refused when there is nothing in it to read."""

import unicodedata

from pydantic import AfterValidator

_UNSEEN = ("Zs", "Zl", "Zp", "Cc", "Cf")


def not_blank(text: str) -> str:
    """Raises ValueError for what is empty to the eye: spaces, line breaks, zero-width characters."""
    if all(unicodedata.category(character) in _UNSEEN for character in text):
        raise ValueError("must not be blank")
    return text


NotBlank = AfterValidator(not_blank)
