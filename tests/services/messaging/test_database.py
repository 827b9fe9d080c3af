"""Tables: in step with the models, logs only appended to, and every list finds an index."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from services.messaging.models import Base
from shared.db.database import Tenant
from shared.ids import uuid7
from tests.conftest import Urls

PLATFORM_TABLES = {"outbox", "inbox", "leases", "dead_letters", "idempotency_keys", "clock_offset", "alembic_version"}

DatabaseOf = Callable[[str], Awaitable[Urls]]


async def test_the_models_are_what_the_migrations_make(database_of: DatabaseOf) -> None:
    urls = await database_of("messaging")

    def difference(connection: Connection) -> list[Any]:
        def ours(_thing: object, name: str | None, kind: str, *_: object) -> bool:
            return not (kind == "table" and name in PLATFORM_TABLES)

        options = {"include_object": ours, "compare_server_default": False}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))

    engine = create_async_engine(urls.owner)
    try:
        async with engine.connect() as connection:
            assert await connection.run_sync(difference) == []
    finally:
        await engine.dispose()


async def test_the_logs_cannot_be_rewritten(database_of: DatabaseOf, account_id: UUID) -> None:
    database = (await database_of("messaging")).database("app")
    for table in ("suppressions", "delivery_updates"):
        with pytest.raises(Exception, match="permission denied"):
            async with database.begin(Tenant(account_id)) as db:
                await db.raw.execute(f"UPDATE {table} SET account_id = account_id")
    await database.close()


FILL = """
INSERT INTO conversations (account_id, our_address, address, contractor_id, last_message_at)
SELECT $1, '+12145550100', '+1972' || n, uuidv7(), now() - n * interval '1 minute' FROM generate_series(1, 3000) AS n;
"""
FILL_MESSAGES = """
INSERT INTO messages (account_id, conversation_id, contractor_id, direction, status, body, address, run_after)
SELECT $1, c.id, c.contractor_id, CASE n % 2 WHEN 0 THEN 'inbound' ELSE 'outbound' END,
       CASE WHEN n % 2 = 0 THEN 'received' WHEN n = 7 AND c.address < '+197215' THEN 'pending' ELSE 'delivered' END,
       'x', c.address, now()
FROM conversations AS c, generate_series(1, 10) AS n;
"""
FILL_SUPPRESSIONS = """
INSERT INTO suppressions (account_id, channel, address, scope, active, reason)
SELECT $1, 'sms', '+1972' || n, 'everything', true, 'x' FROM generate_series(1, 5000) AS n;
"""
LISTS = {
    "conversations": "SELECT * FROM conversations WHERE account_id = $1 ORDER BY last_message_at DESC, id DESC LIMIT 51",
    "conversations, next page": "SELECT * FROM conversations WHERE account_id = $1 AND (last_message_at, id) <"
    " (now() - interval '9 hours', uuidv7()) ORDER BY last_message_at DESC, id DESC LIMIT 51",
    "conversations of a person": "SELECT * FROM conversations WHERE account_id = $1 AND address = '+19721500'",
    "conversations of a contractor": "SELECT * FROM conversations WHERE account_id = $1 AND contractor_id = $2"
    " ORDER BY last_message_at DESC, id DESC LIMIT 51",
    "messages": "SELECT * FROM messages WHERE account_id = $1 ORDER BY id DESC LIMIT 51",
    "messages of a contractor": "SELECT * FROM messages WHERE account_id = $1 AND contractor_id = $2 ORDER BY id DESC LIMIT 51",
    "messages of a conversation": "SELECT * FROM messages WHERE account_id = $1 AND conversation_id = $3"
    " ORDER BY id DESC LIMIT 51",
    "messages in one direction": "SELECT * FROM messages WHERE account_id = $1 AND direction = 'inbound' ORDER BY id DESC LIMIT 51",
    "messages of one status": "SELECT * FROM messages WHERE account_id = $1 AND status = 'delivered' ORDER BY id DESC LIMIT 51",
    "a message by its key": "SELECT * FROM messages WHERE account_id = $1 AND message_key = 'x'",
    "suppressions": "SELECT * FROM suppressions WHERE account_id = $1 ORDER BY seq DESC LIMIT 51",
    "suppressions of an address": "SELECT * FROM suppressions WHERE account_id = $1 AND address = '+19721500'"
    " ORDER BY seq DESC LIMIT 51",
    "what holds for an address": "SELECT active_scopes('sms', '+19721500')",
}


async def test_every_list_has_an_index(database_of: DatabaseOf, account_id: UUID) -> None:
    urls = await database_of("messaging")
    database, owner = urls.database("app"), urls.database("owner")
    async with database.begin(Tenant(account_id)) as db:
        raw = db.raw
        for statement in (FILL, FILL_MESSAGES, FILL_SUPPRESSIONS):
            await raw.execute(statement, account_id)
    async with owner.connection() as connection:
        await connection.execute("ANALYZE")
    async with database.begin(Tenant(account_id)) as db:
        raw = db.raw
        one = await raw.fetchrow("SELECT id, contractor_id FROM conversations LIMIT 1")
        ids = {"$1": account_id, "$2": one["contractor_id"], "$3": one["id"]}
        for name, statement in LISTS.items():
            for place, value in ids.items():
                statement = statement.replace(place, f"'{value}'")
            plan = "\n".join(row[0] for row in await raw.fetch(f"EXPLAIN {statement}"))
            assert "Seq Scan" not in plan, f"{name}:\n{plan}"
            assert "Sort" not in plan or "of a person" in name or "of an address" in name, f"{name}:\n{plan}"
    await database.close()
    await owner.close()


async def test_the_claims_have_indexes(database_of: DatabaseOf, account_id: UUID) -> None:
    from services.messaging.sending.queries import IN_DOUBT, TO_SEND

    urls = await database_of("messaging")
    database, owner, worker = urls.database("app"), urls.database("owner"), urls.database("worker")
    async with database.begin(Tenant(account_id)) as db:
        raw = db.raw
        for statement in (FILL, FILL_MESSAGES):
            await raw.execute(statement, account_id)
    async with owner.connection() as connection:
        await connection.execute("ANALYZE")
    async with worker.connection() as connection:
        for queue in (TO_SEND, IN_DOUBT):
            rows = await connection.fetch(
                f"EXPLAIN SELECT id FROM {queue.table} WHERE {queue.ready} AND run_after <= clock_timestamp()"
                " AND (leased_until IS NULL OR leased_until < clock_timestamp()) ORDER BY run_after LIMIT 10"
            )
            plan = "\n".join(row[0] for row in rows)
            assert "Seq Scan on messages" not in plan, plan
    for each in (database, owner, worker):
        await each.close()


async def test_what_is_planned_while_the_tables_are_empty_finds_a_text_by_its_key(
    database_of: DatabaseOf, account_id: UUID
) -> None:
    database = (await database_of("messaging")).database("app")
    async with database.begin(Tenant(account_id)) as db:
        await db.raw.execute(
            "SET LOCAL plan_cache_mode = force_generic_plan; PREPARE talk_of(uuid, uuid) AS"
            " SELECT c.address FROM messages m JOIN conversations c ON c.account_id = m.account_id"
            " AND c.id = m.conversation_id WHERE m.account_id = $1 AND m.id = $2"
        )
        plan = "\n".join(row[0] for row in await db.raw.fetch(f"EXPLAIN EXECUTE talk_of('{account_id}', '{uuid7()}')"))
        await db.raw.execute("DEALLOCATE talk_of")
    await database.close()
    assert plan.count("Index Cond: ((account_id = $1) AND (id = ") == 2, plan
    assert "pk_messages" in plan, plan
