"""Keyset pagination: `{"items": [...], "next_cursor": ... or null}`."""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel
from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from shared.db.database import Db
from shared.errors import Invalid

ItemT = TypeVar("ItemT")
RowT = TypeVar("RowT")


class Page(BaseModel, Generic[ItemT]):
    items: list[ItemT]
    next_cursor: str | None = None


class PageParams(BaseModel):
    """How much, and from where on."""

    limit: int = 50
    cursor: str | None = None


def page_params(
    limit: Annotated[int, Query(ge=1, le=200, description="How many items, 1 to 200.")] = 50,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.", max_length=500)] = None,
) -> PageParams:
    return PageParams(limit=limit, cursor=cursor)


async def paginate(
    db: Db,
    statement: Select[RowT],
    params: PageParams,
    *order: InstrumentedAttribute[Any],
    descending: bool = False,
) -> tuple[list[RowT], str | None]:
    """One page of `statement` ordered by `order` (never NULL, unique together), and the next cursor."""
    if params.cursor:
        after = _decode(params.cursor, order)
        place = tuple_(*order)
        statement = statement.where(place < after if descending else place > after)
    columns = [column.desc() if descending else column.asc() for column in order]
    rows = list((await db.scalars(statement.order_by(*columns).limit(params.limit + 1))).all())
    if len(rows) <= params.limit:
        return rows, None
    last = rows[params.limit - 1]
    return rows[: params.limit], _encode([getattr(last, column.key) for column in order])


def _encode(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([_plain(value) for value in values]).encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID | Decimal) else value


def _decode(cursor: str, order: Sequence[InstrumentedAttribute[Any]]) -> tuple[Any, ...]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != len(order):
            raise ValueError
        return tuple(_typed(value, column.type.python_type) for value, column in zip(values, order, strict=True))
    except (ValueError, TypeError, AttributeError, binascii.Error, ArithmeticError):
        raise Invalid("This cursor is not one that a list gave out. Start again without it.", field="cursor") from None


def _typed(value: Any, kind: type) -> Any:
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("a time without its zone")
        return moment.astimezone(UTC)
    return date.fromisoformat(value) if kind is date else kind(value)
