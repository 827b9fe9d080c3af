"""Every statement about suggestions and their rounds."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.actions.suggestions.rules import Partner, Person
from shared.db.database import Db
from shared.db.jobs import Lease, Queue

# Business time begins a round, and nobody tells of it: the loop looks.
ROUNDS = Queue(
    "suggestion_rounds", "done_at IS NULL AND starts_at <= app_clock()", dead="done_at = app_clock()", notified=False
)
_PLAN = """
INSERT INTO suggestion_rounds (account_id, id, starts_at) VALUES ($1, $2, $3)
ON CONFLICT (account_id, id) DO UPDATE SET starts_at = excluded.starts_at
WHERE suggestion_rounds.done_at IS NULL AND suggestion_rounds.reached IS NULL
"""
_DROP = "DELETE FROM suggestion_rounds WHERE account_id = $1 AND id = $2 AND done_at IS NULL"
_FIND_EVENT = """
SELECT e.name, r.reached FROM suggestion_rounds AS r JOIN events AS e ON e.account_id = $1 AND e.id = r.id
WHERE r.account_id = $1 AND r.id = $2 AND NOT e.deleted AND coalesce(e.status, 'active') = 'active'
"""
_PARTNERS = """
SELECT p.id, p.name, p.focus_areas, EXISTS (
    SELECT FROM event_sponsors AS s WHERE s.account_id = $1 AND s.event_id = $2 AND NOT s.deleted
    AND (s.partner_id = p.id OR lower(s.name) = lower(p.name))) AS was_there
FROM partners AS p
WHERE p.account_id = $1 AND NOT p.deleted AND coalesce(p.status, 'active') = 'active' AND p.name IS NOT NULL
AND p.focus_areas <> '{}'
"""
_PEOPLE = """
WITH people AS (
    SELECT DISTINCT c.id, c.focus_areas FROM attendees AS a
    JOIN contractors AS c ON c.account_id = $1 AND c.id = a.contractor_id
    WHERE a.account_id = $1 AND a.event_id = $2 AND NOT a.deleted AND coalesce(a.status, '') NOT IN ('cancelled', 'no_show')
    AND NOT c.deleted AND c.focus_areas <> '{}' AND ($3::uuid IS NULL OR c.id > $3)
    ORDER BY c.id LIMIT $4)
SELECT people.id, people.focus_areas, ARRAY(
    SELECT partner_id FROM partner_suggestions WHERE account_id = $1 AND contractor_id = people.id
    UNION SELECT related_partner_id FROM contractor_action_items
        WHERE account_id = $1 AND contractor_id = people.id AND related_partner_id IS NOT NULL
    UNION SELECT coalesce(d.partner_id, s.partner_id) FROM demo_bookings AS d
        LEFT JOIN event_sponsors AS s ON s.account_id = $1 AND s.id = d.sponsor_id
        WHERE d.account_id = $1 AND d.contractor_id = people.id AND NOT d.deleted
        AND coalesce(d.partner_id, s.partner_id) IS NOT NULL
    UNION SELECT s.partner_id FROM event_notes AS n
        JOIN event_sponsors AS s ON s.account_id = $1 AND s.id = n.sponsor_id
        WHERE n.account_id = $1 AND n.contractor_id = people.id AND n.deleted_at IS NULL AND s.partner_id IS NOT NULL
    UNION SELECT s.partner_id FROM contractor_action_items AS i
        JOIN event_sponsors AS s ON s.account_id = $1 AND s.id = i.related_sponsor_id
        WHERE i.account_id = $1 AND i.contractor_id = people.id AND s.partner_id IS NOT NULL
) AS partner_ids, concat_ws(' | ',
    (SELECT string_agg(note_text, ' | ') FROM event_notes
        WHERE account_id = $1 AND contractor_id = people.id AND deleted_at IS NULL),
    (SELECT string_agg(concat_ws(' | ', title, description, person_name), ' | ') FROM contractor_action_items
        WHERE account_id = $1 AND contractor_id = people.id),
    (SELECT string_agg(concat_ws(' | ', d.company, s.name), ' | ') FROM demo_bookings AS d
        LEFT JOIN event_sponsors AS s ON s.account_id = $1 AND s.id = d.sponsor_id
        WHERE d.account_id = $1 AND d.contractor_id = people.id AND NOT d.deleted)) AS said
FROM people ORDER BY people.id
"""
_INSERT = """
INSERT INTO partner_suggestions (account_id, contractor_id, partner_id, event_id, action_item_id, reason)
VALUES ($1, $2, $3, $4, $5, $6)
"""


async def plan_round(db: Db, event_id: UUID, starts_at: datetime) -> None:
    """What has begun stays as it is."""
    await db.raw.execute(_PLAN, db.account_id, event_id, starts_at)


async def drop_round(db: Db, event_id: UUID) -> None:
    await db.raw.execute(_DROP, db.account_id, event_id)


async def find_round(db: Db, event_id: UUID) -> tuple[str | None, UUID | None] | None:
    """The event's name, and whom the round has reached; None where the event is gone."""
    row = await db.raw.fetchrow(_FIND_EVENT, db.account_id, event_id)
    return (row["name"], row["reached"]) if row else None


async def list_partners(db: Db, event_id: UUID) -> list[Partner]:
    return [Partner(**dict(row)) for row in await db.raw.fetch(_PARTNERS, db.account_id, event_id)]


async def list_people(db: Db, event_id: UUID, reached: UUID | None, limit: int) -> Sequence[Person]:
    """Contractors with a focus who were there, in order, after `reached`."""
    rows = await db.raw.fetch(_PEOPLE, db.account_id, event_id, reached, limit)
    return [Person(**dict(row)) for row in rows]


async def insert_suggestion(
    db: Db, contractor_id: UUID, partner_id: UUID, event_id: UUID, item_id: UUID, reason: str
) -> None:
    """Fails where two rounds suggest the same at once: the later one begins again, and sees it."""
    await db.raw.execute(_INSERT, db.account_id, contractor_id, partner_id, event_id, item_id, reason)


async def reach(db: Db, lease: Lease, contractor_id: UUID) -> None:
    statement = "UPDATE suggestion_rounds SET reached = $3 WHERE account_id = $1 AND id = $2"
    await db.raw.execute(statement, lease.account_id, lease.id, contractor_id)


async def finish(db: Db, event_id: UUID) -> None:
    statement = (
        "UPDATE suggestion_rounds SET done_at = app_clock(), leased_until = NULL WHERE account_id = $1 AND id = $2"
    )
    await db.raw.execute(statement, db.account_id, event_id)
