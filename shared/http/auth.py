"""Who calls: bearer tokens checked against the issuer's published keys, and what the caller may do."""

import asyncio
import time
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import httpx
import jwt
from fastapi import Depends, Request

from shared.db.database import Tenant
from shared.errors import Forbidden, Unauthenticated, Unavailable
from shared.http.permissions import Action, may

ALGORITHMS = ["RS256", "ES256"]
REFRESH_SECONDS = 300
RETRY_SECONDS = 5


@dataclass(frozen=True)
class Caller:
    """The person, key or service behind a request; `contractor_id` only where the role is `contractor`."""

    subject: str
    account_id: UUID
    role: str
    scope: frozenset[str]
    user_id: UUID | None = None
    contractor_id: UUID | None = None

    def may(self, resource: str, action: Action) -> bool:
        return may(self.role, self.scope, resource, action)

    @property
    def tenant(self) -> Tenant:
        return Tenant(self.account_id, self.user_id, self.role, self.contractor_id)


class Jwks:
    """The issuer's public keys by `kid`, fetched when one is unknown; refreshed every five minutes, which nobody waits for."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: dict[str, Any] = {}
        self._fetched_at = self._tried_at = float("-inf")
        self._lock = asyncio.Lock()
        self._refreshing: asyncio.Task[None] | None = None

    async def key(self, kid: str) -> Any:
        """Raises Unauthenticated for a `kid` that the issuer does not publish, Unavailable while it was never reached."""
        if kid in self._keys:
            if time.monotonic() - self._fetched_at > REFRESH_SECONDS and self._refreshing is None:
                self._refreshing = asyncio.create_task(self._refresh_behind())
            return self._keys[kid]
        async with self._lock:
            if kid not in self._keys:
                await self._refresh()
        if kid in self._keys:
            return self._keys[kid]
        if not self._keys:
            raise Unavailable("Signing keys cannot be fetched right now. Try again in a few seconds.")
        raise Unauthenticated("This token was signed with an unknown key. Sign in again.")

    async def _refresh_behind(self) -> None:
        try:
            await self._refresh()
        finally:
            self._refreshing = None

    async def _refresh(self) -> None:
        now = time.monotonic()
        if now - self._tried_at < (RETRY_SECONDS if self._keys else 0.2):
            return
        self._tried_at = now
        try:
            # Without TLS the 8 MB of certificate authorities would be loaded for nothing.
            async with httpx.AsyncClient(timeout=3, verify=self._url.startswith("https:")) as client:
                answer = (await client.get(self._url)).raise_for_status().json()
        except (httpx.HTTPError, ValueError):
            return
        keys = jwt.PyJWKSet.from_dict(answer).keys
        self._keys = {key.key_id: key for key in keys if key.key_id and key.algorithm_name in ALGORITHMS}
        self._fetched_at = now


class Tokens:
    """Turns a bearer token into a Caller."""

    def __init__(self, jwks: Jwks, *, issuer: str, audience: str) -> None:
        self._jwks = jwks
        self._issuer = issuer
        self._audience = audience

    async def caller(self, token: str) -> Caller:
        """Raises Unauthenticated for whatever is not a valid, current token of ours."""
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in ALGORITHMS or "crit" in header or not isinstance(header.get("kid"), str):
                raise Unauthenticated("This token is not one of ours. Sign in again.")
            key = await self._jwks.key(header["kid"])
            claims = jwt.decode(
                token,
                key.key,
                algorithms=[key.algorithm_name],
                audience=self._audience,
                issuer=self._issuer,
                leeway=5,
                options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )
            return caller_of(claims)
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("This token has expired. Refresh it or sign in again.") from None
        except (jwt.PyJWTError, KeyError, ValueError, TypeError, AttributeError):
            raise Unauthenticated("This token is not valid. Sign in again.") from None


def caller_of(claims: dict[str, Any]) -> Caller:
    """Raises KeyError, ValueError, TypeError or AttributeError for claims that are not ours."""
    if not isinstance(claims["role"], str):
        raise TypeError("role")
    user_id = claims.get("user_id")
    contractor_id = claims.get("contractor_id")
    return Caller(
        subject=claims["sub"],
        account_id=UUID(claims["account_id"]),
        role=claims["role"],
        scope=frozenset(claims.get("scope", "").split()),
        user_id=UUID(user_id) if user_id else None,
        contractor_id=UUID(contractor_id) if contractor_id else None,
    )


def bearer_token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Send a bearer token in Authorization (sign in for one), or an API key in X-API-Key.")
    return token.strip()


def current_caller(request: Request) -> Caller:
    """The caller that `TenantRoute` put there."""
    caller: Caller = request.state.caller
    return caller


CallerDep = Annotated[Caller, Depends(current_caller)]


def permit(resource: str, action: Action) -> Any:
    """A route dependency: 403 unless the caller may do `action` on `resource`."""

    def check(caller: CallerDep) -> None:
        if not caller.may(resource, action):
            if caller.scope:
                raise Forbidden(f"This token's scope does not hold {resource}:{action}. Use one that does.")
            raise Forbidden(f"Your role ({caller.role}) may not {action} {resource}. Ask an owner of the account.")

    return Depends(check)
