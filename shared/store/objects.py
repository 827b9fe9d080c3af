"""The object store: files on disk, in memory or in a cloud's bucket, behind one small set of verbs."""

import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import HTTPStore, LocalStore, MemoryStore, from_url
from obstore.store import ObjectStore as Backend

from shared.errors import Conflict, NotFound, TooLarge, Unavailable
from shared.store.keys import checked_key, checked_prefix
from shared.store.links import LinkSigner, lasts_until

if TYPE_CHECKING:  # types that exist in its stubs only
    from obstore import GetResult, ObjectMeta

MAX_BYTES = 16 * 1024 * 1024


class ObjectNotFound(NotFound):
    code = "object_not_found"


class ObjectDiffers(Conflict):
    code = "object_differs"


class ObjectTooLarge(TooLarge):
    code = "object_too_large"


@dataclass(frozen=True)
class Stored:
    key: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Found:
    key: str
    size: int
    last_modified: datetime


@dataclass(frozen=True)
class Opened:
    """`chunks` is read once."""

    key: str
    size: int
    chunks: AsyncIterator[bytes]


class ObjectStore:
    """One for a process. Objects never change: a key is written once."""

    def __init__(self, backend: Backend, signer: LinkSigner | None) -> None:
        self._backend = backend
        self._signer = signer

    @classmethod
    def open(cls, url: str, signing_key: str = "", *, link_base: str = "/objects", **options: Any) -> Self:
        """`file:///dir`, `memory://`, or a bucket (`s3://bucket/prefix`), whose `options` else come from AWS_* variables."""
        signer = LinkSigner(signing_key, link_base) if signing_key else None
        parts = urlsplit(url)
        if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
            return cls(LocalStore(unquote(parts.path), mkdir=True), signer)
        if parts.scheme == "memory":
            return cls(MemoryStore(), signer)
        if parts.scheme in ("", "file") or not parts.netloc:
            raise ValueError(f"FT_OBJECTS_URL is {url!r}. Write file:///directory, memory:// or s3://bucket.")
        # Its own patience is three minutes, for which a request would hang.
        options |= {"client_options": {"timeout": "20s"} | options.get("client_options", {})}
        options |= {"retry_config": {"max_retries": 2, "retry_timeout": timedelta(seconds=10)}}
        return cls(from_url(url, **options), signer)

    async def put_once(
        self, key: str, data: bytes | AsyncIterator[bytes], content_type: str, *, max_bytes: int = MAX_BYTES
    ) -> Stored:
        """Seen whole or not at all. The same bytes again change nothing; others raise ObjectDiffers.

        Held in memory up to `max_bytes`, because a conditional write is a single one."""
        content = await _gather(data, max_bytes)
        stored = Stored(checked_key(key), hashlib.sha256(content).hexdigest(), len(content))
        attributes = None if isinstance(self._backend, LocalStore) else {"Content-Type": content_type}
        try:
            with _told(key):
                await obstore.put_async(self._backend, key, content, mode="create", attributes=attributes)
        except AlreadyExistsError:
            if await self._sha256(key) != stored.sha256:
                raise ObjectDiffers(f"{key} is kept already, with other content. Choose another id.") from None
        return stored

    async def get(self, key: str) -> Opened:
        with _told(key):
            result = await obstore.get_async(self._backend, checked_key(key))
        return Opened(key, result.meta["size"], _chunks(key, result))

    async def read(self, key: str, *, max_bytes: int = MAX_BYTES) -> bytes:
        return await _gather((await self.get(key)).chunks, max_bytes)

    async def head(self, key: str) -> Found:
        with _told(key):
            return _found(await obstore.head_async(self._backend, checked_key(key)))

    async def delete(self, key: str) -> None:
        """It is gone afterwards, also when it never was there."""
        try:
            with _told(key):
                await obstore.delete_async(self._backend, checked_key(key))
        except ObjectNotFound:
            pass

    async def list_prefix(self, prefix: str) -> AsyncIterator[Found]:
        """Everything of an account, or of one kind in it."""
        with _told(prefix):
            async for batch in obstore.list(self._backend, prefix=checked_prefix(prefix)):
                for meta in batch:
                    yield _found(meta)

    async def signed_url(self, key: str, content_type: str, *, now: datetime, expires_in: timedelta) -> str:
        """A link that needs no sign-in: the bucket's own, or ours, which `verify` checks where objects are served."""
        until = lasts_until(now, expires_in)
        if isinstance(self._backend, LocalStore | MemoryStore | HTTPStore):
            return self._own_signer.link(checked_key(key), content_type, until)
        with _told(key):
            return await obstore.sign_async(self._backend, "GET", checked_key(key), expires_in)

    def verify(self, key: str, query: Mapping[str, str], *, now: datetime) -> str:
        """The media type of an object whose link of ours is good; raises LinkRefused."""
        return self._own_signer.verify(checked_key(key), query, now)

    @property
    def _own_signer(self) -> LinkSigner:
        if self._signer is None:
            raise Unavailable("Links to files are not configured: this service opened its store without a signing key.")
        return self._signer

    async def _sha256(self, key: str) -> str:
        digest = hashlib.sha256()
        async for chunk in (await self.get(key)).chunks:
            digest.update(chunk)
        return digest.hexdigest()


async def _gather(data: bytes | AsyncIterator[bytes], max_bytes: int) -> bytes:
    content = bytearray()
    if isinstance(data, bytes):
        content += data[: max_bytes + 1]
    else:
        async for chunk in data:
            content += chunk
            if len(content) > max_bytes:
                break
    if len(content) > max_bytes:
        raise ObjectTooLarge(f"This file is larger than {max_bytes} bytes. Send a smaller one.")
    return bytes(content)


async def _chunks(key: str, result: "GetResult") -> AsyncIterator[bytes]:
    with _told(key):
        async for chunk in result.stream(min_chunk_size=256 * 1024):
            yield bytes(chunk)


def _found(meta: "ObjectMeta") -> Found:
    return Found(meta["path"], meta["size"], meta["last_modified"])


@contextmanager
def _told(name: str) -> Iterator[None]:
    """obstore's errors by our names. AlreadyExistsError passes: only putting knows what it means."""
    try:
        yield
    except AlreadyExistsError:
        raise
    except (FileNotFoundError, NotFoundError) as error:
        raise ObjectNotFound(f"There is no object {name}.") from error
    except (BaseError, OSError) as error:
        raise Unavailable("The file store does not answer. Try again in a minute.") from error
