"""Kinds of fields that several resources have, and what each accepts."""

import unicodedata
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, create_model

from shared.http.words import NotBlank
from shared.text.emails import normalise_email
from shared.text.phones import to_e164

_LINE_BREAKERS = ("Cc", "Zl", "Zp")


def one_line(text: str) -> str:
    if any(unicodedata.category(character) in _LINE_BREAKERS for character in text):
        raise ValueError("must be one line, without control characters")
    return text


def as_phone(text: str) -> str:
    number = to_e164(text)
    if number is None:
        raise ValueError("must be a whole phone number with its area code, best in the form +12145550123")
    return number


def as_email(text: str) -> str:
    address = normalise_email(text)
    if address is None:
        raise ValueError("must be one e-mail address")
    return address


@lru_cache(1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def as_zone(text: str) -> str:
    if text not in _zones():
        raise ValueError("must be an IANA time zone such as America/Chicago")
    return text


def as_website(text: str) -> str:
    if not text.startswith(("https://", "http://")):
        raise ValueError("must begin with https:// or http://")
    return text


Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(one_line), NotBlank
]
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(one_line), NotBlank
]
Prose = Annotated[str, StringConstraints(max_length=20_000)]
Tags = Annotated[list[Name], Field(max_length=50)]
Ids = Annotated[list[UUID], Field(max_length=100)]
Phone = Annotated[str, StringConstraints(max_length=40), AfterValidator(as_phone)]
Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(as_email)]
TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(as_zone)]
Website = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(one_line), AfterValidator(as_website)
]
Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC)),
    AfterValidator(lambda moment: moment.astimezone(UTC)),
]


class Body(BaseModel):
    """What a client sends: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Stored(BaseModel):
    """What every row answers with, before its own fields."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    created_at: datetime
    updated_at: datetime
    row_version: int


def edit_of(new: type[BaseModel], *, without: tuple[str, ...] = (), **more: Any) -> type[BaseModel]:
    """The body of a PATCH: every field of `new` may be left out, and is held to the same when it is there."""
    fields: dict[str, Any] = {
        name: (field.rebuild_annotation(), Field(default_factory=lambda: None))
        for name, field in new.model_fields.items()
        if name not in without
    }
    fields |= {name: (kind, Field(default_factory=lambda: None)) for name, kind in more.items()}
    return create_model(new.__name__.replace("New", "Edit"), __base__=Body, **fields)
