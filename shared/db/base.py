"""What tables have in common: keys led by the tenant, times, the edit counter, leases."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, FetchedValue, MetaData, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.ids import uuid7

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def new_metadata() -> MetaData:
    return MetaData(naming_convention=NAMING)


class Base(DeclarativeBase):
    """Each service derives its own once: `class Base(base.Base): __abstract__ = True; metadata = new_metadata()`."""

    __abstract__ = True
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        list[str]: ARRAY(Text),
    }
    __mapper_args__ = {"eager_defaults": True}  # noqa: RUF012


class TenantRow:
    """`PRIMARY KEY (account_id, id)`. `account_id` is the transaction's own unless it is given."""

    account_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("app_account_id()"), sort_order=-3)
    id: Mapped[UUID] = mapped_column(
        primary_key=True,
        default=uuid7,
        server_default=text("uuidv7()"),
        insert_sentinel=True,  # tells rows that were inserted together apart; without it each goes alone
        sort_order=-2,
    )


class Created:
    created_at: Mapped[datetime] = mapped_column(server_default=text("app_clock()"), sort_order=90)


class Editable(Created):
    """`updated_at` and `row_version` are kept by the trigger `touch_row`, whoever writes."""

    updated_at: Mapped[datetime] = mapped_column(
        server_default=text("app_clock()"), server_onupdate=FetchedValue(), sort_order=91
    )
    row_version: Mapped[int] = mapped_column(
        BigInteger, server_default=text("1"), server_onupdate=FetchedValue(), sort_order=92
    )


class Replicated:
    """Another service's row, known by its events; `row_version` 0 is a placeholder that no event has filled yet."""

    row_version: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), sort_order=92)
    deleted: Mapped[bool] = mapped_column(server_default=text("false"), sort_order=93)


class Leased:
    """A row that is also a job: see `shared.db.jobs`. These times are of the real clock, never of `app_clock()`."""

    attempts: Mapped[int] = mapped_column(server_default=text("0"), sort_order=80)
    fence: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), sort_order=81)
    leased_until: Mapped[datetime | None] = mapped_column(sort_order=82)
    run_after: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"), sort_order=83)
    failure_reason: Mapped[str | None] = mapped_column(sort_order=84)


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A CHECK that a text column holds one of `values`."""
    quoted = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({quoted})", name=column)
