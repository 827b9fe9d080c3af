"""Takes in what people say: stored with its outbox row before anybody is answered; consent words obeyed first."""

from datetime import datetime
from typing import Literal

from services.messaging.consent import use_cases as consent
from services.messaging.inbound import queries
from services.messaging.inbound.forms import Text
from shared import crash_points
from shared.bus.outbox import emit
from shared.contracts.messaging import MessageReceived
from shared.db.database import Database, Tenant
from shared.text.consent import Consent, recognise

Outcome = Literal["stored", "duplicate", "unknown_number"]


async def receive(database: Database, text: Text, *, sent_on: datetime | None = None) -> Outcome:
    """Store a text once, however often it comes. `sent_on`: the provider's time, for one that was missed."""
    wish = recognise(text.body)
    if wish is not None:
        return await _receive_wish(database, text, wish, sent_on)
    crash_points.passing("receive.before")
    async with database.connection() as connection:
        row = await queries.receive_message(connection, text, sent_on=sent_on)
    crash_points.passing("receive.after")
    outcome: Outcome = row["outcome"]
    return outcome


async def _receive_wish(database: Database, text: Text, wish: Consent, sent_on: datetime | None) -> Outcome:
    """What the text says about texting holds from the moment the text is stored."""
    async with database.begin() as db:
        row = await queries.receive_message(db.raw, text, sent_on=sent_on, announce=False)
        outcome: Outcome = row["outcome"]
        if outcome != "stored":
            return outcome
        await db.become(Tenant(row["of_account"]))
        received = MessageReceived.model_validate_json(row["payload"])
        if not (wish.may_answer and received.open_questions):
            obeyed, opted_out = await consent.obey(db, received, wish)
            received = received.model_copy(update={"obeyed": obeyed, "opted_out": opted_out})
        await emit(db, received)
        await db.notify("messages")
    return outcome
