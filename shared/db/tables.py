"""What the tables of migrations have in common. What a migration uses stays as it is: another shape is another function."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op


def tenant_table(name: str, *parts: Any) -> None:
    """`PRIMARY KEY (account_id, id)`. Constraints are named as in `shared.db.base.NAMING`."""
    op.create_table(
        name,
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        *parts,
        sa.PrimaryKeyConstraint("account_id", "id"),
    )


def index(table: str, *columns: str, name: str = "", where: str = "", unique: bool = False) -> None:
    """`name` is what follows the table in it: the columns, unless it says something else."""
    whole = f"{'uq' if unique else 'ix'}_{table}_{name or '_'.join(columns)}"
    op.create_index(op.f(whole), table, columns, unique=unique, postgresql_where=sa.text(where) if where else None)


def refers(column: str, table: str, **options: Any) -> sa.ForeignKeyConstraint:
    """`column` holds the id of a row of `table`, of the same tenant."""
    return sa.ForeignKeyConstraint(["account_id", column], [f"{table}.account_id", f"{table}.id"], **options)


def _moment(name: str, default: str | None = None) -> sa.Column[Any]:
    given = None if default is None else sa.text(default)
    return sa.Column(name, sa.DateTime(timezone=True), server_default=given, nullable=default is None)


def created() -> Sequence[sa.Column[Any]]:
    return (_moment("created_at", "app_clock()"),)


def editable() -> Sequence[sa.Column[Any]]:
    """Its trigger comes with `shared.db.protect.touch`."""
    version = sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False)
    return (*created(), _moment("updated_at", "app_clock()"), version)


def replicated() -> Sequence[sa.Column[Any]]:
    return (
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )


def leased() -> Sequence[sa.Column[Any]]:
    """A row that is also a job: see `shared.db.jobs`."""
    return (
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        _moment("leased_until"),
        _moment("run_after", "clock_timestamp()"),
        sa.Column("failure_reason", sa.Text(), nullable=True),
    )
