"""Objects are kept once, whole, and under their account."""

import asyncio
import hashlib
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from shared.errors import Unavailable
from shared.store.keys import InvalidKey, checked_key, object_key
from shared.store.objects import ObjectDiffers, ObjectNotFound, ObjectStore, ObjectTooLarge
from tests.shared.store.conftest import ACCOUNT

PICTURE = os.urandom(700_000)


async def pieces(content: bytes, size: int = 64_000) -> AsyncIterator[bytes]:
    for at in range(0, len(content), size):
        yield content[at : at + size]


async def test_what_was_put_comes_back(store: ObjectStore, key: str) -> None:
    stored = await store.put_once(key, PICTURE, "image/jpeg")
    assert (stored.key, stored.size, stored.sha256) == (key, len(PICTURE), hashlib.sha256(PICTURE).hexdigest())
    opened = await store.get(key)
    assert opened.size == len(PICTURE)
    assert b"".join([chunk async for chunk in opened.chunks]) == PICTURE
    assert await store.read(key) == PICTURE
    assert (await store.head(key)).size == len(PICTURE)


async def test_a_stream_is_kept_like_bytes(store: ObjectStore, key: str) -> None:
    stored = await store.put_once(key, pieces(PICTURE), "image/jpeg")
    assert stored.sha256 == hashlib.sha256(PICTURE).hexdigest()
    assert await store.read(key) == PICTURE


async def test_the_same_bytes_may_come_again_and_others_may_not(store: ObjectStore, key: str) -> None:
    first = await store.put_once(key, b"one", "text/plain")
    assert await store.put_once(key, b"one", "text/plain") == first
    with pytest.raises(ObjectDiffers):
        await store.put_once(key, b"two", "text/plain")
    assert await store.read(key) == b"one"


async def test_of_many_at_once_one_is_kept(store: ObjectStore, key: str) -> None:
    async def put(number: int) -> bool:
        try:
            await store.put_once(key, b"%d" % number * 1000, "text/plain")
        except ObjectDiffers:
            return False
        return True

    assert sum(await asyncio.gather(*map(put, range(8)))) == 1


async def test_a_stream_is_stopped_at_its_limit_and_nothing_is_kept(store: ObjectStore, key: str) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1000
            yield b"a" * 1000

    with pytest.raises(ObjectTooLarge):
        await store.put_once(key, endless(), "image/png", max_bytes=10_000)
    assert taken == 11_000
    with pytest.raises(ObjectTooLarge):
        await store.put_once(key, b"a" * 10_001, "image/png", max_bytes=10_000)
    with pytest.raises(ObjectNotFound):
        await store.head(key)
    assert (await store.put_once(key, b"a" * 10_000, "image/png", max_bytes=10_000)).size == 10_000
    with pytest.raises(ObjectTooLarge):
        await store.read(key, max_bytes=9_999)


async def test_a_stream_that_breaks_leaves_nothing(store: ObjectStore, key: str) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"a" * 100_000
        raise ConnectionResetError("the other end left")

    with pytest.raises(ConnectionResetError):
        await store.put_once(key, broken(), "image/png")
    with pytest.raises(ObjectNotFound):
        await store.get(key)


async def test_deleting_is_final_and_may_be_repeated(store: ObjectStore, key: str) -> None:
    await store.put_once(key, b"one", "text/plain")
    await store.delete(key)
    await store.delete(key)
    with pytest.raises(ObjectNotFound):
        await store.read(key)


async def test_listing_shows_one_account_or_one_kind_of_it(store: ObjectStore) -> None:
    mine = [object_key(ACCOUNT, kind, uuid4()) for kind in ("cards", "media", "media")]
    for each in (*mine, object_key(uuid4(), "media", uuid4())):
        await store.put_once(each, b"one", "text/plain")

    async def listed(prefix: str) -> set[str]:
        return {found.key async for found in store.list_prefix(prefix)}

    assert await listed(str(ACCOUNT)) == set(mine)
    assert await listed(f"{ACCOUNT}/media") == set(mine[1:])
    assert await listed(f"{uuid4()}") == set()


HOSTILE = [
    "",
    "/etc/passwd",
    "../../etc/passwd",
    f"{ACCOUNT}",
    f"{ACCOUNT}/media",
    f"{ACCOUNT}/media/",
    f"{ACCOUNT}/media/..",
    f"{ACCOUNT}/media/../x",
    f"{ACCOUNT}/../{ACCOUNT}/x",
    f"{ACCOUNT}/media/x/y",
    f"/{ACCOUNT}/media/x",
    f"{ACCOUNT}/media/x\0",
    f"{ACCOUNT}/media/x\n",
    f"{ACCOUNT}/media/x#1",
    f"{ACCOUNT}/media/x%2Fy",
    f"{ACCOUNT}/media/x\\y",
    f"{ACCOUNT}/media/.hidden",
    f"{ACCOUNT}/media/é",
    f"{ACCOUNT}/media/" + "x" * 200,
    f"{str(ACCOUNT).upper()}/media/x",
    "account/media/x",
]


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_a_hostile_key_is_refused_by_every_verb(hostile: str) -> None:
    store = ObjectStore.open("memory://")
    for verb in (store.put_once(hostile, b"", ""), store.get(hostile), store.head(hostile), store.delete(hostile)):
        with pytest.raises(InvalidKey):
            await verb


@pytest.mark.parametrize("hostile", ["", "/", "..", f"{ACCOUNT}/", f"{ACCOUNT}/media/x", "a", "%"])
async def test_a_hostile_prefix_is_refused(hostile: str) -> None:
    with pytest.raises(InvalidKey):
        [found async for found in ObjectStore.open("memory://").list_prefix(hostile)]


@pytest.mark.parametrize("object_id", [UUID(int=7), "MM123-0", "card_1.jpeg"])
def test_plain_names_are_keys(object_id: UUID | str) -> None:
    assert checked_key(object_key(ACCOUNT, "ocr-cards", object_id)).startswith(f"{ACCOUNT}/ocr-cards/")


@pytest.mark.parametrize("url", ["", "objects", "file:objects", "file://host/objects", "s3://", "s3:bucket"])
def test_a_wrong_address_is_refused_with_the_setting_to_change(url: str) -> None:
    with pytest.raises(ValueError, match="FT_OBJECTS_URL"):
        ObjectStore.open(url)


async def test_a_disk_that_refuses_is_unavailable_not_a_crash(tmp_path: Path, key: str) -> None:
    store = ObjectStore.open(f"file://{tmp_path}/objects")
    (tmp_path / "objects" / str(ACCOUNT)).write_bytes(b"a file where a folder should be")
    with pytest.raises(Unavailable):
        await store.put_once(key, b"one", "text/plain")


WRITER = """
import asyncio, sys
from uuid import uuid4
from shared.store.objects import ObjectStore

async def main():
    store = ObjectStore.open(sys.argv[1])
    while True:
        await store.put_once(f"{sys.argv[2]}/media/{uuid4()}", b"x" * 12_000_000, "image/png")
        print("stored", flush=True)

asyncio.run(main())
"""


async def write_until_killed(url: str, pause: float) -> None:
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, url, str(ACCOUNT), stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout is not None
    await writer.stdout.readline()
    await asyncio.sleep(pause)
    writer.kill()
    await writer.wait()


async def test_a_process_killed_while_putting_leaves_no_half_object(tmp_path: Path) -> None:
    url = f"file://{tmp_path}/objects"
    for pause in (0.05, 0.08, 0.11, 0.15, 0.2):
        await write_until_killed(url, pause)
    store = ObjectStore.open(url)
    kept = [found async for found in store.list_prefix(str(ACCOUNT))]
    assert len(kept) >= 5
    assert {found.size for found in kept} == {12_000_000}
