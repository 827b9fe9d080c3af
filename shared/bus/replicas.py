"""A service's own copy of a few columns of another service's rows, kept by domain events."""

from collections.abc import Awaitable, Callable, Iterable
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import inspect
from sqlalchemy.dialects.postgresql import Insert, insert

from shared.contracts.base import Message, State
from shared.db.database import Db

NOT_COPIED = {"account_id", "deleted"}


def replica(model: Any, *events: type[State]) -> dict[type[Message], Callable[[Db, Any], Awaitable[None]]]:
    """Handlers that copy each event's fields into `model`'s columns of the same name; a `.deleted` event sets `deleted`."""

    async def on_state(db: Db, event: State) -> None:
        await upsert(db, model, event)

    return dict.fromkeys(events, on_state)


def is_gone(event: State) -> bool:
    """An archived row stays with its owner, who may still tell of it: by a snapshot, for one."""
    return ".deleted." in event.type or getattr(event, "status", None) == "archived"


async def upsert(db: Db, model: Any, event: State) -> None:
    """Insert or replace the row, only when the event's `row_version` is greater than the replica's."""
    names = _copied(model, type(event))
    values = {name: getattr(event, name) for name in names}
    await db.execute(_upsert(model, names), {**values, "account_id": db.account_id, "deleted": is_gone(event)})


@cache
def _copied(model: Any, event: type[State]) -> tuple[str, ...]:
    columns = (column.key for column in inspect(model).columns)
    return tuple(name for name in columns if name not in NOT_COPIED and name in event.model_fields)


@cache
def _upsert(model: Any, names: tuple[str, ...]) -> Insert:
    """Made once: to put it together again takes SQLAlchemy longer than to execute it."""
    statement = insert(model.__table__)
    return statement.on_conflict_do_update(
        index_elements=["account_id", "id"],
        set_={name: statement.excluded[name] for name in (*names, "deleted") if name != "id"},
        where=model.__table__.c.row_version < statement.excluded.row_version,
    )


async def ensure_placeholders(db: Db, model: Any, ids: Iterable[UUID | None]) -> None:
    """A row with `row_version` 0 for each id not known yet; its event fills it later."""
    known = {row_id for row_id in ids if row_id is not None}
    if known:
        statement = (
            f"INSERT INTO {model.__tablename__} (account_id, id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING"
        )
        await db.raw.execute(statement, db.account_id, list(known))
