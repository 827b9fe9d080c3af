"""Our numbers over HTTP."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from shared.text.phones import to_e164


class NewNumber(BaseModel):
    """Limits that are not given are the installation's own."""

    model_config = ConfigDict(extra="forbid")

    number: str = Field(description="E.164, a number of the Twilio account: +12145550100.")
    label: str | None = Field(None, max_length=200)
    segments_per_second: float | None = Field(None, gt=0, le=10_000)
    daily_limit: int | None = Field(None, ge=0, le=100_000_000)

    @field_validator("number")
    @classmethod
    def _is_e164(cls, number: str) -> str:
        if to_e164(number) != number:
            raise ValueError("a number is written in E.164, like +12145550100")
        return number


class NumberChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    label: str | None = Field(None, max_length=200)
    active: bool = True
    segments_per_second: float | None = Field(None, gt=0, le=10_000)
    daily_limit: int | None = Field(None, ge=0, le=100_000_000)


class NumberOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    number: str
    label: str | None
    active: bool
    segments_per_second: float | None
    daily_limit: int | None
    created_at: datetime
    updated_at: datetime
    row_version: int
