"""A service's tables that hold an account's rows, as PostgreSQL's catalogue describes them."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import asyncpg

from shared.db.migrations import ROLES

COMMANDS = ("SELECT", "INSERT", "UPDATE", "DELETE")

_READ = """
SELECT c.relname AS name,
    (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, NULL), 'is_needed',
        a.attnotnull AND NOT a.atthasdef AND a.attidentity = '') ORDER BY a.attnum)
     FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
    (SELECT coalesce(json_agg(pg_get_constraintdef(k.oid)), '[]') FROM pg_constraint k
     WHERE k.conrelid = c.oid AND k.contype = 'c') AS checks,
    (SELECT coalesce(json_agg(json_build_object('name', p.policyname, 'command', p.cmd, 'roles', p.roles,
        'using', p.qual, 'check', p.with_check) ORDER BY p.policyname), '[]')
     FROM pg_policies p WHERE p.schemaname = 'public' AND p.tablename = c.relname) AS policies,
    (SELECT json_object_agg(role, ARRAY(
        SELECT command FROM unnest($2::text[]) AS command WHERE has_table_privilege($1 || role, c.oid, command)
        OR command <> 'DELETE' AND has_any_column_privilege($1 || role, c.oid, command)))
     FROM unnest($3::text[]) AS role) AS grants,
    (SELECT json_object_agg(role, (
        SELECT a.attname FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND has_column_privilege($1 || role, c.oid, a.attnum, 'UPDATE') ORDER BY a.attname <> 'account_id', a.attnum LIMIT 1))
     FROM unnest($3::text[]) AS role) AS writable
FROM pg_class c
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'account_id') ORDER BY 1
"""


@dataclass(frozen=True)
class Column:
    """`is_needed`: a row cannot be without it, and PostgreSQL does not make it."""

    name: str
    type: str
    is_needed: bool


@dataclass(frozen=True)
class Policy:
    """`command` is ALL or one of COMMANDS; `using` and `check` are expressions as PostgreSQL prints them."""

    name: str
    command: str
    roles: list[str]
    using: str | None
    check: str | None


@dataclass(frozen=True)
class Table:
    """`grants` and `writable` are by role, without the service's name; `writable`: a column it may update, first account_id."""

    name: str
    columns: dict[str, Column]
    checks: list[str]
    policies: list[Policy]
    grants: dict[str, list[str]]
    writable: dict[str, str | None]

    @property
    def is_the_account(self) -> bool:
        """Its one row of an account has the account's own id."""
        return any("(id = account_id)" in check for check in self.checks)

    def openings(self, service: str, role: str) -> set[str]:
        """The commands that grants and policies together leave to a role that is no tenant."""
        named = {f"{service}_{role}", "public"}
        passed = {policy.command for policy in self.policies if named & set(policy.roles)}
        return {command for command in self.grants[role] if passed & {command, "ALL"}}


def acting_roles(tables: Iterable[Table]) -> list[str]:
    """The roles of people that any policy tells apart by app.role."""
    told = [policy.using or policy.check or "" for table in tables for policy in table.policies]
    return sorted({role for text in told if "'app.role'" in text for role in re.findall(r"'(\w+)'::text", text)})


async def read_tables(connection: asyncpg.Connection, service: str) -> dict[str, Table]:
    rows = await connection.fetch(_READ, f"{service}_", COMMANDS, ROLES)
    return {row["name"]: _table(row) for row in rows}


def _table(row: asyncpg.Record) -> Table:
    told: dict[str, Any] = {name: json.loads(value) for name, value in row.items() if name != "name"}
    columns = {column["name"]: Column(**column) for column in told["columns"]}
    policies = [Policy(**policy) for policy in told["policies"]]
    return Table(row["name"], columns, told["checks"], policies, told["grants"], told["writable"])
