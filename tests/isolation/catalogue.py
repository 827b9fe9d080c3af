"""What PostgreSQL's catalogue says of a service's tables, and a row of a tenant for each of them."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

_TABLES = """
SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS closed,
    EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'account_id' AND a.attnum > 0) AS has_tenant
FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY 1
"""
_COLUMNS = """
SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS needed, a.atthasdef AS filled,
    a.attidentity <> '' OR a.attgenerated <> '' AS made
FROM pg_attribute a WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
_CHECKS = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'c'"
_POLICIES = """
SELECT polname AS name, polcmd::text AS command, pg_get_expr(polqual, polrelid) AS using,
    pg_get_expr(polwithcheck, polrelid) AS checked, ARRAY(SELECT rolname FROM pg_roles WHERE oid = ANY(polroles)) AS roles
FROM pg_policy WHERE polrelid = $1::regclass ORDER BY 1
"""
_VALUES = {
    "uuid": "'0197c0de-0000-7000-8000-000000000001'", "text": "'x'", "boolean": "false", "jsonb": "'{}'", "date": "'2027-01-01'",
    "timestamp with time zone": "'2027-01-01T00:00Z'", "interval": "'1 hour'", "time without time zone": "'10:00'",
    "inet": "'127.0.0.1'", "bytea": "'x'", "citext": "'x'",
}  # fmt: skip
DECLARED = {
    ("followup_policies", "quiet_from"): "'21:00'",
    ("followup_policies", "quiet_until"): "'08:00'",
}
"""Where a check wants more than a value of its type."""


@dataclass(frozen=True)
class Policy:
    """`command` is PostgreSQL's letter: r, a, w, d, or * for all."""

    name: str
    command: str
    using: str | None
    checked: str | None
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Tables:
    """By name: those of tenants, and those of nobody."""

    of_tenants: tuple[str, ...]
    of_nobody: tuple[str, ...]
    not_closed: tuple[str, ...]


async def tables(base: asyncpg.Connection) -> Tables:
    rows = await base.fetch(_TABLES)
    return Tables(
        tuple(row["name"] for row in rows if row["has_tenant"]),
        tuple(row["name"] for row in rows if not row["has_tenant"]),
        tuple(row["name"] for row in rows if row["has_tenant"] and not row["closed"]),
    )


async def policies(base: asyncpg.Connection, table: str) -> list[Policy]:
    rows = await base.fetch(_POLICIES, table)
    return [Policy(row["name"], row["command"], row["using"], row["checked"], tuple(row["roles"])) for row in rows]


async def insertion(base: asyncpg.Connection, table: str, account_id: UUID) -> str:
    """A statement that inserts a row of this tenant, whatever the table wants."""
    checks = " ".join([row[0] for row in await base.fetch(_CHECKS, table)])
    values = {"account_id": f"'{account_id}'"}
    if "(id = account_id)" in checks:
        values["id"] = f"'{account_id}'"
    for column in await base.fetch(_COLUMNS, table):
        name = column["name"]
        if name in values or column["made"] or not column["needed"] or column["filled"]:
            continue
        values[name] = DECLARED.get((table, name)) or _one_of(checks, name) or _value(column["type"])
    return f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join(values.values())})"


def _one_of(checks: str, column: str) -> str | None:
    """The first value that a CHECK … IN (…) allows."""
    found = re.search(rf"\(?{column}\)?(?:::text)? = ANY \(+ARRAY\[('[^']*')", checks)
    return found[1] if found else None


def _value(kind: str) -> str:
    if kind.endswith("[]"):
        return "'{}'"
    return _VALUES.get(kind, "1")


async def column_for(base: asyncpg.Connection, table: str, role: str) -> str:
    """One that `role` may update, or any."""
    columns: list[Any] = await base.fetch(_COLUMNS, table)
    names = [column["name"] for column in columns if not column["made"] and column["name"] != "account_id"]
    may = "SELECT name FROM unnest($1::text[]) name WHERE has_column_privilege($2, $3, name, 'UPDATE') LIMIT 1"
    return str(await base.fetchval(may, names, role, table) or names[0])
