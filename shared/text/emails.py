"""Finds, normalises and validates e-mail addresses; never asks DNS."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from email_validator import EmailNotValidError, validate_email

from shared.text.plain import MAX_READ, overlaps
from shared.text.spelled_addresses import spelled_addresses

MAX_FOUND = 20
_MAX_ADDRESS = 254
_CANDIDATE = re.compile(r"(?<![\w.+'@-])[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?![\w@])")


@dataclass(frozen=True, slots=True)
class FoundEmail:
    """An address as printed, and as it is compared and sent to."""

    start: int
    end: int
    text: str
    address: str


def find_emails(text: str) -> tuple[FoundEmail, ...]:
    """Up to 20 valid addresses of the first 2,000 characters, in order: typed, or spelled out ("john at example dot com")."""
    text = text[:MAX_READ]
    found = list(islice(_typed(text), MAX_FOUND)) if "@" in text else []
    taken = [(one.start, one.end) for one in found]
    for one in spelled_addresses(text):
        if one.kind == "email" and not overlaps(one.start, one.end, taken):
            found += _valid(text, one.start, one.end, one.written)
    return tuple(sorted(found, key=lambda one: one.start)[:MAX_FOUND])


def _typed(text: str) -> Iterator[FoundEmail]:
    for match in _CANDIDATE.finditer(text):
        printed = match[0].lstrip("'.-+")
        yield from _valid(text, match.end() - len(printed), match.end(), printed)


def _valid(text: str, start: int, end: int, written: str) -> Iterator[FoundEmail]:
    address = normalise_email(written)
    if address is not None:
        yield FoundEmail(start, end, text[start:end], address)


def normalise_email(address: str) -> str | None:
    """The address in lower case as it is stored and compared, or None when it is not one address."""
    if len(address) > _MAX_ADDRESS:
        return None
    try:
        return validate_email(address.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return None
