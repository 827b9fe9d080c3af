"""Every statement of the concierge about its turns and lanes; what a turn may know is read by `knowing`."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.actions.concierge.context import FoundNote
from shared.contracts.messaging import MessageReceived
from shared.db.database import Db
from shared.db.jobs import Lease, LeaseLost, Queue
from shared.ids import uuid7

LANES = Queue(table="concierge_lanes", ready="waiting", max_attempts=1_000_000)

_INSERT_MESSAGE = """
INSERT INTO recent_messages (account_id, id, conversation_id, contractor_id, direction, purpose, body, said_at, origin)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING 1
"""
_FIND_CONTRACTOR = """
SELECT id FROM contractors WHERE account_id = $1 AND phone = $2 AND NOT deleted ORDER BY provisional, id LIMIT 1
"""
# Whoever changes a lane holds its row: turns of one person get their `seq` in the order in which they will run.
_OPEN_LANE = """
INSERT INTO concierge_lanes (account_id, id, waiting, run_after)
VALUES ($1, $2, true, clock_timestamp() + make_interval(secs => $3))
ON CONFLICT (account_id, id) DO UPDATE SET waiting = true, run_after = CASE
    WHEN concierge_lanes.waiting THEN greatest(concierge_lanes.run_after, excluded.run_after) ELSE excluded.run_after END
RETURNING pg_notify('concierge_lanes', '')
"""
# The outer status counts: a turn that begins meanwhile is read already.
_JOIN_BURST = """
UPDATE concierge_turns SET messages = messages || $4::jsonb, open_questions = open_questions || (
        SELECT coalesce(jsonb_agg(asked), '[]') FROM jsonb_array_elements($5::jsonb) AS asked
        WHERE NOT open_questions @> jsonb_build_array(jsonb_build_object('message_id', asked->'message_id'))),
    conversation_epoch = greatest(conversation_epoch, $6), opted_out = opted_out OR $7
WHERE account_id = $1 AND status = 'queued' AND id = (
    SELECT id FROM concierge_turns WHERE account_id = $1 AND contractor_id = $2 AND conversation_id = $3
    AND status = 'queued' AND received_at > $8 ORDER BY seq DESC LIMIT 1)
RETURNING 1
"""
_INSERT_TURN = """
INSERT INTO concierge_turns (account_id, id, contractor_id, conversation_id, conversation_epoch, channel, address,
    message_id, messages, open_questions, opted_out, received_at, status, intent, finished_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, CASE WHEN $13 = 'silent' THEN app_clock() END)
ON CONFLICT (account_id, message_id) DO NOTHING
"""
_ADOPT = """
UPDATE concierge_turns SET contractor_id = $3 WHERE account_id = $1 AND address = $2 AND contractor_id IS NULL RETURNING 1
"""
_ADOPT_MESSAGES = """
UPDATE recent_messages SET contractor_id = $2 WHERE account_id = $1 AND contractor_id IS NULL AND conversation_id IN (
    SELECT conversation_id FROM concierge_turns WHERE account_id = $1 AND contractor_id = $2)
"""
_LOCK_ADDRESS = "SELECT pg_advisory_xact_lock(hashtextextended('stranger ' || $1 || ' ' || $2, 0))"

_HOLD = """
SELECT (SELECT mode = 'concierge' AND epoch <= $5 FROM conversations WHERE account_id = $1 AND id = $4) IS NOT FALSE
FROM concierge_lanes WHERE account_id = $1 AND id = $2 AND fence = $3 FOR UPDATE
"""
_SET_MODE = """
INSERT INTO conversations (account_id, id, mode, epoch) VALUES ($1, $2, $3, $4)
ON CONFLICT (account_id, id) DO UPDATE SET mode = excluded.mode, epoch = excluded.epoch WHERE conversations.epoch <= excluded.epoch
"""
# The turn is done and its lane free in one statement, which does not see its own first half.
_FINISH = """
WITH finished AS (
    UPDATE concierge_turns SET status = $4, intent = $5, confidence = $6, reading = $7, changes = $8, reply = $9,
        ai_run_id = $10, parts = $11, failure_reason = NULL, finished_at = app_clock() WHERE account_id = $1 AND id = $2
), lane AS (
    UPDATE concierge_lanes SET leased_until = NULL, attempts = 0, failure_reason = NULL, waiting = EXISTS (
        SELECT FROM concierge_turns
        WHERE account_id = $1 AND contractor_id = $3 AND status IN ('queued', 'running') AND id <> $2)
    WHERE account_id = $1 AND id = $3 RETURNING waiting)
SELECT pg_notify('concierge_lanes', '') FROM lane WHERE waiting
"""
_FAIL = """
UPDATE concierge_turns SET status = 'failed', failure_reason = $3, finished_at = app_clock()
WHERE account_id = $1 AND id = (SELECT id FROM concierge_turns WHERE account_id = $1 AND contractor_id = $2
    AND status IN ('queued', 'running') ORDER BY seq LIMIT 1)
"""
_QUEUE_AGAIN = """
UPDATE concierge_turns SET status = 'queued', failure_reason = NULL, finished_at = NULL
WHERE account_id = $1 AND id = $2 AND status = 'failed' RETURNING 1
"""
_RELEASE = """
WITH lane AS (
    UPDATE concierge_lanes SET leased_until = NULL, attempts = 0, failure_reason = NULL, waiting = EXISTS (
        SELECT FROM concierge_turns WHERE account_id = $1 AND contractor_id = $2 AND status IN ('queued', 'running'))
    WHERE account_id = $1 AND id = $2 RETURNING waiting)
SELECT pg_notify('concierge_lanes', '') FROM lane WHERE waiting
"""
_FIND_PEERS = """
SELECT name_key, contractor_id FROM attendees
WHERE account_id = $1 AND event_id = $2 AND name_key = ANY($3) AND NOT deleted AND contractor_id IS NOT NULL
"""
_TURN_OF_NOTE = """
SELECT turns.id FROM event_notes AS notes
JOIN concierge_turns AS turns ON turns.account_id = $1 AND turns.message_id = notes.source_message_id
WHERE notes.account_id = $1 AND notes.id = $2
"""
_RECORD_CORRECTION = """
UPDATE concierge_turns SET intent = $3, confidence = 1, reading = $4, parts = $5, changes = $6 WHERE account_id = $1 AND id = $2
"""
# The newest thousand of one person: few enough to be read as they are, without an index of words.
_FIND_NOTES = """
SELECT note_text, captured_at, extracted_entities AS entities, topic, ts_rank_cd(words, wanted, 1) AS rank FROM (
    SELECT note_text, captured_at, extracted_entities, topic,
        to_tsvector('english', concat_ws(' ', note_text, topic, array_to_string(ai_tags, ' '))) AS words
    FROM event_notes WHERE account_id = $1 AND contractor_id = $2 AND deleted_at IS NULL
    ORDER BY captured_at DESC, id DESC LIMIT 1000) AS notes, to_tsquery('english', $3) AS wanted
WHERE words @@ wanted ORDER BY rank DESC, captured_at DESC LIMIT 3
"""


async def insert_message_once(
    db: Db,
    *,
    message_id: UUID,
    conversation_id: UUID,
    contractor_id: UUID | None,
    direction: str,
    body: str,
    at: datetime,
    purpose: str | None = None,
    origin: dict[str, Any] | None = None,
) -> bool:
    """Whether this message is new."""
    row = (direction, purpose, body, at, json.dumps(origin) if origin else None)
    raw = db.raw
    return bool(await raw.fetchval(_INSERT_MESSAGE, db.account_id, message_id, conversation_id, contractor_id, *row))


async def lock_address(db: Db, address: str) -> None:
    """Until the end of the transaction, nobody else decides whose address this is."""
    await db.raw.execute(_LOCK_ADDRESS, str(db.account_id), address)


async def find_contractor_by_phone(db: Db, phone: str) -> UUID | None:
    found: UUID | None = await db.raw.fetchval(_FIND_CONTRACTOR, db.account_id, phone)
    return found


async def open_lane(db: Db, contractor_id: UUID, wait_seconds: float = 0) -> None:
    raw = db.raw
    await raw.execute(_OPEN_LANE, db.account_id, contractor_id, wait_seconds)


async def join_burst(db: Db, contractor_id: UUID, event: MessageReceived, since: datetime) -> bool:
    """Add the text to a turn that has not begun; False when there is none."""
    raw = db.raw
    place = (db.account_id, contractor_id, event.conversation_id)
    added = (_messages(event), _questions(event), event.conversation_epoch, event.opted_out, since)
    return bool(await raw.fetchval(_JOIN_BURST, *place, *added))


async def insert_turn_once(
    db: Db, event: MessageReceived, contractor_id: UUID | None, *, status: str = "queued", intent: str | None = None
) -> None:
    raw = db.raw
    where = (event.conversation_id, event.conversation_epoch, event.channel, event.address, event.message_id)
    said = (_messages(event), _questions(event), event.opted_out, event.received_at)
    await raw.execute(_INSERT_TURN, db.account_id, uuid7(), contractor_id, *where, *said, status, intent)


def _messages(event: MessageReceived) -> str:
    media = [media.model_dump() for media in event.media]
    said = {
        "message_id": str(event.message_id),
        "body": event.body,
        "at": event.received_at.isoformat(),
        "media": media,
    }
    return json.dumps([said])


def _questions(event: MessageReceived) -> str:
    return json.dumps([question.model_dump(mode="json") for question in event.open_questions])


async def adopt_turns(db: Db, address: str, contractor_id: UUID) -> bool:
    """Give the turns that wait at `address` to the contractor who turned out to live there."""
    raw = db.raw
    adopted = bool(await raw.fetch(_ADOPT, db.account_id, address, contractor_id))
    if adopted:
        await raw.execute(_ADOPT_MESSAGES, db.account_id, contractor_id)
    return adopted


async def hold_lane(db: Db, lease: Lease, conversation_id: UUID, epoch: int) -> bool:
    """Lock the lane in the transaction that finishes a turn. Raises LeaseLost when somebody else has it by now; False when
    staff took over the conversation since the text came in."""
    raw = db.raw
    speaks: bool | None = await raw.fetchval(_HOLD, db.account_id, lease.id, lease.fence, conversation_id, epoch)
    if speaks is None:
        raise LeaseLost
    return speaks


async def set_mode(db: Db, conversation_id: UUID, mode: str, epoch: int) -> None:
    await db.raw.execute(_SET_MODE, db.account_id, conversation_id, mode, epoch)


async def finish_turn(db: Db, turn_id: UUID, contractor_id: UUID, *values: Any) -> None:
    """Frees the lane too. `values`: status, intent, confidence, reading, changes, reply, ai_run_id, parts."""
    await db.raw.execute(_FINISH, db.account_id, turn_id, contractor_id, *values)


async def fail_oldest_turn(db: Db, contractor_id: UUID, reason: str) -> None:
    await db.raw.execute(_FAIL, db.account_id, contractor_id, reason[:500])


async def queue_again(db: Db, turn_id: UUID) -> bool:
    """False when the turn has not failed."""
    return bool(await db.raw.fetchval(_QUEUE_AGAIN, db.account_id, turn_id))


async def release_lane(db: Db, contractor_id: UUID) -> None:
    await db.raw.execute(_RELEASE, db.account_id, contractor_id)


async def turn_of_note(db: Db, note_id: UUID) -> UUID | None:
    """The turn in which a note was read; None for one that somebody typed."""
    found: UUID | None = await db.raw.fetchval(_TURN_OF_NOTE, db.account_id, note_id)
    return found


async def record_correction(db: Db, turn_id: UUID, *values: Any) -> None:
    """`values`: intent, reading, parts, changes."""
    await db.raw.execute(_RECORD_CORRECTION, db.account_id, turn_id, *values)


async def find_notes(db: Db, contractor_id: UUID, words: Sequence[str]) -> list[FoundNote]:
    """The three of a person that fit these words best."""
    wanted = " | ".join(f"{word}:*" for word in words)
    rows = await db.raw.fetch(_FIND_NOTES, db.account_id, contractor_id, wanted)
    return [FoundNote(**dict(row)) for row in rows]


async def find_peers(db: Db, event_id: UUID, names: list[str]) -> dict[str, UUID]:
    """Contractors who attend the event, by lower-case name."""
    raw = db.raw
    rows = await raw.fetch(_FIND_PEERS, db.account_id, event_id, [name.lower() for name in names])
    return {row["name_key"]: row["contractor_id"] for row in rows}
