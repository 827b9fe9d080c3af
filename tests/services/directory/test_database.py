"""Tables, migrations and indexes of directory."""

import json
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql

from services.directory.api_keys import queries as api_keys
from services.directory.api_keys.schemas import ApiKeyFilters
from services.directory.models import Base
from services.directory.resources import RESOURCES
from shared.db.database import Database, Tenant, asyncpg_dsn
from shared.ids import uuid7
from tests.conftest import Urls

PLATFORM = {"outbox", "inbox", "leases", "dead_letters", "idempotency_keys", "clock_offset", "alembic_version"}


async def test_the_models_and_the_migrations_say_the_same(urls: Urls) -> None:
    database = urls.database("owner")

    def ours(thing: object, name: str | None, kind: str, *_: object) -> bool:
        return not (kind == "table" and name in PLATFORM)

    async with database.engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(
                MigrationContext.configure(sync, opts={"include_object": ours, "compare_type": True}), Base.metadata
            )
        )
    await database.close()
    assert differences == []


ROWS = 3_000
EVENTS = 40
_FILL = """
INSERT INTO accounts (account_id, id, name) VALUES ($1, $1, 'Filled');
INSERT INTO users (account_id, id, email, full_name, status)
    SELECT $1, uuidv7(), 'person' || n || '@example.com', 'Person ' || n, CASE n % 50 WHEN 0 THEN 'archived' ELSE 'active' END
    FROM generate_series(1, $2) n;
INSERT INTO account_users (account_id, user_id, role)
    SELECT $1, id, CASE WHEN row_number() OVER () % 100 = 0 THEN 'csm' ELSE 'contractor' END FROM users WHERE account_id = $1;
INSERT INTO api_keys (account_id, name, prefix, key_hash, role)
    SELECT $1, 'Key', 'ft_', md5($1::text || n), 'csm' FROM generate_series(1, $2) n;
INSERT INTO contractors (account_id, user_id, phone, email, status, provisional)
    SELECT $1, id, '+1214' || (5000000 + row_number() OVER ())::text, email,
        CASE WHEN row_number() OVER () % 50 = 0 THEN 'archived' ELSE 'active' END, row_number() OVER () % 50 = 0
    FROM users WHERE account_id = $1;
INSERT INTO partners (account_id, name, status)
    SELECT $1, 'Partner ' || n, CASE n % 50 WHEN 0 THEN 'archived' ELSE 'active' END FROM generate_series(1, $2) n;
INSERT INTO events (account_id, name, date, ends_on, time_zone, status)
    SELECT $1, 'Event ' || n, date '2020-01-01' + n::int, date '2020-01-02' + n::int, 'America/Chicago',
        CASE n % 50 WHEN 0 THEN 'archived' ELSE 'active' END FROM generate_series(1, $2) n;
CREATE TEMP TABLE chosen ON COMMIT DROP AS SELECT id, row_number() OVER () % $3 AS place FROM events WHERE account_id = $1 LIMIT $3;
CREATE TEMP TABLE numbers ON COMMIT DROP AS
    SELECT n, chosen.id AS event_id FROM generate_series(1, $2) n JOIN chosen ON place = n % $3;
INSERT INTO event_sessions (account_id, event_id, title) SELECT $1, event_id, 'Talk ' || n FROM numbers;
INSERT INTO event_speakers (account_id, event_id, full_name) SELECT $1, event_id, 'Speaker ' || n FROM numbers;
INSERT INTO event_sponsors (account_id, event_id, name, partner_id)
    SELECT $1, event_id, 'Sponsor ' || n, p.id
    FROM numbers JOIN (SELECT id, row_number() OVER () AS k FROM partners WHERE account_id = $1) p ON p.k = n;
INSERT INTO attendees (account_id, event_id, contractor_id, email, phone, status)
    SELECT $1, event_id, c.id, c.email, c.phone, CASE n % 50 WHEN 0 THEN 'no_show' ELSE 'registered' END
    FROM numbers JOIN (SELECT *, row_number() OVER () AS k FROM contractors WHERE account_id = $1) c ON c.k = n;
INSERT INTO demo_bookings (account_id, event_id, contractor_id, sponsor_id, partner_id, starts_at, status)
    SELECT $1, s.event_id, c.id, s.id, s.partner_id, now(), CASE s.k % 50 WHEN 0 THEN 'no_show' ELSE 'booked' END
    FROM (SELECT *, row_number() OVER () AS k FROM event_sponsors WHERE account_id = $1) s
    JOIN (SELECT *, row_number() OVER () AS k FROM contractors WHERE account_id = $1) c ON c.k = s.k;
"""


async def fill(urls: Urls) -> UUID:
    """Two accounts with thousands of rows in every table; the second one's id."""
    connection = await asyncpg.connect(asyncpg_dsn(urls.app))
    for _ in range(2):
        account_id = uuid7()
        async with connection.transaction():
            await connection.execute("SELECT set_config('app.account_id', $1, true)", str(account_id))
            for statement in _FILL.split(";\n")[:-1]:
                filled = (
                    statement.replace("$1", f"'{account_id}'::uuid").replace("$2", str(ROWS)).replace("$3", str(EVENTS))
                )
                await connection.execute(filled)
    await connection.close()
    return account_id


async def statements(database: Database, account_id: UUID) -> list[tuple[str, Any]]:
    """Each list, without a filter and with each of its filters, on a value that is there."""
    found: list[tuple[str, Any]] = [("api-keys", api_keys.listed(ApiKeyFilters()))]
    async with database.begin(Tenant(account_id)) as db:
        for resource in RESOURCES:
            found.append((resource.path, resource.listed(resource.filters())))
            table = resource.model.__tablename__
            for name in resource.filters.model_fields:
                if name in ("status", "running_on", "role", "provisional", "when"):
                    value: Any = {
                        "status": "no_show" if table in ("attendees", "demo_bookings") else "archived",
                        "running_on": date(2024, 2, 29),
                        "role": "csm",
                        "provisional": True,
                        "when": "running",
                    }[name]
                elif name == "ids":
                    value = (await db.scalars(select(resource.model.id).limit(3))).all()
                else:
                    value = await db.scalar(
                        text(f"SELECT {name} FROM {table} WHERE {name} IS NOT NULL OFFSET 1500 LIMIT 1")
                    )
                found.append(
                    (f"{resource.path}?{name}", resource.listed(resource.filters.model_construct(**{name: value})))
                )
    return found


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", []) for node in nodes(child))]


async def test_every_list_and_filter_reads_an_index_and_little_more_than_a_page(urls: Urls, database: Database) -> None:
    account_id = await fill(urls)
    owner = await asyncpg.connect(asyncpg_dsn(urls.owner))
    await owner.execute("ANALYZE")
    await owner.close()
    slow = []
    for name, statement in await statements(database, account_id):
        entity = statement.column_descriptions[0]["entity"]
        page = statement.order_by(entity.id).limit(51)
        dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
        sql = str(page.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
        async with database.begin(Tenant(account_id)) as db:
            plan = (
                await db.execute(text(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql.replace(':', chr(92) + ':')}"))
            ).scalar_one()
        whole = plan if isinstance(plan, list) else json.loads(plan)
        for node in nodes(whole[0]["Plan"]):
            read = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
            if node["Node Type"] == "Seq Scan" or read > 400:
                slow.append((name, node["Node Type"], node.get("Index Name"), read))
    assert slow == []
