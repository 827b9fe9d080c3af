"""Writes drafts: lease, ask without a transaction, finish under the fence."""

from dataclasses import asdict, dataclass

from services.actions.action_items.models import OPEN_STATUSES
from services.actions.action_items.queries import lock_item
from services.actions.drafts import queries
from services.actions.drafts.facts import Introduction, IntroFacts
from services.actions.drafts.models import EmailIntroDraft
from services.actions.drafts.queries import REQUESTS, Known
from services.actions.drafts.rules import address_of, parties_of
from services.actions.drafts.showing import show
from services.actions.drafts.tasks import DRAFT_INTRO
from shared.ai.records import Outcome
from shared.ai.runner import Ai
from shared.bus.outbox import emit
from shared.contracts.actions import EmailIntroDraftCreated
from shared.contracts.ai import AiRunCompleted
from shared.db.database import Database, Db
from shared.db.jobs import Lease, tenant_of


@dataclass(frozen=True)
class Drafting:
    database: Database
    ai: Ai

    async def work(self, lease: Lease) -> None:
        """The job's id is the promise's."""
        async with self.database.begin(tenant_of(lease)) as db:
            known = await queries.find_known(db, lease.id)
            if known is None:
                await REQUESTS.hold(db, lease)
                await show(db, await queries.lock_open_draft(db, lease.id))
                await queries.finish(db, lease.id)
                return
        facts = facts_of(known)
        outcome = await self.ai.run(DRAFT_INTRO, facts, account_id=lease.account_id, subject_id=lease.id)
        async with self.database.begin(tenant_of(lease)) as db:
            await _keep(db, lease, facts, email_of(known, facts), outcome)


def facts_of(known: Known) -> IntroFacts:
    parties = parties_of(known.title, known.person_name or known.peer or known.speaker)
    to_name = parties.to or known.company
    return IntroFacts(
        kind="introduction" if known.action_type == "email_intro" else "promise",
        promise=known.title,
        note=known.note_text,
        sender=known.sender,
        sender_company=known.sender_company,
        to_name=to_name,
        to_is_company=to_name is not None and to_name == known.company,
        introduced=parties.introduced,
        event=known.event,
        topic=known.topic,
    )


def email_of(known: Known, facts: IntroFacts) -> str | None:
    addresses = ((known.peer, known.peer_email), (known.speaker, known.speaker_email))
    by_name = [(name, address) for name, address in addresses if address]
    return address_of(facts.to_name, known.names, known.emails, by_name)


async def _keep(db: Db, lease: Lease, facts: IntroFacts, to_email: str | None, outcome: Outcome[Introduction]) -> None:
    """The promise before its request: everybody locks in this order. What was dropped meanwhile needs no draft."""
    item = await lock_item(db, lease.id)
    await REQUESTS.hold(db, lease)
    draft = await queries.lock_open_draft(db, item.id)
    if item.status in OPEN_STATUSES and draft is None:
        draft = EmailIntroDraft(
            action_item_id=item.id,
            contractor_id=item.contractor_id,
            to_name=facts.to_name,
            to_email=to_email,
            subject=outcome.output.subject,
            body=outcome.output.body,
        )
        db.add(draft)
        await db.flush()
        await emit(db, EmailIntroDraftCreated.of_row(draft))
    await show(db, draft)
    await queries.finish(db, lease.id)
    await emit(db, AiRunCompleted(**asdict(outcome.run), completed_at=db.now))
