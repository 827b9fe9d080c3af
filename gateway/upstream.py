"""The pass-through leg: one pooled client for all services behind the gateway."""

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

import aiohttp
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from yarl import URL

from gateway.settings import GatewaySettings
from shared.errors import Unavailable

# Hop-by-hop (RFC 9110, 7.6.1), what only we may say, and what would let a caller pose as somebody inside.
_DROPPED = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade "
    b"host content-length cookie x-api-key forwarded x-real-ip x-account-id x-user-id x-role x-scope traceparent "
    b"tracestate".split()
)
_DROPPED_STARTS = (b"x-forwarded-", b"x-internal-", b"x-ft-")
_NOT_ANSWERED = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "upgrade", "trailer", "server", "date", "proxy-authenticate"}
)
Params = Mapping[str, str | list[str]]

SMALL = 65_536
# Shorter than the services keep idle connections (75 s), or spaced POSTs would meet a closed one.
KEEP_ALIVE_SECONDS = 30
# Each service has its own: one that hangs must not take the connections of the others.
CONNECTIONS_PER_SERVICE = 64


class Upstream:
    """`open` inside the running loop, `close` at the end."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._bases = settings.upstreams
        self._timeout = aiohttp.ClientTimeout(total=settings.request_seconds, connect=settings.connect_seconds)
        self._client: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0, limit_per_host=CONNECTIONS_PER_SERVICE, keepalive_timeout=KEEP_ALIVE_SECONDS
            ),
            timeout=self._timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("user-agent", "accept", "accept-encoding", "content-type"),
        )

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    @property
    def client(self) -> aiohttp.ClientSession:
        assert self._client is not None, "open() first"
        return self._client

    async def pass_through(self, request: Request, service: str, extra: Iterable[tuple[str, str]]) -> Response:
        """Stream the request to its service and the answer back. Raises Unavailable when the service cannot be reached."""
        raw_path = request.scope["raw_path"].decode("latin-1")
        query = request.scope["query_string"].decode("latin-1")
        url = URL(f"{self._bases[service]}{raw_path}" + (f"?{query}" if query else ""), encoded=True)
        try:
            answer = await self.client.request(
                request.method,
                url,
                headers=[*passed_headers(request), *extra],
                data=await _body(request),
                allow_redirects=False,
            )
            return await _answer(answer)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise silent(service) from error

    async def get_json(self, service: str, path: str, authorization: str, params: Params | None = None) -> Any:
        """A GET on behalf of the caller: (status, body). Raises Unavailable when the service cannot be reached."""
        try:
            async with self.client.get(
                f"{self._bases[service]}{path}", params=params, headers={"Authorization": authorization}
            ) as answer:
                return answer.status, await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise silent(service) from error


def silent(service: str) -> Unavailable:
    return Unavailable(f"{service} does not answer right now. Try again in a few seconds.")


def passed_headers(request: Request) -> list[tuple[str, str]]:
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in request.scope["headers"]
        if name not in _DROPPED and not name.startswith(_DROPPED_STARTS)
    ]


async def _body(request: Request) -> bytes | AsyncIterator[bytes] | None:
    length = request.headers.get("content-length")
    if length is None and "transfer-encoding" not in request.headers:
        return None
    if length is not None and length.isdigit() and int(length) <= SMALL:
        return await request.body()
    return request.stream()


async def _answer(answer: aiohttp.ClientResponse) -> Response:
    headers = [(name, value) for name, value in answer.headers.items() if name.lower() not in _NOT_ANSWERED]
    size = answer.content_length
    response: Response
    if size is not None and size <= SMALL:
        response = Response(await answer.read(), answer.status)
        answer.release()
    else:
        response = StreamingResponse(_chunks(answer), answer.status)
    response.raw_headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return response


async def _chunks(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.content.iter_any():
            yield chunk
    finally:
        answer.close()
