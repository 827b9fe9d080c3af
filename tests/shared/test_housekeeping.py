"""What nobody needs any more is deleted by the worker; what is open stays."""

import json
from uuid import UUID

import asyncpg

from shared.bus.subscription import Subscription
from shared.db.database import Database, Tenant, asyncpg_dsn
from shared.ids import uuid7
from shared.settings import ServiceSettings
from shared.worker import Worker
from tests.conftest import Urls
from tests.shared.conftest import running, until

OLD, YOUNG = "15 days", "13 days"


async def test_old_letters_that_are_done_go_and_open_ones_stay_however_old(
    app: Database, urls: Urls, account_id: UUID
) -> None:
    for state, age in [(state, age) for state in ("failing", "dead", "parked", "replayed") for age in (OLD, YOUNG)]:
        async with app.begin(Tenant(account_id)) as db:
            await db.raw.execute(
                "INSERT INTO dead_letters (account_id, consumer, event_id, topic, key, type, envelope, state, error, updated_at)"
                " VALUES ($1, 'sample', $2, 't', 'k', 'thing.created.v1', $3, $4, $5, app_clock() - $5::text::interval)",
                *(account_id, uuid7(), json.dumps({}), state, age),
            )
    worker = _worker(urls)
    async with running(worker._keep_house):
        await until(lambda: _has_six(app, account_id))
    await worker._close()
    left = {("failing", YOUNG), ("dead", OLD), ("dead", YOUNG), ("parked", OLD), ("parked", YOUNG), ("replayed", YOUNG)}
    assert set(await _letters(app, account_id)) == left


async def test_the_worker_cannot_delete_a_letter_that_is_open(urls: Urls, app: Database, account_id: UUID) -> None:
    async with app.begin(Tenant(account_id)) as db:
        await db.raw.execute(
            "INSERT INTO dead_letters (account_id, consumer, event_id, topic, key, type, envelope, state, error)"
            " VALUES ($1, 'sample', $2, 't', 'k', 'thing.created.v1', '{}', 'dead', 'x')",
            *(account_id, uuid7()),
        )
    connection = await asyncpg.connect(asyncpg_dsn(urls.worker))
    await connection.execute("DELETE FROM dead_letters")
    await connection.close()
    assert await _letters(app, account_id) == [("dead", "x")]


async def _has_six(app: Database, account_id: UUID) -> bool:
    return len(await _letters(app, account_id)) == 6


async def _letters(app: Database, account_id: UUID) -> list[tuple[str, str]]:
    async with app.begin(Tenant(account_id)) as db:
        rows = await db.raw.fetch("SELECT state, error FROM dead_letters")
    return [(row["state"], row["error"]) for row in rows]


def _worker(urls: Urls) -> Worker:
    settings = ServiceSettings(
        service="sample", port=1, jwks_url="http://127.0.0.1:1", kafka_bootstrap="127.0.0.1:1",
        database_url=urls.app, worker_database_url=urls.worker,
    )  # fmt: skip
    return Worker(settings, Subscription({}))
