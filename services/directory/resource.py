"""The one shape of directory's nouns: listed, read, made, changed and removed, each change told to other services."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

import asyncpg
from pydantic import BaseModel
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from services.directory.base import Row
from shared.bus.outbox import emit, emit_all
from shared.contracts.base import State
from shared.db.database import Db
from shared.errors import Conflict, Invalid, NotFound
from shared.http.auth import Caller
from shared.http.etag import check_version

RowT = TypeVar("RowT", bound=Row)
Values = dict[str, Any]

ARCHIVED = "archived"


class Published(NamedTuple):
    """What is published when a row was made, edited and removed, and when all rows are told again."""

    created: type[State]
    updated: type[State]
    deleted: type[State]
    snapshot: type[State]


@dataclass(frozen=True, kw_only=True)
class Resource(Generic[RowT]):
    """One noun, as operation ids and sentences say it. `refers` says whose ids its fields hold.

    A subclass says what is particular: `check` before a row is written, `created` and `changed` after it, `release`
    before one goes away. With `archives` a removed row stays, with the status `archived`.
    """

    noun: str
    model: type[RowT]
    new: type[BaseModel]
    edit: type[BaseModel]
    out: type[BaseModel]
    filters: type[BaseModel]
    events: Published
    refers: "Mapping[str, Resource[Any]]" = field(default_factory=dict)
    archives: bool = False
    conflicts: Mapping[str, str] = field(default_factory=dict)
    """A unique index's name → what to say when it refuses."""

    async def check(self, db: Db, caller: Caller, row: RowT | None, values: Values) -> None:
        """Raise Invalid, or complete `values`, before they are written; `row` is None for a new one."""
        for name, resource in self.refers.items():
            await resource.must_have(db, values.get(name), name)

    async def created(self, db: Db, rows: Sequence[RowT]) -> None:
        """The rows were written."""

    async def changed(self, db: Db, row: RowT, names: Sequence[str]) -> None:
        """The fields `names` of the row were written."""

    async def may_remove(self, db: Db, caller: Caller, row: RowT) -> None:
        """Raise what forbids that the caller removes the row."""

    async def release(self, db: Db, row: RowT) -> None:
        """Loosen what refers to the row, which is about to be removed."""

    @property
    def path(self) -> str:
        """The name in URLs and in the table of permissions."""
        return f"{self.noun}s".replace("_", "-")

    @property
    def aggregate(self) -> str:
        """The name in types of events: `event_session` of `event_session.created.v1`."""
        return self.events.created.type.split(".")[0]

    def snapshot(self, row: RowT) -> State:
        return self.events.snapshot.model_validate(row)

    def listed(self, filters: BaseModel) -> Select[RowT]:
        """Rows that have every given filter's value; archived ones only when asked for, by status or id."""
        given = filters.model_dump(exclude_none=True)
        statement = select(self.model)
        if self.archives and not {"status", "ids"} & given.keys():
            statement = statement.where(self.column("status") != ARCHIVED)
        for name, value in given.items():
            statement = statement.where(self.condition(name, value))
        return statement

    def condition(self, name: str, value: Any) -> Any:
        return self.model.id.in_(value) if name == "ids" else self.column(name) == value

    def column(self, name: str) -> Any:
        return getattr(self.model, name)

    async def get(self, db: Db, row_id: UUID, *, lock: bool = False) -> RowT:
        """Raises NotFound, in the same words for another tenant's row and for none."""
        statement = select(self.model).where(self.model.id == row_id)
        if lock:
            statement = statement.with_for_update(of=self.model).execution_options(populate_existing=True)
        row = (await db.scalars(statement)).one_or_none()
        if row is None:
            raise NotFound(f"There is no such {self.noun.replace('_', ' ')}.")
        return row

    async def create(self, db: Db, caller: Caller, values: Values) -> RowT:
        return (await self.create_many(db, caller, [values]))[0]

    async def create_many(self, db: Db, caller: Caller, many: Sequence[Values]) -> list[RowT]:
        for values in many:
            await self.check(db, caller, None, values)
        rows = [self.model(**values) for values in many]
        db.add_all(rows)
        await self._flush(db)
        await self.created(db, rows)
        await emit_all(db, [self.events.created.model_validate(row) for row in rows])
        return rows

    async def update(self, db: Db, caller: Caller, row_id: UUID, values: Values, expected: int | None = None) -> RowT:
        row = await self.get(db, row_id, lock=True)
        check_version(row, expected)
        if self.is_archived(row) and values.get("status") is None:
            words = self.noun.replace("_", " ")
            raise Conflict(f"This {words} is archived. Set its status to active in the same change to bring it back.")
        await self.check(db, caller, row, values)
        await self.write(db, row, values)
        return row

    async def write(self, db: Db, row: RowT, values: Values) -> bool:
        """Give a locked row these values and tell of those that are new; False when none is."""
        names = [name for name, value in values.items() if getattr(row, name) != value]
        if not names:
            return False
        for name in names:
            setattr(row, name, values[name])
        await self._flush(db)
        await self.changed(db, row, names)
        shown = [name for name in names if name in self.events.updated.model_fields]
        await emit(db, self.events.updated.of_row(row, shown))
        return True

    async def remove(self, db: Db, caller: Caller, row_id: UUID, expected: int | None = None) -> None:
        row = await self.get(db, row_id, lock=True)
        check_version(row, expected)
        await self.may_remove(db, caller, row)
        await self.release(db, row)
        if self.archives:
            await self.archive(db, row)
        else:
            await self.erase(db, [row])

    async def erase(self, db: Db, rows: Sequence[RowT], **more: Any) -> None:
        """Locked rows go for good; `more` is said with it."""
        gone = [
            # Replicas take only what is newer than what they have.
            self.events.deleted.model_validate(row).model_copy(update={"row_version": row.row_version + 1, **more})
            for row in rows
        ]
        for row in rows:
            await db.delete(row)
        await self._flush(db)
        await emit_all(db, gone)

    async def archive(self, db: Db, row: RowT) -> None:
        """Told as a removal: replicas mark the row deleted, whoever asks us still finds it."""
        if not self.is_archived(row):
            setattr(row, "status", ARCHIVED)  # noqa: B010
            await self._flush(db)
            await emit(db, self.events.deleted.of_row(row, ["status"]))

    def is_archived(self, row: RowT) -> bool:
        return self.archives and getattr(row, "status") == ARCHIVED  # noqa: B009

    async def must_have(self, db: Db, row_id: UUID | None, name: str) -> None:
        """Raises Invalid about field `name` when it names a row that is not there (for this tenant)."""
        # An import asks for one event a thousand times.
        seen: set[tuple[Any, ...]] = db.info.setdefault("seen rows", set())
        key = (db.account_id, self.model, row_id)
        if row_id is None or key in seen:
            return
        if await db.scalar(select(self.model.id).where(self.model.id == row_id)) is None:
            raise Invalid(f"There is no such {self.noun.replace('_', ' ')}.", field=name)
        seen.add(key)

    async def _flush(self, db: Db) -> None:
        try:
            await db.flush()
        except IntegrityError as error:
            cause = getattr(error.orig, "__cause__", None)
            if isinstance(cause, asyncpg.UniqueViolationError) and cause.constraint_name in self.conflicts:
                raise Conflict(self.conflicts[cause.constraint_name]) from None
            if isinstance(cause, asyncpg.ForeignKeyViolationError) and "still referenced" in str(cause.detail):
                raise Conflict(f"Something refers to this {self.noun}. Change or remove that first.") from None
            raise
