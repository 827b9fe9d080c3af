"""Files of texts: from Twilio only, bounded, and what they are by their bytes."""

import base64
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from services.messaging.media.fetch import MediaMissing, MediaRefused, MediaSource, is_public
from services.messaging.media.jobs import TO_FETCH, MediaFetcher
from services.messaging.media.rules import type_of
from shared.errors import Unavailable
from shared.store.keys import object_key
from shared.store.objects import ObjectStore
from tests.services.messaging.stack import ACCOUNT_SID, AUTH_TOKEN, Messaging

JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 100
PATH = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/MM{'0' * 32}/Media/ME{'0' * 32}"


def source(base_url: str, max_bytes: int = 10_000) -> MediaSource:
    return MediaSource(ACCOUNT_SID, AUTH_TOKEN, base_url, max_bytes)


def attached(*contents: bytes, kind: str = "image/jpeg") -> list[dict[str, str]]:
    return [{"content_type": kind, "base64": base64.b64encode(content).decode()} for content in contents]


async def fetch_all(messaging: Messaging, store: ObjectStore) -> None:
    fetcher = MediaFetcher(messaging.database, source(messaging.settings.provider_url), store)
    while leases := await TO_FETCH.claim(messaging.worker, 10):
        for lease in leases:
            await fetcher.work(lease)


async def test_photos_are_stored_and_told_when_the_last_is_there(messaging: Messaging, tmp_path: Path) -> None:
    store = ObjectStore.open(f"file://{tmp_path}/objects")
    other = JPEG + b"2"
    await messaging.text("two cards", media=attached(JPEG, other))
    await fetch_all(messaging, store)
    (event,) = await messaging.events("message.media_stored")
    (received,) = await messaging.events("message.received")
    assert (event["message_id"], event["conversation_id"]) == (received["message_id"], received["conversation_id"])
    assert [file["sha256"] for file in event["media"]] == [
        hashlib.sha256(content).hexdigest() for content in (JPEG, other)
    ]
    assert [file["object_key"].split("/")[:2] for file in event["media"]] == [[str(messaging.account_id), "media"]] * 2
    assert await store.read(event["media"][0]["object_key"]) == JPEG
    (row,) = await messaging.messages()
    assert [file["object_key"] for file in row["media"]] == [file["object_key"] for file in event["media"]]


async def test_a_file_that_is_not_what_it_says_is_refused_and_the_others_kept(
    messaging: Messaging, tmp_path: Path
) -> None:
    store = ObjectStore.open(f"file://{tmp_path}/objects")
    await messaging.text("x", media=attached(b"<svg onload='x'>", JPEG, b"\x89PNG\r\n\x1a\n"))
    await fetch_all(messaging, store)
    (event,) = await messaging.events("message.media_stored")
    assert [file["error"] for file in event["media"]] == ["not a kind of file we keep", None, None]
    assert [file["type"] for file in event["media"]] == ["image/jpeg", "image/jpeg", "image/png"]
    assert {found.size async for found in store.list_prefix(str(messaging.account_id))} == {len(JPEG), 8}


async def test_a_file_that_is_too_large_is_refused_while_it_comes(messaging: Messaging, tmp_path: Path) -> None:
    store = ObjectStore.open(f"file://{tmp_path}/objects")
    await messaging.text("x", media=attached(JPEG * 200))
    await fetch_all(messaging, store)
    (event,) = await messaging.events("message.media_stored")
    assert event["media"][0]["error"] == "too large"


async def test_an_outage_of_twilio_is_waited_for(messaging: Messaging, tmp_path: Path) -> None:
    store = ObjectStore.open(f"file://{tmp_path}/objects")
    await messaging.text("x", media=attached(JPEG))
    await messaging.fault("503", on="media")
    with pytest.raises(Unavailable):
        await fetch_all(messaging, store)
    assert await messaging.events("message.media_stored") == []
    await messaging.sql("UPDATE message_media SET leased_until = NULL")
    await fetch_all(messaging, store)
    assert len(await messaging.events("message.media_stored")) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        f"http://169.254.169.254{PATH}",
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        f"{PATH}?x=1",
        PATH.replace(ACCOUNT_SID, "AC" + "f" * 32),
        f"{PATH}/../../../x",
        "//evil.example.com" + PATH,
        "",
    ],
)
async def test_what_is_not_a_file_at_twilio_is_refused_without_a_connection(url: str) -> None:
    with pytest.raises(MediaRefused):
        await source("http://127.0.0.1:1").fetch(url)


@pytest.fixture
async def redirecting() -> AsyncIterator[dict[str, Any]]:
    """A Twilio that says the file is elsewhere, and a server there that counts who comes."""
    told: dict[str, Any] = {"location": "", "visits": 0, "authorization": None}

    async def away(request: web.Request) -> web.Response:
        told["authorization"] = request.headers.get("Authorization")
        return web.Response(status=307, headers={"Location": told["location"]})

    async def visited(_: web.Request) -> web.Response:
        told["visits"] += 1
        return web.Response(body=JPEG)

    app = web.Application()
    app.router.add_get(PATH, away)
    app.router.add_get("/elsewhere", visited)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    told["port"] = runner.addresses[0][1]
    yield told
    await runner.cleanup()


LOCAL = "127.0.0.1:{port}/elsewhere"
ELSEWHERE = [f"http://{LOCAL}", f"https://{LOCAL}", "https://localhost:{port}/elsewhere", "https://[::1]/x"]
ELSEWHERE += ["https://169.254.169.254/", "https://[::ffff:10.0.0.1]/", "gopher://example.com/", "/elsewhere", ""]


@pytest.mark.parametrize("location", ELSEWHERE)
async def test_a_redirect_into_a_private_network_is_refused(redirecting: dict[str, Any], location: str) -> None:
    redirecting["location"] = location.format(port=redirecting["port"])
    with pytest.raises(MediaRefused):
        await source(f"http://127.0.0.1:{redirecting['port']}").fetch(PATH)
    assert redirecting["authorization"].startswith("Basic ")
    assert redirecting["visits"] == 0


PRIVATE = "10.1.2.3 192.168.0.1 172.16.9.9 127.0.0.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 x"
PRIVATE_6 = "::1 fe80::1%eth0 fd00::1 ::ffff:127.0.0.1"


def test_which_addresses_are_public() -> None:
    assert all(is_public(address) for address in ("8.8.8.8", "2606:4700::1111"))
    assert not any(is_public(address) for address in f"{PRIVATE} {PRIVATE_6}".split())


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (JPEG, "image/jpeg"),
        (b"RIFF1234WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"%PDF-1.7", "application/pdf"),
        (b"BEGIN:VCARD\r\nVERSION:3.0", "text/vcard"),
        (b"#!AMR\n", "audio/amr"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        ("<html><script>".encode("utf-16"), None),
        ("<html>".encode("utf-16-be"), None),
        (b"<html>", None),
        (b"MZ\x90", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, kind: str | None) -> None:
    assert type_of(content) == kind


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, MediaMissing),
        (403, MediaMissing),
        (404, MediaMissing),
        (410, MediaMissing),
        (408, Unavailable),
        (429, Unavailable),
        (500, Unavailable),
    ],
)
async def test_what_twilio_does_not_give_is_not_waited_for_like_an_outage(
    refusing: Callable[[int], Awaitable[str]], status: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await source(await refusing(status)).fetch(PATH)


@pytest.fixture
async def refusing() -> AsyncIterator[Callable[[int], Awaitable[str]]]:
    """A Twilio that answers with this status."""
    runners = []

    async def serve(status: int) -> str:
        async def refuse(_: web.Request) -> web.Response:
            return web.Response(status=status)

        app = web.Application()
        app.router.add_get(PATH, refuse)
        runners.append(runner := web.AppRunner(app))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield serve
    for runner in runners:
        await runner.cleanup()


async def test_a_file_that_cannot_be_stored_is_told_with_the_last_attempt(messaging: Messaging, tmp_path: Path) -> None:
    """Something else lies in its place: no waiting mends that."""
    store = ObjectStore.open(f"file://{tmp_path}/objects")
    await messaging.text("x", media=attached(JPEG))
    (row,) = await messaging.messages()
    await store.put_once(object_key(messaging.account_id, "media", f"{row['id']}-0"), b"else", "image/jpeg")
    fetcher = MediaFetcher(messaging.database, source(messaging.settings.provider_url), store)
    await messaging.sql("UPDATE message_media SET attempts = 5")
    (lease,) = await TO_FETCH.claim(messaging.worker, 1)
    await fetcher.work(lease)
    (event,) = await messaging.events("message.media_stored")
    assert event["media"][0]["error"].startswith("it could not be stored")
    (row,) = await messaging.messages()
    assert row["media"][0]["error"] == event["media"][0]["error"]


async def test_a_file_whose_fetchers_always_die_is_refused(messaging: Messaging, tmp_path: Path) -> None:
    await messaging.text("x", media=attached(JPEG))
    await messaging.sql("UPDATE message_media SET attempts = 6")
    await fetch_all(messaging, ObjectStore.open(f"file://{tmp_path}/objects"))
    (event,) = await messaging.events("message.media_stored")
    assert event["media"][0]["error"] == "the worker ended while doing it"
