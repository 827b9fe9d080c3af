"""A link opens one object, as one type of media, for a while."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from shared.errors import Unavailable
from shared.store.links import LinkRefused
from shared.store.objects import ObjectStore
from tests.shared.store.conftest import ACCOUNT, SIGNING_KEY

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEY = f"{ACCOUNT}/media/one"


@pytest.fixture
def store() -> ObjectStore:
    return ObjectStore.open("memory://", SIGNING_KEY, link_base="http://127.0.0.1:8080/objects/")


async def link(store: ObjectStore) -> tuple[str, dict[str, str]]:
    parts = urlsplit(await store.signed_url(KEY, "image/png", now=NOW, expires_in=HOUR))
    return parts.path, dict(parse_qsl(parts.query))


async def test_a_link_of_ours_opens_its_object_until_it_expires(store: ObjectStore) -> None:
    path, query = await link(store)
    assert path == f"/objects/{KEY}"
    assert store.verify(KEY, query, now=NOW + HOUR - timedelta(seconds=1)) == "image/png"
    with pytest.raises(LinkRefused, match="expired"):
        store.verify(KEY, query, now=NOW + HOUR)


@pytest.mark.parametrize(
    "change",
    [
        {"expires": "99999999999"},
        {"expires": "x"},
        {"type": "text/html"},
        {"signature": "0" * 64},
        {"signature": ""},
        {"signature": "é"},
        {"signature": "\udcff"},
    ],
)
async def test_a_changed_link_is_refused(store: ObjectStore, change: dict[str, str]) -> None:
    _, query = await link(store)
    with pytest.raises(LinkRefused, match="not one we made"):
        store.verify(KEY, query | change, now=NOW)


async def test_a_link_opens_no_other_object_and_no_other_store(store: ObjectStore) -> None:
    _, query = await link(store)
    with pytest.raises(LinkRefused):
        store.verify(f"{ACCOUNT}/media/two", query, now=NOW)
    with pytest.raises(LinkRefused):
        ObjectStore.open("memory://", SIGNING_KEY + "2").verify(KEY, query, now=NOW)
    with pytest.raises(LinkRefused):
        store.verify(KEY, {}, now=NOW)


async def test_a_link_does_not_last_for_ever(store: ObjectStore) -> None:
    for wrong in (timedelta(days=8), timedelta(0)):
        with pytest.raises(ValueError, match="seven days"):
            await store.signed_url(KEY, "image/png", now=NOW, expires_in=wrong)


async def test_without_a_signing_key_there_are_no_links_and_a_short_one_is_refused() -> None:
    store = ObjectStore.open("memory://")
    with pytest.raises(Unavailable, match="signing key"):
        await store.signed_url(KEY, "image/png", now=NOW, expires_in=HOUR)
    with pytest.raises(ValueError, match="signing key"):
        ObjectStore.open("memory://", "short")


async def test_a_bucket_signs_its_own_link(request: pytest.FixtureRequest) -> None:
    bucket: ObjectStore = request.getfixturevalue("bucket")()
    await bucket.put_once(KEY, b"a picture", "image/png")
    url = await bucket.signed_url(KEY, "image/png", now=datetime.now(UTC), expires_in=HOUR)
    async with httpx.AsyncClient() as http:
        answer = await http.get(url)
    assert (answer.content, answer.headers["content-type"]) == (b"a picture", "image/png")
    assert "X-Amz-Signature" in url
