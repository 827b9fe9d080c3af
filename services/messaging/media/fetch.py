"""Fetches a file from Twilio, and from nowhere else that Twilio does not send us to over public addresses."""

import asyncio
import base64
import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from shared.errors import Unavailable

MAX_REDIRECTS = 3
_PATH = re.compile(
    r"/2010-04-01/Accounts/(AC[0-9a-fA-F]{32})/Messages/(?:SM|MM)[0-9a-fA-F]{32}/Media/ME[0-9a-fA-F]{32}"
)
_LATER = (408, 429)
_REDIRECTS = (301, 302, 303, 307, 308)


class MediaRefused(Exception):
    """We do not want this file; the message says why, in a word or two."""


class MediaMissing(Exception):
    """Twilio does not have it (yet), or does not give it."""


class PublicResolver(AbstractResolver):
    """Names that lead into a private network do not resolve; who connects uses the very addresses that were looked at."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        addresses = [(str(entry[4][0]), entry[0]) for entry in found]
        if not addresses or not all(is_public(address) for address, _ in addresses):
            raise MediaRefused("redirected to a private address")
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)
            for address, kind in addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""


def is_public(address: str) -> bool:
    """Raises nothing: what is no address is not public."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None) or parsed
    return bool(mapped.is_global and not mapped.is_multicast)


@dataclass(frozen=True)
class MediaSource:
    """`base_url` is where Twilio's REST API answers, without a slash at the end."""

    account_sid: str
    auth_token: str
    base_url: str
    max_bytes: int
    timeout_seconds: float = 20

    async def fetch(self, url: str) -> bytes:
        """Raises MediaRefused, MediaMissing, or Unavailable while Twilio cannot be reached."""
        target = self._own_address(url)
        timeout = aiohttp.ClientTimeout(total=self.timeout_seconds)
        credentials = base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()
        try:
            async with aiohttp.ClientSession(timeout=timeout) as session:
                answer = await self._get(session, target, {"Authorization": f"Basic {credentials}"})
            if isinstance(answer, bytes):
                return answer
            return await self._follow(urljoin(target, answer), timeout)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable(f"The file cannot be fetched right now: {type(error).__name__}") from error

    def _own_address(self, url: str) -> str:
        """The file's address at Twilio; a path alone is Twilio's, too."""
        if not url:
            raise MediaRefused("Twilio does not have this file any more")
        base, given = urlsplit(self.base_url), urlsplit(url)
        match = _PATH.fullmatch(given.path)
        if (given.scheme or base.scheme, given.netloc or base.netloc) != (base.scheme, base.netloc) or given.query:
            raise MediaRefused("not at Twilio")
        if match is None or match[1] != self.account_sid:
            raise MediaRefused("not a file of our account at Twilio")
        return f"{self.base_url}{given.path}"

    async def _follow(self, url: str, timeout: aiohttp.ClientTimeout) -> bytes:
        """Where Twilio keeps its files: without our credentials, by https, at public addresses only."""
        async with aiohttp.ClientSession(
            timeout=timeout, connector=aiohttp.TCPConnector(resolver=PublicResolver(), force_close=True)
        ) as session:
            for _ in range(MAX_REDIRECTS):
                parts = urlsplit(url)
                if parts.scheme != "https" or (_is_literal(parts.hostname) and not is_public(parts.hostname or "")):
                    raise MediaRefused("redirected to a private address")
                answer = await self._get(session, url, {})
                if isinstance(answer, bytes):
                    return answer
                url = urljoin(url, answer)
        raise MediaRefused("redirected too often")

    async def _get(self, session: aiohttp.ClientSession, url: str, headers: dict[str, str]) -> bytes | str:
        """The content, or where it is said to be."""
        async with session.get(url, headers=headers, allow_redirects=False) as answer:
            if answer.status in _REDIRECTS:
                return answer.headers.get("Location", "")
            if 400 <= answer.status < 500 and answer.status not in _LATER:
                raise MediaMissing(f"Twilio does not have this file ({answer.status})")
            if answer.status != 200:
                raise Unavailable(f"Twilio answers {answer.status} for a file.")
            if (answer.content_length or 0) > self.max_bytes:
                raise MediaRefused("too large")
            content = bytearray()
            async for chunk in answer.content.iter_chunked(65_536):
                content += chunk
                if len(content) > self.max_bytes:
                    raise MediaRefused("too large")
            return bytes(content)


def _is_literal(host: str | None) -> bool:
    try:
        ipaddress.ip_address((host or "").partition("%")[0])
    except ValueError:
        return False
    return True
