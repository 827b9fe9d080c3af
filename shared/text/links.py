"""Finds web addresses, typed or spelled out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from shared.text.emails import FoundEmail, find_emails
from shared.text.plain import MAX_READ, overlaps
from shared.text.spelled_addresses import ENDINGS, spelled_addresses

MAX_FOUND = 20
_REST = r"[^\s<>\"“”]*"
_LABELS = r"[^\W_](?:[\w-]{0,61}[^\W_])?\."
_TYPED = re.compile(
    rf"(?<![\w@.+-])(?:https?://[^\s<>\"“”]+|www\.[^\s<>\"“”]+"
    rf"|(?:{_LABELS}){{1,4}}(?:(?:{ENDINGS})(?:\.(?:uk|au))?(?![\w-]|\.\w)(?:[/?#]{_REST})?|(?:us|me|ca|uk|in|tv|to)/{_REST}))(?!@)",
    re.I,
)
_TRAILING = ".,;:!?'\"’*"


@dataclass(frozen=True, slots=True)
class FoundLink:
    """An address as it stands, and as it would be typed ("planwise.io/trial")."""

    start: int
    end: int
    text: str
    address: str


def find_links(text: str, emails: tuple[FoundEmail, ...] | None = None) -> tuple[FoundLink, ...]:
    """Up to 20 links of the first 2,000 characters, in order; `emails` are those of the text, where they are found already."""
    text = text[:MAX_READ]
    taken = [(one.start, one.end) for one in (find_emails(text) if emails is None else emails)]
    found = [one for one in _typed(text) if not overlaps(one.start, one.end, taken)]
    taken += [(one.start, one.end) for one in found]
    for one in spelled_addresses(text):
        if one.kind == "link" and not overlaps(one.start, one.end, taken):
            found.append(FoundLink(one.start, one.end, text[one.start : one.end], one.written))
    return tuple(sorted(found, key=lambda one: one.start)[:MAX_FOUND])


def _typed(text: str) -> Iterator[FoundLink]:
    if "." not in text:
        return
    for match in _TYPED.finditer(text):
        printed = match[0].rstrip(_TRAILING)
        if ")" in printed and "(" not in printed:
            printed = printed.partition(")")[0]
        yield FoundLink(match.start(), match.start() + len(printed), printed, printed)
