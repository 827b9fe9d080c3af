"""The tables: as the models say, and served by indexes."""

import json
import re
from typing import Any

import asyncpg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Select, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import create_async_engine

from services.followups.dispatch import queries as dispatch
from services.followups.models import Base
from services.followups.schedules.models import FollowupSchedule
from services.followups.schedules.queries import list_schedules
from shared.db.database import Database, Tenant, asyncpg_dsn
from shared.ids import uuid7
from tests.conftest import Urls
from tests.services.followups.conftest import World

DOCUMENTED = {
    *("id", "contractor_id", "action_item_id", "event_id", "scheduled_time", "followup_type", "message_template"),
    *("message_tone", "status", "sent_at", "response_received_at", "response_text", "ai_should_personalize"),
    *("ai_context_hints", "skip_if_completed", "is_recurring", "recurrence_interval_days", "next_occurrence_id"),
}


def test_every_column_of_the_document_is_there() -> None:
    assert {column.name for column in Base.metadata.tables["contractor_followup_schedules"].columns} >= DOCUMENTED


async def test_models_and_migrations_agree(urls: Urls) -> None:
    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        mine = set(Base.metadata.tables)
        return [step for step in compare_metadata(context, Base.metadata) if _table_of(step) in mine]

    engine = create_async_engine(urls.owner)
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()
    assert found == []


def _table_of(step: Any) -> str | None:
    """Of one difference; tables that only the platform knows are not ours."""
    if isinstance(step, list):
        return str(step[0][2])
    subject = step[1]
    return getattr(subject, "name", None) if step[0].endswith("_table") else getattr(subject, "table", subject).name


async def fill(world: World) -> None:
    """20,000 rows of our account and as many of another's; nearly all are over, as in a year's table."""
    for account_id in (world.account_id, uuid7()):
        async with world.app.begin(Tenant(account_id)) as db:
            await db.execute(text("INSERT INTO contractors (row_version) SELECT 1 FROM generate_series(1, 400)"))
            await db.execute(text("INSERT INTO events (row_version) SELECT 1 FROM generate_series(1, 40)"))
            await db.execute(
                text(
                    "INSERT INTO action_items (contractor_id, row_version)"
                    " SELECT id, 1 FROM contractors, generate_series(1, 10)"
                )
            )
            await db.execute(
                text(
                    "INSERT INTO contractor_followup_schedules (contractor_id, action_item_id, event_id, scheduled_time,"
                    " send_at, followup_type, planned_by, status, message_key, plan_key, handed_over_at)"
                    " SELECT contractor_id, id, (SELECT e.id FROM events e ORDER BY e.id OFFSET (n * 7 + 3) % 40 LIMIT 1),"
                    " app_clock() - n * interval '1 hour', app_clock() - n * interval '1 hour', 'check_in', 'policy',"
                    " CASE WHEN n = 1 AND random() < 0.02 THEN 'scheduled' ELSE 'responded' END, id || ':' || n,"
                    " id || ':' || n, CASE WHEN n > 1 THEN app_clock() END FROM action_items, generate_series(1, 5) n"
                )
            )
    connection = await asyncpg.connect(asyncpg_dsn(world.urls.owner))
    await connection.execute("ANALYZE contractor_followup_schedules")
    await connection.execute("ANALYZE contractors")
    await connection.close()


def sql_of(statement: Select[Any]) -> str:
    return str(statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))  # type: ignore[no-untyped-call]


async def scans(connection: asyncpg.Connection, sql: str) -> tuple[str, list[str]]:
    """The plan in one line, and the big tables it reads from end to end."""
    plan = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {sql}")
    told = plan if isinstance(plan, str) else json.dumps(plan)
    return told, re.findall(r'"Seq Scan"[^{}]*?"Relation Name": "(contractor_followup_schedules)"', told)


async def test_every_list_and_every_claim_is_served_by_an_index(world: World, app: Database, worker: Database) -> None:
    await fill(world)
    async with app.begin(Tenant(world.account_id)) as db:
        row = (await db.scalars(select(FollowupSchedule).limit(1))).one()
        filters: list[dict[str, Any]] = [
            {"contractor_id": row.contractor_id},
            {"action_item_id": row.action_item_id},
            {"event_id": row.event_id},
            {},
        ]
        order = (FollowupSchedule.scheduled_time, FollowupSchedule.id)
        statements = {
            f"list {sorted(equal)} {statuses}": sql_of(
                list_schedules(equal=equal, statuses=statuses, due_before=None).order_by(*order).limit(51)
            )
            for equal in filters
            for statuses in ([], ["scheduled"])
        }
        statements["upcoming"] = sql_of(dispatch.upcoming_to_send(db.now))
        statements["by message"] = sql_of(select(FollowupSchedule).where(FollowupSchedule.message_key == "x"))
        statements["people"] = (
            str(dispatch._LOCK_PEOPLE)
            .replace(":account_id", f"'{world.account_id}'")
            .replace(":now", f"'{db.now.isoformat()}'")
            .replace(":limit", "200")
            .replace(":only", "NULL")
        )
        raw = db.raw
        for name, sql in statements.items():
            plan, read_whole = await scans(raw, sql)
            assert read_whole == [], f"{name}: {plan}"
            if name in ("upcoming", "people"):
                assert re.search(r"_(account_)?due\b", plan), f"{name}: {plan}"
    async with worker.connection() as connection:
        plan, read_whole = await scans(connection, dispatch._DUE_ACCOUNTS)
        assert read_whole == []
        assert re.search(r"_(account_)?due\b", plan), plan
