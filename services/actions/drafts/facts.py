"""What an introduction may say, and what it is when it is written."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class IntroFacts(BaseModel):
    """`promise` and `note` are the contractor's own words; `introduced` is whom `to_name` is told of, the sender where empty.
    `kind` says what the mail is for: to introduce, or to keep the promise."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["introduction", "promise"] = "introduction"
    promise: str
    note: str | None = None
    sender: str | None = None
    sender_company: str | None = None
    to_name: str | None = None
    to_is_company: bool = False
    introduced: str | None = None
    event: str | None = None
    topic: str | None = None


class Introduction(BaseModel):
    model_config = ConfigDict(extra="forbid")

    subject: str = Field(min_length=1, max_length=200)
    body: str = Field(min_length=1, max_length=4000)
    mentions: list[str] = Field(max_length=20)
