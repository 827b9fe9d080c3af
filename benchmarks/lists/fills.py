"""Fills a service's tables with set-based inserts: one account has nine rows of ten, a hundred small ones share the rest.

`given` says of the n-th row of every table whose it is. A row that refers to another takes it from the same account, so that a
person has a hundred rows of a table, an event a thousand, a conversation or a promise twenty.
"""

import asyncpg

SMALL_ACCOUNTS = 100
LEAST_ROWS = 2_000  # below, a small account has no row to refer to
# Every tenth row is a small account's; its own first rows are the n = 10 (a - 1) of each thousand.
_GIVEN = f"""
CREATE UNLOGGED TABLE given AS
WITH numbered AS (
    SELECT n, CASE WHEN n % 10 = 0 THEN n / 10 % {SMALL_ACCOUNTS} + 1 ELSE 0 END AS a FROM generate_series(1, $1::int) AS n
), placed AS (
    SELECT n, md5('account ' || a)::uuid AS account_id, (hashint4(n) & 2147483647) % 1000 AS chance,
        CASE a WHEN 0 THEN n * 31::bigint % greatest($1 / 100, 2) * 10 + 1
            ELSE n * 31::bigint % greatest($1 / 100000, 1) * 1000 + 1000 + 10 * (a - 1) END AS person,
        CASE a WHEN 0 THEN n * 37::bigint % greatest($1 / 1000, 2) * 10 + 1 ELSE 1000 + 10 * (a - 1) END AS event,
        CASE a WHEN 0 THEN n / 20 * 20 + 1 ELSE n / 20000 * 1000 % ($1 - 1000) + 1000 + 10 * (a - 1) END AS parent
    FROM numbered
), ids AS (SELECT n, uuidv7() AS id FROM numbered)
SELECT placed.n, account_id, chance, ids.id, people.id AS person, events.id AS event, parents.id AS parent,
    now() - ($1 - placed.n) * interval '30 seconds' AS at
FROM placed JOIN ids USING (n) JOIN ids AS people ON people.n = person JOIN ids AS events ON events.n = event
JOIN ids AS parents ON parents.n = parent ORDER BY placed.n
"""
_LETTERS = {
    "consumer": "'x'", "event_id": "id", "topic": "'followthrough.directory'", "key": "'key ' || n",
    "type": "'contractor.updated.v1'", "envelope": "'{}'",
    "state": "(ARRAY['replayed', 'replayed', 'dead', 'parked'])[chance % 4 + 1]",
}  # fmt: skip
_ARCHIVED = "CASE WHEN chance < 20 THEN 'archived' ELSE 'active' END"
_EMAIL = "'person' || n || '@example.com'"
# There are only so many numbers for examples: other people have none, other conversations an area code that nobody has.
_KNOWN = "CASE WHEN n < 100 THEN '+121455501' || lpad(n::text, 2, '0')"
_PHONE = f"{_KNOWN} END"
_ADDRESS = f"{_KNOWN} ELSE '+1000' || lpad(n::text, 7, '0') END"
_REPLICAS = {"contractors": {"full_name": "'Person ' || n", "phone": _PHONE}, "events": {"name": "'Event ' || n"}}
_TABLES: dict[str, dict[str, dict[str, str]]] = {
    "directory": {
        "users": {"email": _EMAIL, "full_name": "'Person ' || n", "status": _ARCHIVED},
        "account_users": {
            "user_id": "id",
            "role": "CASE WHEN chance < 10 THEN 'csm' WHEN n < 200 THEN 'owner' ELSE 'contractor' END",
        },
        "api_keys": {
            "name": "'Key'", "prefix": "'ft_'", "key_hash": "md5(n::text)", "role": "'csm'",
            "revoked_at": "CASE WHEN chance < 500 THEN at END",
        },
        "contractors": {
            "user_id": "id", "phone": _PHONE, "email": _EMAIL, "status": _ARCHIVED, "provisional": "chance >= 980",
        },
        "partners": {"name": "'Partner ' || n", "status": _ARCHIVED},
        "events": {
            "name": "'Event ' || n", "date": "date '2020-01-01' + n % 4000", "ends_on": "date '2020-01-02' + n % 4000",
            "time_zone": "'America/Chicago'", "status": _ARCHIVED,
        },
        "event_sessions": {"event_id": "event", "title": "'Talk ' || n"},
        "event_speakers": {"event_id": "event", "full_name": "'Speaker ' || n"},
        "event_sponsors": {"event_id": "event", "name": "'Sponsor ' || n", "partner_id": "parent"},
        "attendees": {
            "event_id": "event", "contractor_id": "id", "email": _EMAIL, "phone": _PHONE,
            "status": "CASE WHEN chance < 20 THEN 'no_show' ELSE 'registered' END",
        },
        "demo_bookings": {
            "contractor_id": "person", "event_id": "event", "sponsor_id": "parent", "partner_id": "parent",
            "starts_at": "at", "status": "CASE WHEN chance < 20 THEN 'no_show' ELSE 'booked' END",
        },
    },
    "messaging": {
        "conversations": {
            "our_address": "'+12145550100'", "address": _ADDRESS, "contractor_id": "person", "last_message_at": "at",
            "mode": "CASE WHEN chance < 10 THEN 'staff' ELSE 'concierge' END",
        },
        "messages": {
            "conversation_id": "parent", "contractor_id": "person", "body": "'Met Alex Jones, wants a quote for a roof'",
            "direction": "CASE WHEN chance < 500 THEN 'inbound' ELSE 'outbound' END", "message_key": "'key ' || n",
            "status": "CASE WHEN chance < 500 THEN 'received' WHEN chance < 503 THEN 'failed' WHEN chance = 503 THEN 'pending'"
            " WHEN chance < 700 THEN 'sent' ELSE 'delivered' END",
        },
        "suppressions": {
            "channel": "'sms'", "address": _ADDRESS, "scope": "'everything'", "active": "true", "reason": "'STOP'",
        },
        "sender_numbers": {"number": _ADDRESS},
    },
    "actions": {
        **_REPLICAS,
        "event_notes": {
            "contractor_id": "person", "event_id": "event", "captured_at": "at", "note_text": "'Met Alex Jones'",
            "note_type": "CASE WHEN chance < 5 THEN 'sponsor_note' WHEN chance < 300 THEN 'contact' ELSE 'general' END",
            "source_message_id": "id", "speaker_id": "parent", "sponsor_id": "parent",
            "requires_followup": "chance < 300", "followup_completed": "chance < 200",
        },
        "contractor_action_items": {
            "contractor_id": "person", "event_id": "event", "title": "'Send Alex Jones a quote'", "priority": "n / 10 % 10 + 1",
            "due_date": "CASE WHEN chance % 3 > 0 THEN at + interval '7 days' END", "related_note_id": "parent",
            "status": "CASE WHEN chance < 600 THEN 'completed' WHEN chance < 605 THEN 'deferred' WHEN chance < 650"
            " THEN 'in_progress' WHEN chance < 700 THEN 'cancelled' ELSE 'pending' END",
            "completed_at": "CASE WHEN chance < 600 THEN at END", "source_message_id": "id", "related_partner_id": "parent",
            "related_demo_booking_id": "parent", "ai_generated": "chance < 900",
            "action_type": "CASE WHEN chance < 5 THEN 'implement_tool' WHEN chance < 500 THEN 'contact_peer' ELSE 'follow_up' END",
        },
        "action_item_updates": {
            "action_item_id": "parent", "contractor_id": "person", "update_type": "'status_change'",
            "updated_by": "'contractor'", "update_source": "'sms_conversation'",
        },
        "concierge_turns": {
            "contractor_id": "person", "conversation_id": "parent", "conversation_epoch": "1", "channel": "'sms'",
            "address": _ADDRESS, "message_id": "id", "messages": "'[]'", "received_at": "at",
            "status": "CASE WHEN chance < 5 THEN 'failed' WHEN chance < 100 THEN 'silent' ELSE 'done' END",
        },
        "labelled_texts": {
            "contractor_id": "person", "text": "'x'", "was_read": "'{}'", "correction": "'{}'", "corrected_by": "'contractor'",
        },
        "email_intro_drafts": {
            "action_item_id": "id", "contractor_id": "person", "subject": "'x'", "body": "'x'",
            "status": "CASE WHEN chance < 20 THEN 'draft' WHEN chance < 25 THEN 'approved' WHEN chance < 700 THEN 'sent'"
            " ELSE 'discarded' END",
            "approved_at": "CASE WHEN chance BETWEEN 20 AND 699 THEN at END",
            "sent_at": "CASE WHEN chance BETWEEN 25 AND 699 THEN at END",
        },
    },
    "followups": {
        **_REPLICAS,
        "contractor_followup_schedules": {
            "contractor_id": "person", "action_item_id": "parent", "event_id": "event", "followup_type": "'check_in'",
            "planned_by": "'policy'", "purpose": "CASE WHEN chance < 20 THEN 'priorities' WHEN chance < 40 THEN 'suggestion'"
            " ELSE 'check_in' END",
            "status": "CASE WHEN n < 200 OR chance < 200 THEN 'scheduled' WHEN chance < 500 THEN 'sent' WHEN chance < 900"
            " THEN 'responded' ELSE 'cancelled' END",
            "scheduled_time": "CASE WHEN n < 200 THEN now() WHEN chance < 200 THEN at + interval '2 years' ELSE at END",
            "send_at": "CASE WHEN n < 200 THEN now() WHEN chance < 200 THEN at + interval '2 years' ELSE at END",
            "handed_over_at": "CASE WHEN n >= 200 AND chance >= 200 THEN at END",
        },
    },
}  # fmt: skip


async def fill(connection: asyncpg.Connection, service: str, rows: int) -> None:
    """So many rows in every table that a list of the service reads, in place of what was there. The role is the server's own."""
    await connection.execute("SET session_replication_role = replica; DROP TABLE IF EXISTS given")
    await connection.execute(_GIVEN.replace("$1", str(rows)))
    for table, columns in {**_TABLES[service], "dead_letters": _LETTERS}.items():
        names, values = ", ".join(columns), ", ".join(columns.values())
        await connection.execute(f"TRUNCATE {table} CASCADE")
        await connection.execute(
            f"INSERT INTO {table} (account_id, id, {names}) SELECT account_id, id, {values} FROM given ORDER BY n"
        )
    if service != "messaging":
        await connection.execute("TRUNCATE accounts CASCADE")
        await connection.execute(
            "INSERT INTO accounts (account_id, id, name) SELECT DISTINCT account_id, account_id, 'Filled' FROM given"
        )
    await connection.execute("RESET session_replication_role")
    await connection.execute("VACUUM ANALYZE")
