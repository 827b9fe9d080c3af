"""The base of every table of directory."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKeyConstraint, Index, Text, Uuid, any_, literal

from shared.db import base
from shared.db.base import Editable, TenantRow


class Base(base.Base):
    __abstract__ = True
    metadata = base.new_metadata()


class Row(TenantRow, Editable, Base):
    """An aggregate: of one tenant, edited by clients, followed by others' replicas."""

    __abstract__ = True


def refers(column: str, table: str, **options: Any) -> ForeignKeyConstraint:
    """`column` holds the id of a row of `table`, of the same tenant."""
    return ForeignKeyConstraint(["account_id", column], [f"{table}.account_id", f"{table}.id"], **options)


def any_text(values: Iterable[str]) -> Any:
    """`column == any_text(…)`: IN would take a parameter for each, and a statement has room for 32,767."""
    return any_(literal(list(values), ARRAY(Text)))


def any_of(ids: Iterable[UUID]) -> Any:
    """The same for ids."""
    return any_(literal(list(ids), ARRAY(Uuid)))


def listed_by(table: str, *columns: str, **options: Any) -> Index:
    """The index of a list filtered by `columns`; a page is read in the order of ids."""
    return Index(f"ix_{table}_{'_'.join(columns)}", "account_id", *columns, "id", **options)
