"""Texts brought to one plain form before rules look at them."""

import re
import unicodedata
from collections.abc import Iterable

Place = tuple[int, int]
"""Where something stands: from the first character to behind the last."""

MAX_READ = 2_000
"""Characters of a text that rules read; an SMS has at most 1,600."""

_LETTERS: dict[int, str | None] = dict(zip(map(ord, "đłøĐŁØ"), "dloDLO", strict=True))  # they have no decomposition
_READ_AS: dict[int, str | None] = dict.fromkeys(map(ord, "'’‘‛`´ʼ＇")) | {ord("#"): " number ", **_LETTERS}
_NOT_WORD = re.compile(r"[^\w\s.,;:!?\n]|_")
_SPACES = re.compile(r"[^\S\n]+")


def plain_clauses(body: str) -> str:
    """Lower case, compatibility forms folded, no accents, apostrophes, emoji, invisible characters; .,;:!? stay."""
    folded = unicodedata.normalize("NFKD", body[:MAX_READ].translate(_READ_AS))
    visible = "".join(
        char for char in folded if unicodedata.category(char) not in ("Mn", "Me", "Cf", "Cc") or char in "\n\t\r"
    )
    return _SPACES.sub(" ", _NOT_WORD.sub(" ", visible.casefold())).strip()


def lowered(text: str) -> str:
    """Lower case with every character at its place, so that spans hold for the original too."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(char if len(char.lower()) > 1 else char.lower() for char in text)


def overlaps(start: int, end: int, spans: Iterable[Place]) -> bool:
    return any(start < other_end and other_start < end for other_start, other_end in spans)
