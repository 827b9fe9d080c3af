"""Tokens over HTTP (OAuth2, RFC 6749)."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from services.directory.fields import Body
from shared.http.permissions import check_scopes

Secret = Annotated[str, StringConstraints(min_length=1, max_length=256)]


def _known(scope: str) -> str:
    check_scopes(scope.split())
    return scope


class TokenRequest(Body):
    """The fields of all three grants; which are needed depends on `grant_type`.

    `account` is the name or id of one of the person's accounts, where there are several; `account_id` says for which
    account a service acts. `scope` narrows the token; a refresh may narrow it further, for one access token.
    """

    grant_type: Literal["password", "refresh_token", "client_credentials"]
    username: Secret | None = None
    password: Secret | None = None
    account: Secret | None = None
    refresh_token: Secret | None = None
    client_id: Secret | None = None
    client_secret: Secret | None = None
    account_id: UUID | None = None
    scope: Annotated[str, StringConstraints(max_length=1000), AfterValidator(_known)] = ""


class TokenAnswer(BaseModel):
    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105
    expires_in: int = Field(description="Seconds.")
    refresh_token: str | None = None
    account_id: UUID
    role: str
