"""API keys, exchanged at directory for short tokens."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from typing import TypeVar

import aiohttp
import jwt

from gateway.upstream import Upstream
from shared.errors import Unauthenticated, Unavailable

EXCHANGED_SECONDS = 60
REFUSED_SECONDS = 5
PATIENCE_SECONDS = 5
REFUSAL = "This API key is not valid (any more). Make a new one under /api/v1/api-keys."

ValueT = TypeVar("ValueT")


class ApiKeys:
    """Tokens by digest of their keys. Refused keys are remembered apart: however many come, they push no good one out."""

    def __init__(self, upstream: Upstream, directory_url: str, remembered: int = 10_000) -> None:
        self._upstream = upstream
        self._url = f"{directory_url}/api/v1/auth/api-key"
        self._remembered = remembered
        self._tokens: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._refused: OrderedDict[str, float] = OrderedDict()
        self._exchanging: dict[str, asyncio.Lock] = {}

    def known(self, api_key: str) -> str | None:
        """Its token when directory was asked a moment ago. Raises Unauthenticated when directory refused it then."""
        digest, now = _digest(api_key), time.monotonic()
        if self._refused.get(digest, 0.0) > now:
            raise Unauthenticated(REFUSAL)
        until, token = self._tokens.get(digest, (0.0, ""))
        return token if until > now else None

    async def token(self, api_key: str) -> str:
        """Raises Unauthenticated; Unavailable while directory cannot be asked."""
        digest = _digest(api_key)
        lock = self._exchanging.setdefault(digest, asyncio.Lock())
        try:
            async with lock:
                return self.known(api_key) or await self._exchange(api_key, digest)
        finally:
            if not lock.locked():
                self._exchanging.pop(digest, None)

    async def _exchange(self, api_key: str, digest: str) -> str:
        token = await self._ask(api_key)
        now = time.monotonic()
        if token is None:
            _remember(self._refused, digest, now + REFUSED_SECONDS, self._remembered)
            raise Unauthenticated(REFUSAL)
        lasts = min(EXCHANGED_SECONDS, expiry_of(token) - time.time())
        _remember(self._tokens, digest, (now + lasts, token), self._remembered)
        return token

    async def _ask(self, api_key: str) -> str | None:
        patience = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
        try:
            async with self._upstream.client.post(
                self._url, headers={"X-API-Key": api_key}, timeout=patience
            ) as answer:
                if answer.status in (401, 403):
                    return None
                answer.raise_for_status()
                token: str = (await answer.json())["access_token"]
                return token
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError, KeyError) as error:
            raise Unavailable("API keys cannot be checked right now. Try again in a few seconds.") from error


def expiry_of(token: str) -> int:
    """When a token that was checked, or came from directory, expires: seconds since 1970."""
    return int(jwt.decode(token, options={"verify_signature": False})["exp"])


def _digest(api_key: str) -> str:
    return hashlib.sha256(api_key.encode()).hexdigest()


def _remember(cache: "OrderedDict[str, ValueT]", digest: str, value: ValueT, at_most: int) -> None:
    cache[digest] = value
    cache.move_to_end(digest)
    while len(cache) > at_most:
        cache.popitem(last=False)
