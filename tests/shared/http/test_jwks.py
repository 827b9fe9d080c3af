"""Signing keys: fetched once, refreshed behind the callers' backs."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from shared.errors import Unauthenticated, Unavailable
from shared.http import auth
from shared.http.auth import Jwks
from tests.shared.conftest import until
from tests.standins.issuer import Issuer


@asynccontextmanager
async def hanging_issuer() -> AsyncIterator[tuple[str, list[bytes]]]:
    """Takes requests and never answers; its address, and what it was asked."""
    asked: list[bytes] = []

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/jwks.json", asked


async def test_a_hanging_issuer_keeps_nobody_waiting_whose_key_is_known(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    jwks = Jwks(issuer.jwks_url)
    known = await jwks.key("test")
    monkeypatch.setattr(auth, "REFRESH_SECONDS", -1)
    monkeypatch.setattr(auth, "RETRY_SECONDS", 0)
    async with hanging_issuer() as (url, asked):
        jwks._url = url
        started = time.monotonic()
        keys = [await jwks.key("test") for _ in range(20)]
        assert time.monotonic() - started < 2
        assert keys == [known] * 20
        await until(lambda: len(asked) == 1)
        refreshing = jwks._refreshing
        assert refreshing is not None
        refreshing.cancel()
        await asyncio.gather(refreshing, return_exceptions=True)


async def test_an_old_key_is_refreshed_behind_its_users(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    jwks = Jwks(issuer.jwks_url)
    known = await jwks.key("test")
    monkeypatch.setattr(auth, "REFRESH_SECONDS", -1)
    monkeypatch.setattr(auth, "RETRY_SECONDS", 0)
    assert await jwks.key("test") is known
    await until(lambda: jwks._refreshing is None)
    monkeypatch.setattr(auth, "REFRESH_SECONDS", 300)
    assert await jwks.key("test") is not known


async def test_an_unknown_key_is_waited_for_and_then_refused(issuer: Issuer) -> None:
    with pytest.raises(Unauthenticated):
        await Jwks(issuer.jwks_url).key("another")
    with pytest.raises(Unavailable):
        await Jwks("http://127.0.0.1:1/jwks.json").key("test")


async def test_an_address_without_tls_loads_no_certificate_authorities(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ssl

    def loaded(*_: object, **__: object) -> None:
        raise AssertionError("8 MB for nothing")

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", loaded)
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", loaded)
    assert await Jwks(issuer.jwks_url).key("test")
