"""Rows of two accounts for any table, made from what the catalogue says of it."""

import json
import re
from typing import Any
from uuid import UUID

from shared.ids import uuid7
from tests.isolation.catalogue import Column, Table
from tests.isolation.declared import OWN_ROWS, VALUES

ALPHA, BETA = UUID("0197c0de-0000-7000-8000-00000000000a"), UUID("0197c0de-0000-7000-8000-00000000000b")
# Rows 1 and 2 are Alpha's, of two contractors; the last is inserted into Alpha in vain.
OF_BETA, NEW = 3, 4
ACCOUNTS = {1: ALPHA, 2: ALPHA, OF_BETA: BETA, NEW: ALPHA}
CONTRACTORS = {number: UUID(int=ALPHA.int + number * 256) for number in ACCOUNTS}


def statements(service: str, table: Table) -> list[str]:
    """Fill `table`, without a look at foreign keys."""
    numbers = (1, OF_BETA) if table.is_the_account else (1, 2, OF_BETA)
    return [insertion(service, table, number) for number in numbers]


def insertion(service: str, table: Table, number: int) -> str:
    row = _row(service, table, number)
    names = ", ".join(f'"{name}"' for name in row)
    values = json.dumps(row, default=str).replace("'", "''")
    return (
        f"INSERT INTO {table.name} ({names}) SELECT {names} FROM jsonb_populate_record(NULL::{table.name}, '{values}')"
    )


def _row(service: str, table: Table, number: int) -> dict[str, Any]:
    account = ACCOUNTS[number]
    row: dict[str, Any] = {"account_id": account}
    if table.is_the_account:
        row["id"] = account
    own = OWN_ROWS[service].get(table.name, "contractor_id")
    if own in table.columns and number != NEW:
        row[own] = CONTRACTORS[number]
    for name, column in table.columns.items():
        if (table.name, name) in VALUES:
            row[name] = VALUES[table.name, name][number - 1]
        elif column.is_needed and name not in row:
            row[name] = _one_of(table.checks, name) or _value(column, number)
    return row


def _one_of(checks: list[str], column: str) -> str | None:
    """The first value that a CHECK … IN (…) allows."""
    for check in checks:
        if found := re.search(rf"\({column} = ANY \(ARRAY\['([^']*)'", check):
            return found[1]
    return None


def _value(column: Column, number: int) -> Any:
    """Another one in each row, as far as the type has several; a KeyError names a type that is new."""
    if column.type.endswith("[]"):
        return []
    return {
        "bigint": number,
        "boolean": False,
        "date": f"2027-01-{number:02}",
        "double precision": number,
        "integer": number,
        "jsonb": {},
        "numeric": number,
        "text": f"{column.name} {number}",
        "time without time zone": "10:00",
        "timestamp with time zone": f"2027-01-{number:02}T00:00Z",
        "uuid": uuid7(),
    }[column.type]
