"""Who may pass: tokens verified, API keys exchanged for short tokens, requests limited by account and by address."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from types import EllipsisType

import aiohttp
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter
from starlette.requests import Request

from gateway.settings import GatewaySettings
from gateway.upstream import Upstream
from shared.errors import TooMany, Unauthenticated, Unavailable
from shared.http.auth import Caller, Jwks, Tokens, bearer_token

EXCHANGED_SECONDS = 60
REFUSED_SECONDS = 5
REMEMBERED_KEYS = 10_000


class Access:
    """Stateless but for caches and counters: each gateway limits what passes through itself."""

    def __init__(self, settings: GatewaySettings, upstream: Upstream) -> None:
        self._tokens = Tokens(Jwks(settings.jwks_url), issuer=settings.token_issuer, audience=settings.token_audience)
        self._upstream = upstream
        self._directory_url = settings.directory_url
        self._exchanged: OrderedDict[str, tuple[float, str | None]] = OrderedDict()
        self._exchanging: dict[str, asyncio.Lock] = {}
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._per_account = RateLimitItemPerMinute(settings.account_requests_per_minute)
        self._per_address = RateLimitItemPerMinute(settings.address_requests_per_minute)

    async def admit(self, request: Request) -> tuple[Caller, str]:
        """The caller and the bearer token to pass on. Raises Unauthenticated or TooMany."""
        api_key = request.headers.get("x-api-key")
        token = await self._token_of(api_key) if api_key else bearer_token(request)
        caller = await self._tokens.caller(token)
        await self._limit(self._per_account, f"account:{caller.account_id}", "Your account sends")
        return caller, token

    async def admit_stranger(self, request: Request) -> None:
        """For paths without a token but webhooks, which Twilio sends from few addresses."""
        address = request.client.host if request.client else "unknown"
        await self._limit(self._per_address, f"address:{address}", "Your address sends")

    async def _limit(self, item: RateLimitItemPerMinute, key: str, who: str) -> None:
        if await self._limiter.hit(item, key):
            return
        reset, _ = await self._limiter.get_window_stats(item, key)
        raise TooMany(f"{who} more than {item.amount} requests a minute.", retry_after=max(1.0, reset - time.time()))

    async def _token_of(self, api_key: str) -> str:
        digest = hashlib.sha256(api_key.encode()).hexdigest()
        lock = self._exchanging.setdefault(digest, asyncio.Lock())
        try:
            async with lock:
                token = self._remembered(digest)
                if token is ...:
                    token = await self._exchange(api_key)
                    seconds = EXCHANGED_SECONDS if token else REFUSED_SECONDS
                    self._exchanged[digest] = (time.monotonic() + seconds, token)
                    while len(self._exchanged) > REMEMBERED_KEYS:
                        self._exchanged.popitem(last=False)
        finally:
            if not lock.locked():
                self._exchanging.pop(digest, None)
        if token is None:
            raise Unauthenticated("This API key is not valid (any more). Make a new one under /api/v1/api-keys.")
        assert isinstance(token, str)
        return token

    def _remembered(self, digest: str) -> str | EllipsisType | None:
        until, token = self._exchanged.get(digest, (0.0, None))
        return token if until > time.monotonic() else ...

    async def _exchange(self, api_key: str) -> str | None:
        try:
            async with self._upstream.client.post(
                f"{self._directory_url}/api/v1/auth/api-key", headers={"X-API-Key": api_key}
            ) as answer:
                if answer.status in (401, 403):
                    return None
                answer.raise_for_status()
                token: str = (await answer.json())["access_token"]
                return token
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError, KeyError) as error:
            raise Unavailable("API keys cannot be checked right now. Try again in a few seconds.") from error
