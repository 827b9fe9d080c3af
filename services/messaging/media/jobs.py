"""Brings the files of texts into our own store."""

import logging

from services.messaging.media import use_cases
from services.messaging.media.fetch import MediaMissing, MediaRefused, MediaSource
from services.messaging.media.models import MessageMedia
from services.messaging.media.rules import type_of
from shared import crash_points
from shared.bus.transient import is_transient
from shared.db.database import Database
from shared.db.jobs import ENDED, Lease, Queue, tenant_of
from shared.store.keys import object_key
from shared.store.objects import ObjectStore, Stored

log = logging.getLogger(__name__)

TO_FETCH = Queue(
    "message_media",
    ready="status = 'pending'",
    lease_seconds=40,
    max_attempts=6,
)


class MediaFetcher:
    """`work` is the job of the queue TO_FETCH."""

    def __init__(self, database: Database, source: MediaSource, store: ObjectStore) -> None:
        self._database = database
        self._source = source
        self._store = store

    async def work(self, lease: Lease) -> None:
        """The last attempt refuses the file, whatever went wrong: who waits for it hears so."""
        async with self._database.begin(tenant_of(lease)) as db:
            row = await use_cases.get_file(db, lease)
        if lease.attempts > TO_FETCH.max_attempts:
            return await self._finish(lease, None, row.type, ENDED)
        try:
            stored, kind = await self._bring(lease, row)
        except MediaRefused as error:
            return await self._finish(lease, None, row.type, str(error))
        except Exception as error:
            if is_transient(error) or lease.attempts < TO_FETCH.max_attempts:
                raise
            log.exception("a file is given up")
            reason = (
                str(error) if isinstance(error, MediaMissing) else f"it could not be stored: {type(error).__name__}"
            )
            return await self._finish(lease, None, row.type, reason)
        return await self._finish(lease, stored, kind, None)

    async def _bring(self, lease: Lease, row: MessageMedia) -> tuple[Stored, str]:
        """Raises MediaRefused and MediaMissing."""
        content = await self._source.fetch(row.url)
        kind = type_of(content)
        if kind is None:
            raise MediaRefused("not a kind of file we keep")
        key = object_key(lease.account_id, "media", f"{row.message_id}-{row.index}")
        crash_points.passing("store.before")
        stored = await self._store.put_once(key, content, kind, max_bytes=self._source.max_bytes)
        crash_points.passing("store.after")
        return stored, kind

    async def _finish(self, lease: Lease, stored: Stored | None, kind: str, error: str | None) -> None:
        async with self._database.begin(tenant_of(lease)) as db:
            await use_cases.finish_file(db, lease, stored=stored, kind=kind, error=error)
