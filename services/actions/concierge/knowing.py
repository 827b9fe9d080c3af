"""All that one turn may know, in one statement."""

from uuid import UUID

from shared.db.database import Db

_OLDEST_OPEN = """
    UPDATE concierge_turns SET status = 'running' WHERE account_id = $1 AND id = (
        SELECT id FROM concierge_turns WHERE account_id = $1 AND contractor_id = $2 AND status IN ('queued', 'running')
        ORDER BY seq LIMIT 1)
    RETURNING *
"""
_THIS = "SELECT * FROM concierge_turns WHERE account_id = $1 AND contractor_id = $2 AND id = $3"
_KNOW = """
WITH turn AS (%s), candidates AS (
    SELECT DISTINCT events.id, events.name, events.date, events.ends_on, events.time_zone FROM turn, attendees
    JOIN events ON events.account_id = $1 AND events.id = attendees.event_id
    WHERE attendees.account_id = $1 AND attendees.contractor_id = $2 AND NOT attendees.deleted
    AND coalesce(attendees.status, '') <> 'cancelled' AND NOT events.deleted AND coalesce(events.status, 'active') = 'active'
    AND turn.received_at::date BETWEEN events.date - 1 AND events.ends_on + 1
), undone AS (
    SELECT u.id FROM turn, concierge_turns AS u
    WHERE u.account_id = $1 AND u.contractor_id = $2 AND u.intent = 'undo' AND u.changes <> '[]' AND u.seq < turn.seq
    AND u.seq > (SELECT max(seq) FROM concierge_turns AS other WHERE account_id = $1 AND contractor_id = $2
        AND status = 'done' AND changes <> '[]' AND intent <> 'undo' AND other.seq < turn.seq)
)
SELECT json_build_object(
    'turn', json_build_object('id', turn.id, 'contractor_id', turn.contractor_id, 'conversation_id', turn.conversation_id,
        'conversation_epoch', turn.conversation_epoch, 'channel', turn.channel, 'address', turn.address,
        'message_id', turn.message_id, 'messages', turn.messages, 'open_questions', turn.open_questions,
        'opted_out', turn.opted_out, 'received_at', turn.received_at),
    'contractor', (SELECT json_build_object('full_name', full_name, 'time_zone', time_zone, 'provisional', provisional)
        FROM contractors WHERE account_id = $1 AND id = $2),
    'account_name', (SELECT name FROM accounts WHERE account_id = $1 AND id = $1),
    'account_zone', (SELECT time_zone FROM accounts WHERE account_id = $1 AND id = $1),
    'candidates', (SELECT coalesce(json_agg(candidates), '[]') FROM candidates),
    'sessions', (SELECT coalesce(json_agg(json_build_object('id', id, 'event_id', event_id, 'title', title,
            'starts_at', starts_at, 'ends_at', ends_at, 'location', location, 'speaker_ids', speaker_ids)
            ORDER BY starts_at, id), '[]')
        FROM event_sessions WHERE account_id = $1 AND event_id IN (SELECT id FROM candidates) AND NOT deleted
        AND title IS NOT NULL AND starts_at BETWEEN turn.received_at - interval '8 hours' AND turn.received_at),
    'speakers', (SELECT coalesce(json_agg(json_build_object('id', id, 'event_id', event_id, 'name', full_name)), '[]')
        FROM event_speakers WHERE account_id = $1 AND event_id IN (SELECT id FROM candidates) AND NOT deleted
        AND full_name IS NOT NULL),
    'sponsors', (SELECT coalesce(json_agg(json_build_object('id', id, 'event_id', event_id, 'name', name)), '[]')
        FROM event_sponsors WHERE account_id = $1 AND event_id IN (SELECT id FROM candidates) AND NOT deleted
        AND name IS NOT NULL),
    'partners', (SELECT coalesce(json_agg(json_build_object('id', id, 'name', name)), '[]')
        FROM (SELECT id, name FROM partners WHERE account_id = $1 AND NOT deleted AND name IS NOT NULL LIMIT 500) AS p),
    'items', (SELECT coalesce(json_agg(i), '[]') FROM (
        SELECT id, title, person_name, priority, event_id, related_note_id FROM contractor_action_items
        WHERE account_id = $1 AND contractor_id = $2 AND status IN ('pending', 'in_progress', 'deferred')
        ORDER BY id DESC LIMIT 40) AS i),
    'schedules', (SELECT coalesce(json_agg(s), '[]') FROM (
        SELECT id, action_item_id, event_id, purpose, status, sent_at, message_id, followup_type,
            CASE WHEN followup_type = 'completion_confirmation' AND status IN ('sent', 'deferred') THEN (
                SELECT json_build_object('id', i.id, 'title', title, 'person_name', person_name, 'priority', priority,
                    'event_id', i.event_id, 'related_note_id', related_note_id, 'kept', true)
                FROM contractor_action_items AS i WHERE i.account_id = $1 AND i.id = action_item_id AND i.status = 'completed')
            END AS kept
        FROM followup_schedules
        WHERE account_id = $1 AND contractor_id = $2 AND NOT deleted
        AND status IN ('scheduled', 'sent', 'deferred', 'responded') ORDER BY coalesce(sent_at, '-infinity') DESC, id DESC
        LIMIT 40) AS s),
    'notes', (SELECT coalesce(json_agg(n), '[]') FROM (
        SELECT id, event_id, coalesce(extracted_entities->'names', '[]') AS names, topic, left(note_text, 300) AS note_text,
            coalesce(extracted_entities->'companies', '[]') AS companies,
            coalesce(extracted_entities->'phone_numbers', '[]') AS phones, coalesce(extracted_entities->'emails', '[]') AS emails,
            captured_at, ai_priority_score AS priority_score
        FROM event_notes WHERE account_id = $1 AND contractor_id = $2 AND deleted_at IS NULL
        ORDER BY captured_at DESC, id DESC LIMIT 40) AS n),
    'demos', (SELECT coalesce(json_agg(json_build_object('id', d.id, 'event_id', d.event_id, 'starts_at', d.starts_at,
            'company', coalesce(d.company, s.name, p.name)) ORDER BY d.starts_at), '[]')
        FROM demo_bookings AS d
        LEFT JOIN event_sponsors AS s ON s.account_id = $1 AND s.id = d.sponsor_id
        LEFT JOIN partners AS p ON p.account_id = $1 AND p.id = d.partner_id
        WHERE d.account_id = $1 AND d.contractor_id = $2 AND NOT d.deleted AND coalesce(d.status, '') <> 'cancelled'
        AND d.starts_at > turn.received_at - interval '1 day'),
    'before', (SELECT coalesce(json_agg(m), '[]') FROM (
        SELECT id AS message_id, direction, body, purpose, origin, said_at AS at FROM recent_messages
        WHERE account_id = $1 AND conversation_id = turn.conversation_id AND said_at <= turn.received_at
        AND NOT turn.messages @> jsonb_build_array(jsonb_build_object('message_id', id))
        ORDER BY said_at DESC, id DESC LIMIT 3) AS m),
    'last_turn', (SELECT json_build_object('id', id, 'ai_run_id', ai_run_id, 'changes', changes) FROM concierge_turns
        WHERE account_id = $1 AND contractor_id = $2 AND status = 'done' AND changes <> '[]' AND intent <> 'undo'
        AND seq < turn.seq AND received_at > turn.received_at - interval '1 day'
        ORDER BY seq DESC LIMIT 1 OFFSET (SELECT count(*) FROM undone)),
    'answered_before', EXISTS (SELECT FROM concierge_turns
        WHERE account_id = $1 AND contractor_id = $2 AND reply IS NOT NULL)
)::text FROM turn
"""


OF_OLDEST_OPEN, OF_THIS = _KNOW % _OLDEST_OPEN, _KNOW % _THIS


async def begin_turn(db: Db, contractor_id: UUID) -> str | None:
    """Mark the contractor's oldest open turn as running; it and all that may be known for it, as JSON."""
    stored: str | None = await db.raw.fetchval(OF_OLDEST_OPEN, db.account_id, contractor_id)
    return stored


async def look_at_turn(db: Db, contractor_id: UUID, turn_id: UUID) -> str:
    """The same of a turn that is over, as things are now."""
    return str(await db.raw.fetchval(OF_THIS, db.account_id, contractor_id, turn_id))
