"""Brings the files of texts into our own store."""

from services.messaging.media import use_cases
from services.messaging.media.fetch import MediaMissing, MediaRefused, MediaSource
from services.messaging.media.rules import type_of
from shared.db.database import Database
from shared.db.jobs import Lease, Queue, tenant_of
from shared.store.keys import object_key
from shared.store.objects import ObjectStore, Stored

TO_FETCH = Queue(
    "message_media",
    ready="status = 'pending'",
    lease_seconds=40,
    max_attempts=6,
    dead="status = 'refused', error = 'it could not be stored'",
)


class MediaFetcher:
    """`work` is the job of the queue TO_FETCH."""

    def __init__(self, database: Database, source: MediaSource, store: ObjectStore) -> None:
        self._database = database
        self._source = source
        self._store = store

    async def work(self, lease: Lease) -> None:
        async with self._database.begin(tenant_of(lease)) as db:
            row = await use_cases.get_file(db, lease)
        try:
            content = await self._source.fetch(row.url)
            kind = type_of(content)
            if kind is None:
                raise MediaRefused("not a kind of file we keep")
        except MediaRefused as error:
            return await self._finish(lease, None, row.type, str(error))
        except MediaMissing as error:
            if lease.attempts < TO_FETCH.max_attempts:
                raise
            return await self._finish(lease, None, row.type, str(error))
        key = object_key(lease.account_id, "media", f"{row.message_id}-{row.index}")
        stored = await self._store.put_once(key, content, kind, max_bytes=self._source.max_bytes)
        return await self._finish(lease, stored, kind, None)

    async def _finish(self, lease: Lease, stored: Stored | None, kind: str, error: str | None) -> None:
        async with self._database.begin(tenant_of(lease)) as db:
            await use_cases.finish_file(db, lease, stored=stored, kind=kind, error=error)
