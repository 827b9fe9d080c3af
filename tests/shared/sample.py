"""A service of the tests' own: one table of things, one event, on the platform as every service uses it."""

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from shared.contracts.base import State
from shared.db import base
from shared.db.base import Editable, Leased, Replicated, TenantRow, new_metadata
from shared.db.protect import open_to_worker, protect, touch


class Base(base.Base):
    __abstract__ = True
    metadata = new_metadata()


class Thing(TenantRow, Leased, Editable, Base):
    __tablename__ = "things"

    name: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, server_default="ready")


class ThingCopy(TenantRow, Replicated, Base):
    __tablename__ = "thing_copies"

    name: Mapped[str | None]


class ThingState(State, of="sample"):
    name: str


class ThingCreated(ThingState, type="thing.created.v1"): ...


class ThingUpdated(ThingState, type="thing.updated.v1"): ...


class ThingSnapshot(ThingState, type="thing.snapshot.v1"): ...


class ThingDeleted(ThingState, type="thing.deleted.v1"): ...


TABLES = """
CREATE TABLE things (
    account_id uuid NOT NULL DEFAULT app_account_id(), id uuid NOT NULL DEFAULT uuidv7(), name text NOT NULL,
    status text NOT NULL DEFAULT 'ready', attempts integer NOT NULL DEFAULT 0, fence bigint NOT NULL DEFAULT 0,
    leased_until timestamptz, run_after timestamptz NOT NULL DEFAULT clock_timestamp(), failure_reason text,
    created_at timestamptz NOT NULL DEFAULT app_clock(), updated_at timestamptz NOT NULL DEFAULT app_clock(),
    row_version bigint NOT NULL DEFAULT 1, PRIMARY KEY (account_id, id));
CREATE TABLE thing_histories (
    account_id uuid NOT NULL DEFAULT app_account_id(), id uuid NOT NULL DEFAULT uuidv7(), thing_id uuid NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, thing_id) REFERENCES things (account_id, id) ON DELETE CASCADE);
CREATE TABLE alembic_version (version_num text PRIMARY KEY);
INSERT INTO alembic_version VALUES ('0001');
GRANT SELECT ON alembic_version TO sample_app, sample_worker;
CREATE TABLE thing_copies (
    account_id uuid NOT NULL, id uuid NOT NULL, name text, row_version bigint NOT NULL DEFAULT 0,
    deleted boolean NOT NULL DEFAULT false, PRIMARY KEY (account_id, id));
"""
PROTECTION = (
    *protect("sample", "thing_histories", append_only=True),
    *protect("sample", "things"),
    *touch("things"),
    *open_to_worker("sample", "things"),
    *protect("sample", "thing_copies"),
)
