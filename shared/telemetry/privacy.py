"""What may never stand in a log line: which keys are withheld, and which patterns are masked wherever they occur."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

WITHHELD = "[withheld]"

# The whole key, or its last word: `body`, `message_body`, `auth_token`, `X-Api-Key`.
_PRIVATE_KEY = re.compile(
    r"""(?ix) (?:.*[_-])? (?: address(?:es)? | api[_-]key | authorization | body | content | cookie | credentials
    | dsn | emails? | first_name | full_name | headers | input | last_name | note | output | param(?:eter)?s
    | password | payload | phones? | prompt | query | quote | reply | secrets? | signature | signing_key | spans?
    | texts? | token | url )"""
)
_PRIVATE_TEXT = re.compile(
    r"(?P<url>(?<=://)[^/\s:@]*:[^@\s/]+(?=@))"  # user:password@ in an address
    r"|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<phone>(?<![\w.-])(?:\+\d[\d ().-]{5,18}\d|(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4})(?![\w-]))"
    r"|(?P<jwt>\beyJ[\w-]+\.[\w-]+\.[\w-]*)"
    r"|(?P<bearer>(?i:\b(?:bearer|basic) )[\w.~+/=-]{8,})"
    r"|(?P<key>\bsk-[\w-]{8,})"
)
# A quoted string with a space in it is somebody's words; one without is the name of a column, type or constraint.
_QUOTED_WORDS = re.compile(r"\"[^\"]*\s[^\"]*\"|(?<!\w)'[^']*\s[^']*'(?!\w)")
_PLAIN = (UUID, Decimal, date, timedelta, Enum, Path)


def mask(text: str) -> str:
    return _PRIVATE_TEXT.sub(WITHHELD, text)


def first_line(error: BaseException) -> str:
    """An error's message; PostgreSQL's DETAIL, SQLAlchemy's parameters and pydantic's input stand on later lines."""
    lines = str(error).splitlines()
    return mask(_QUOTED_WORDS.sub(WITHHELD, lines[0]))[:500] if lines else ""


def clean(value: Any) -> Any:
    """`value` as JSON that may be logged. An object of a type we do not know shows its type only."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {str(key): WITHHELD if _PRIVATE_KEY.fullmatch(str(key)) else clean(held) for key, held in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [clean(held) for held in value]
    if isinstance(value, _PLAIN):
        return str(value.value if isinstance(value, Enum) else value)
    return f"<{type(value).__name__}>"
