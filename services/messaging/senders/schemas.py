"""Our numbers over HTTP."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class NumberChange(BaseModel):
    """An inactive number sends nothing, and still receives. Limits are at most the operator's; null is the operator's."""

    model_config = ConfigDict(extra="forbid")

    label: str | None = Field(None, max_length=200)
    active: bool = True
    segments_per_second: float | None = Field(None, gt=0, le=10_000)
    daily_limit: int | None = Field(None, ge=0, le=100_000_000)


class NumberOut(BaseModel):
    """`max_…` are the operator's ceilings; null: the installation's."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    number: str
    label: str | None
    active: bool
    segments_per_second: float | None
    daily_limit: int | None
    max_segments_per_second: float | None
    max_daily_limit: int | None
    created_at: datetime
    updated_at: datetime
    row_version: int
