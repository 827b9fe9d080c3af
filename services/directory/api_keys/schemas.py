"""API keys over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.directory.accounts.schemas import StaffRole
from services.directory.fields import Body, Name, Stored, edit_of

Scope = Annotated[str, StringConstraints(pattern=r"^[a-z0-9:._-]{1,64}$")]


class NewApiKey(Body):
    name: Name
    role: StaffRole
    scopes: list[Scope] = Field([], max_length=50)


EditApiKey = edit_of(NewApiKey, without=("role", "scopes"))


class ApiKeyOut(Stored):
    """`prefix` is what is left to recognise the key by."""

    name: str
    prefix: str
    role: str
    scopes: list[str]
    created_by: UUID | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class ApiKeyMade(ApiKeyOut):
    """`api_key` is shown this once."""

    api_key: str


class ApiKeyFilters(BaseModel):
    """`revoked`: only those that are (true) or that still work (false)."""

    revoked: bool | None = None
