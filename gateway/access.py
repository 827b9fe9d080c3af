"""Who may pass: tokens verified, API keys exchanged for short tokens, requests limited by account and by address."""

import asyncio
import time

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter
from starlette.requests import Request

from gateway.api_keys import ApiKeys
from gateway.settings import GatewaySettings
from gateway.upstream import Upstream
from shared.errors import TooMany, Unauthenticated
from shared.http.auth import Caller, Jwks, Tokens, bearer_token

EXCHANGES_AT_ONCE = 8


class Access:
    """Stateless but for caches and counters: each gateway limits what passes through itself."""

    def __init__(self, settings: GatewaySettings, upstream: Upstream) -> None:
        self._tokens = Tokens(Jwks(settings.jwks_url), issuer=settings.token_issuer, audience=settings.token_audience)
        self._keys = ApiKeys(upstream, settings.directory_url)
        self._exchanging = asyncio.Semaphore(EXCHANGES_AT_ONCE)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._per_account = RateLimitItemPerMinute(settings.account_requests_per_minute)
        self._per_address = RateLimitItemPerMinute(settings.address_requests_per_minute)

    async def admit(self, request: Request) -> tuple[Caller, str]:
        """The caller and the bearer token to pass on. Raises Unauthenticated or TooMany."""
        refusals = f"refused:{_address(request)}"
        api_key = request.headers.get("x-api-key")
        try:
            token = await self._token_of(api_key, refusals) if api_key else bearer_token(request)
            caller = await self._tokens.caller(token)
        except Unauthenticated:
            await self._limit(self._per_address, refusals, _REFUSED)
            raise
        await self._limit(self._per_account, f"account:{caller.account_id}", "Your account sends more than {} requests")
        return caller, token

    async def admit_stranger(self, request: Request, asking: str = "signing in") -> None:
        """For paths without a token but webhooks, which Twilio sends from few addresses."""
        key = f"{asking}:{_address(request)}"
        await self._limit(self._per_address, key, "Your address sends more than {} requests")

    async def _token_of(self, api_key: str, refusals: str) -> str:
        token = self._keys.known(api_key)
        if token is None:
            async with self._exchanging:
                # Before directory is asked, or guessing would cost it an exchange each.
                if not await self._limiter.test(self._per_address, refusals):
                    await self._refuse(self._per_address, refusals, _REFUSED)
                token = await self._keys.token(api_key)
        return token

    async def _limit(self, item: RateLimitItemPerMinute, key: str, what: str) -> None:
        if not await self._limiter.hit(item, key):
            await self._refuse(item, key, what)

    async def _refuse(self, item: RateLimitItemPerMinute, key: str, what: str) -> None:
        reset, _ = await self._limiter.get_window_stats(item, key)
        raise TooMany(f"{what.format(item.amount)} a minute.", retry_after=max(1.0, reset - time.time()))


_REFUSED = "Your address sends more than {} requests with credentials that are not valid"


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
