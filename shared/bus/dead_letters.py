"""Messages that failed by themselves: counted, parked with their key, replayed in order."""

import asyncio
import json
import logging
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared.bus.envelope import Envelope
from shared.bus.subscription import Incoming, Subscription
from shared.bus.transient import is_transient
from shared.db.database import Database, Db, Tenant
from shared.db.listen import Wakeups, wait_for

log = logging.getLogger(__name__)

CHANNEL = "dead_letters"
_LOCK_KEY = "SELECT pg_advisory_xact_lock(hashtextextended(concat_ws(chr(10), $1::uuid, $2::text, $3::text), 0))"
_PARK = """
INSERT INTO dead_letters (account_id, consumer, event_id, topic, key, type, envelope, state, replay_requested_at)
SELECT $1, $2, $3, $4, $5, $6, $7, 'parked', max(replay_requested_at) FROM dead_letters
WHERE account_id = $1 AND topic = $4 AND key = $5 AND state IN ('dead', 'parked')
"""
_FAIL = """
INSERT INTO dead_letters (account_id, consumer, event_id, topic, key, type, envelope, state, attempts, error)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'failing', 1, $8)
ON CONFLICT (account_id, event_id, consumer) DO UPDATE
SET attempts = dead_letters.attempts + 1, error = excluded.error, updated_at = app_clock()
RETURNING attempts
"""


async def claim(db: Db, consumer: str, incoming: Sequence[Incoming]) -> list[tuple[Incoming, bool]]:
    """Those never handled before, in their order, each with whether its key is parked."""
    envelopes = [each.envelope for each in incoming]
    rows = await db.raw.fetch(
        "SELECT event_id, parked FROM claim_events($1, $2, $3, $4, $5)",
        consumer,
        [envelope.id for envelope in envelopes],
        [envelope.account_id for envelope in envelopes],
        [envelope.topic for envelope in envelopes],
        [envelope.key for envelope in envelopes],
    )
    claimed = {row["event_id"]: row["parked"] for row in rows}
    return [(each, claimed.pop(each.envelope.id)) for each in incoming if each.envelope.id in claimed]


def _columns(consumer: str, envelope: Envelope) -> tuple[Any, ...]:
    stored = json.dumps(envelope.as_json())
    return envelope.account_id, consumer, envelope.id, envelope.topic, envelope.key, envelope.type, stored


async def park(db: Db, consumer: str, envelope: Envelope) -> bool:
    """Store it behind the dead letter of its key; False when a replay emptied the key meanwhile."""
    raw = db.raw
    place = envelope.account_id, envelope.topic, envelope.key
    await raw.execute(_LOCK_KEY, *place)
    if not await raw.fetchval("SELECT key_is_parked($1, $2, $3)", *place):
        return False
    await raw.execute(_PARK, *_columns(consumer, envelope))
    return True


async def record_failure(
    database: Database, consumer: str, envelope: Envelope, error: Exception, max_attempts: int
) -> int:
    """Count a failure in a transaction of its own; the last one makes a dead letter, which parks the key."""
    async with database.begin(Tenant(envelope.account_id)) as db:
        raw = db.raw
        attempts: int = await raw.fetchval(_FAIL, *_columns(consumer, envelope), reason_of(error))
        if attempts >= max_attempts:
            await raw.execute(
                "UPDATE dead_letters SET state = 'dead' WHERE event_id = $1 AND consumer = $2", envelope.id, consumer
            )
            await claim(db, consumer, [Incoming(envelope)])
        return attempts


def reason_of(error: Exception) -> str:
    """What PostgreSQL can store: no NUL, no half of a surrogate pair."""
    reason = f"{type(error).__name__}: {error}"[:2000]
    return reason.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


async def forget_failure(database: Database, consumer: str, envelope: Envelope) -> None:
    """It was handled after all: what was counted against it goes."""
    async with database.begin(Tenant(envelope.account_id)) as db:
        await db.raw.execute(
            "DELETE FROM dead_letters WHERE event_id = $1 AND consumer = $2 AND state = 'failing'",
            envelope.id,
            consumer,
        )


async def next_to_replay(database: Database) -> tuple[UUID, str, str] | None:
    """(account_id, topic, key) of a key whose replay was asked for. `database` is the worker role's."""
    async with database.connection() as connection:
        row = await connection.fetchrow(
            "SELECT account_id, topic, key FROM dead_letters"
            " WHERE state IN ('dead', 'parked') AND replay_requested_at IS NOT NULL ORDER BY replay_requested_at LIMIT 1"
        )
    return (row["account_id"], row["topic"], row["key"]) if row else None


async def depth(database: Database) -> int:
    """How many messages are set aside, those parked behind others included. `database` is the worker role's."""
    async with database.connection() as connection:
        return int(await connection.fetchval("SELECT count(*) FROM dead_letters WHERE state IN ('dead', 'parked')"))


class Replayer:
    """Runs the letters of a key in order, each in one transaction; the first that fails again stops its key."""

    def __init__(self, database: Database, worker: Database, subscription: Subscription, wakeups: Wakeups) -> None:
        self._database = database
        self._worker = worker
        self._subscription = subscription
        self._woken = wakeups.of(CHANNEL)

    async def run(self) -> None:
        while True:
            try:
                found = await next_to_replay(self._worker)
                if found is None:
                    await wait_for(self._woken, 10)
                    continue
                await self._replay_key(*found)
            except Exception as error:
                log.warning("replay waits: %s", type(error).__name__)
                await asyncio.sleep(2)

    async def _replay_key(self, account_id: UUID, topic: str, key: str) -> None:
        while True:
            letter_id: UUID | None = None
            try:
                async with self._database.begin(Tenant(account_id)) as db:
                    raw = db.raw
                    await raw.execute(_LOCK_KEY, account_id, topic, key)
                    letter = await raw.fetchrow(
                        "SELECT id, envelope FROM dead_letters WHERE topic = $1 AND key = $2"
                        " AND state IN ('dead', 'parked') ORDER BY seq LIMIT 1",
                        topic,
                        key,
                    )
                    if letter is None:
                        return
                    letter_id = letter["id"]
                    await self._subscription.handle(db, Incoming(Envelope.of_json(letter["envelope"])))
                    await raw.execute(
                        "UPDATE dead_letters SET state = 'replayed', updated_at = app_clock() WHERE id = $1", letter_id
                    )
            except Exception as error:
                if is_transient(error):
                    raise
                log.exception("replay of %s stopped", topic)
                await self._stop_replay(account_id, topic, key, letter_id, error)
                return

    async def _stop_replay(
        self, account_id: UUID, topic: str, key: str, letter_id: UUID | None, error: Exception
    ) -> None:
        async with self._database.begin(Tenant(account_id)) as db:
            raw = db.raw
            await raw.execute(
                "UPDATE dead_letters SET replay_requested_at = NULL WHERE topic = $1 AND key = $2", topic, key
            )
            await raw.execute(
                "UPDATE dead_letters SET attempts = attempts + 1, state = 'dead', error = $2, updated_at = app_clock()"
                " WHERE id = $1",
                letter_id,
                reason_of(error),
            )
