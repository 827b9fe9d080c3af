"""Every statement about drafts of introductions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.actions.action_items.models import OPEN_STATUSES
from services.actions.action_items.queries import lock_item
from services.actions.drafts.errors import DraftNotFound
from services.actions.drafts.models import EmailIntroDraft, EmailIntroRequest
from shared.db.database import Db
from shared.db.jobs import Queue

REQUESTS = Queue("email_intro_requests", "done_at IS NULL", dead="done_at = app_clock()")
OPEN_DRAFTS = ("draft", "approved")

_FIND_KNOWN = """
SELECT i.title, i.action_type, i.person_name, i.topic, i.status, n.note_text, c.full_name AS sender, c.company AS sender_company,
    e.name AS event, peer.full_name AS peer, peer.email AS peer_email, s.full_name AS speaker, s.email AS speaker_email,
    coalesce(p.name, sponsor.name) AS company, n.extracted_entities->'names' AS names, n.extracted_entities->'emails' AS emails
FROM contractor_action_items AS i
JOIN contractors AS c ON c.account_id = $1 AND c.id = i.contractor_id
LEFT JOIN events AS e ON e.account_id = $1 AND e.id = i.event_id
LEFT JOIN contractors AS peer ON peer.account_id = $1 AND peer.id = i.related_peer_contractor_id
LEFT JOIN event_speakers AS s ON s.account_id = $1 AND s.id = i.related_speaker_id
LEFT JOIN event_sponsors AS sponsor ON sponsor.account_id = $1 AND sponsor.id = i.related_sponsor_id
LEFT JOIN partners AS p ON p.account_id = $1 AND p.id = i.related_partner_id
LEFT JOIN event_notes AS n ON n.account_id = $1 AND n.id = i.related_note_id AND n.deleted_at IS NULL
WHERE i.account_id = $1 AND i.id = $2
AND NOT EXISTS (SELECT FROM email_intro_drafts AS d
    WHERE d.account_id = $1 AND d.action_item_id = i.id AND d.status IN ('draft', 'approved'))
"""


@dataclass(frozen=True)
class Known:
    """What is known of an open promise that has no open draft."""

    title: str
    action_type: str
    person_name: str | None
    topic: str | None
    note_text: str | None
    sender: str | None
    sender_company: str | None
    event: str | None
    peer: str | None
    peer_email: str | None
    speaker: str | None
    speaker_email: str | None
    company: str | None
    names: list[str]
    emails: list[str]


async def find_known(db: Db, item_id: UUID) -> Known | None:
    """None where nothing is to be written any more."""
    row = await db.raw.fetchrow(_FIND_KNOWN, db.account_id, item_id)
    if row is None or row["status"] not in OPEN_STATUSES:
        return None
    values = {name: value for name, value in row.items() if name != "status"}
    return Known(**{**values, "names": values["names"] or [], "emails": values["emails"] or []})


async def request(db: Db, item_id: UUID, show_to: dict[str, Any] | None = None) -> None:
    """Asked for once more, it is written anew: who is at it loses the lease."""
    statement = insert(EmailIntroRequest).values(account_id=db.account_id, id=item_id, show_to=show_to)
    anew = {
        "done_at": None,
        "show_to": show_to,
        "leased_until": None,
        "attempts": 0,
        "fence": EmailIntroRequest.fence + 1,
    }
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=["account_id", "id"], set_={**anew, "run_after": func.clock_timestamp()}
        )
    )
    await db.notify(REQUESTS.table)


async def take_asker(db: Db, item_id: UUID) -> dict[str, Any] | None:
    """The turn that is to be shown the draft, once."""
    asker: dict[str, Any] | None = await db.scalar(
        select(EmailIntroRequest.show_to).where(EmailIntroRequest.id == item_id)
    )
    await db.execute(update(EmailIntroRequest).where(EmailIntroRequest.id == item_id).values(show_to=None))
    return asker


async def finish(db: Db, item_id: UUID) -> None:
    await db.raw.execute(
        "UPDATE email_intro_requests SET done_at = app_clock(), leased_until = NULL WHERE account_id = $1 AND id = $2",
        *(db.account_id, item_id),
    )


def list_drafts(equal: Mapping[str, Any]) -> Select[EmailIntroDraft]:
    """`equal` by column name; what is None there does not count."""
    return select(EmailIntroDraft).where(
        *(getattr(EmailIntroDraft, name) == value for name, value in equal.items() if value is not None)
    )


async def get_draft(db: Db, draft_id: UUID) -> EmailIntroDraft:
    return _found(await db.scalar(select(EmailIntroDraft).where(EmailIntroDraft.id == draft_id)))


async def lock_draft(db: Db, draft_id: UUID) -> EmailIntroDraft:
    """After its promise: everybody locks in this order."""
    await lock_item(db, (await get_draft(db, draft_id)).action_item_id)
    statement = select(EmailIntroDraft).where(EmailIntroDraft.id == draft_id).with_for_update()
    return _found(await db.scalar(statement, execution_options={"populate_existing": True}))


async def lock_open_draft(db: Db, item_id: UUID) -> EmailIntroDraft | None:
    statement = (
        list_drafts({"action_item_id": item_id}).where(EmailIntroDraft.status.in_(OPEN_DRAFTS)).with_for_update()
    )
    found: EmailIntroDraft | None = await db.scalar(statement, execution_options={"populate_existing": True})
    return found


def _found(draft: EmailIntroDraft | None) -> EmailIntroDraft:
    if draft is None:
        raise DraftNotFound("There is no such draft.")
    return draft
