"""The base of every table of directory."""

from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index

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


def listed_by(table: str, *columns: str, **options: Any) -> Index:
    """The index of a list filtered by `columns`; a page is read in the order of ids."""
    return Index(f"ix_{table}_{'_'.join(columns)}", "account_id", *columns, "id", **options)
