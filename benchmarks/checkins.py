"""How soon check-ins that are all due in one second are handed over, by two dispatchers.

    python -m benchmarks.checkins [--people 10000]

Each dispatcher has a process of its own, set as a worker sets it. Each check-in must be handed over once.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from zoneinfo import ZoneInfo

import asyncpg
import uvloop

from benchmarks.measure import Number, finish, options
from benchmarks.places import migrated, postgres, superuser_dsn, until
from deploy.local.embedded import PostgresServer
from services.followups.dispatch.jobs import Dispatcher
from services.followups.settings import FollowupsSettings
from shared.db.clock import allow_clock, set_clock
from shared.db.database import Database
from shared.db.listen import Wakeups

MOST_SECONDS = 5
DISPATCHERS = 2
SMALL_ACCOUNTS = 50
MORNING = datetime(2041, 10, 6, 11, tzinfo=ZoneInfo("America/Chicago"))
LEAD = timedelta(seconds=4)
# Half of all people are one account's, the others' accounts have the same few each.
_PEOPLE = """
INSERT INTO contractors (account_id, id, phone, time_zone, row_version)
SELECT md5('account ' || CASE WHEN n % 2 = 0 THEN 0 ELSE n % $2 + 1 END)::uuid, uuidv7(), '+12145550123', 'America/Chicago', 1
FROM generate_series(1, $1) AS n
"""
_DUE = """
INSERT INTO contractor_followup_schedules (account_id, contractor_id, scheduled_time, send_at, followup_type, planned_by)
SELECT account_id, id, $1, $1, 'check_in', 'policy' FROM contractors
"""
_LEFT = "SELECT count(*) FROM contractor_followup_schedules WHERE status = 'scheduled' AND handed_over_at IS NULL"
_TOLD = """
SELECT count(*), count(DISTINCT payload::jsonb->>'contractor_id'), count(DISTINCT payload::jsonb->>'message_key')
FROM outbox WHERE type = 'message.send_requested.v1'
"""


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--people", type=int, default=10_000, help="with one check-in each")
    told = parser.parse_args()
    with postgres() as server:
        number = asyncio.run(measure(server, told.people))
    finish("checkins", "Check-ins that are due together", [number], told.results)


async def measure(server: PostgresServer, people: int) -> Number:
    urls = await migrated(server, "followups")
    connection = await asyncpg.connect(superuser_dsn(server, "followups"))
    await at_eleven(urls["owner"])
    await connection.execute(_PEOPLE, people, SMALL_ACCOUNTS)
    due = await connection.fetchval("SELECT app_clock()") + LEAD
    await connection.execute(_DUE, due)
    await connection.execute("ANALYZE")
    spawn = get_context("spawn")
    dispatchers = [spawn.Process(target=dispatch, args=(urls,), daemon=True) for _ in range(DISPATCHERS)]
    for each in dispatchers:
        each.start()

    async def all_gone() -> bool:
        return not await connection.fetchval(_LEFT)

    await until(all_gone, pause=0.02)
    seconds = (await connection.fetchval("SELECT app_clock()") - due).total_seconds()
    for each in dispatchers:
        each.terminate()
    assert seconds > 0, "the check-ins were due before they were there: LEAD is too short"
    assert set(await connection.fetchrow(_TOLD)) == {people}, "not each check-in was handed over once"
    await connection.close()
    return Number(f"{people:,} due in one second, {DISPATCHERS} dispatchers", seconds, "s", MOST_SECONDS)


async def at_eleven(owner_url: str) -> None:
    """So that everybody may be texted."""
    await allow_clock(owner_url, True)
    connection = await asyncpg.connect(owner_url.replace("+asyncpg", ""))
    await set_clock(connection, MORNING - datetime.now(UTC))
    await connection.close()


def dispatch(urls: dict[str, str]) -> None:
    uvloop.run(_dispatch(urls))


async def _dispatch(urls: dict[str, str]) -> None:
    fields = FollowupsSettings.model_fields
    app = Database(urls["app"], service="followups", pool_size=fields["database_pool_size"].default)
    wakeups = Wakeups(urls["worker"])
    dispatcher = Dispatcher(
        app,
        Database(urls["worker"], service="followups", pool_size=1),
        wakeups,
        poll_seconds=fields["dispatch_poll_seconds"].default,
        batch=fields["dispatch_batch"].default,
    )
    await asyncio.gather(dispatcher.run(), wakeups.run())


if __name__ == "__main__":
    main()
