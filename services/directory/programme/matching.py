"""Which session of the event a talk of the file is."""

from collections.abc import Hashable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from services.directory.programme.listing import Talk
from services.directory.programme.models import EventSession


class Sessions:
    """By UID, or by title and start where the file or the session has no UID. Each is taken once."""

    def __init__(self, rows: Iterable[EventSession], talks: Iterable[Talk]) -> None:
        self._named = {talk.uid for talk in talks if talk.uid}
        self._by_uid: dict[str, EventSession] = {}
        self._by_title: dict[tuple[str, datetime | None], list[EventSession]] = {}
        self._taken: set[UUID] = set()
        self._seen: set[Hashable] = set()
        for row in rows:
            if row.source_uid:
                self._by_uid[row.source_uid] = row
            self._by_title.setdefault((row.title.casefold(), row.starts_at), []).append(row)

    def is_second(self, talk: Talk, values: dict[str, Any]) -> bool:
        """Whether the file had the same talk before: taken both, they would undo each other at every import."""
        key = talk.uid or (values["title"].casefold(), values["starts_at"], values["location"])
        if key in self._seen:
            return True
        self._seen.add(key)
        return False

    def find(self, talk: Talk, values: dict[str, Any]) -> EventSession | None:
        row = self._by_uid.get(talk.uid) if talk.uid else None
        row = row or self._by_its_title(talk, values)
        if row is not None:
            self._taken.add(row.id)
        return row

    def _by_its_title(self, talk: Talk, values: dict[str, Any]) -> EventSession | None:
        alike = [
            row
            for row in self._by_title.get((values["title"].casefold(), values["starts_at"]), [])
            if row.id not in self._taken and not (row.source_uid and (talk.uid or row.source_uid in self._named))
        ]
        in_its_place = (row for row in alike if row.location == values["location"])
        return next(in_its_place, alike[0] if alike else None)
