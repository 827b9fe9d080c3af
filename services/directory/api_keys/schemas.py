"""API keys over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.directory.accounts.schemas import StaffRole
from services.directory.fields import Body, Name, Stored, edit_of
from shared.http.permissions import check_scopes


def _known(scope: str) -> str:
    check_scopes([scope])
    return scope


Scope = Annotated[str, AfterValidator(_known)]


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
