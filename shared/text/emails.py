"""Finds, normalises and validates e-mail addresses; never asks DNS."""

import re
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from shared.text.plain import MAX_READ

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
    """Up to 20 valid addresses of the first 2,000 characters, in order."""
    found: list[FoundEmail] = []
    for match in _CANDIDATE.finditer(text[:MAX_READ]):
        start, printed = match.start(), match[0].lstrip("'.-+")
        start += len(match[0]) - len(printed)
        address = normalise_email(printed)
        if address is not None:
            found.append(FoundEmail(start, match.end(), printed, address))
        if len(found) == MAX_FOUND:
            break
    return tuple(found)


def normalise_email(address: str) -> str | None:
    """The address in lower case as it is stored and compared, or None when it is not one address."""
    if len(address) > _MAX_ADDRESS:
        return None
    try:
        return validate_email(address.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return None
