"""Tells a service of a domain event as its consumer does, without a broker."""

from shared.bus.envelope import Envelope
from shared.bus.subscription import Incoming, Subscription
from shared.contracts.base import Message
from shared.db.database import Db
from shared.ids import uuid7


async def tell(subscription: Subscription, db: Db, event: Message) -> None:
    """Every handler that wants it, in `db`'s transaction and tenant."""
    assert db.account_id is not None
    if subscription.knows(event.type):
        envelope = Envelope(
            id=uuid7(),
            source="/services/tests",
            type=event.type,
            time=db.now,
            subject=event.subject,
            account_id=db.account_id,
            key=event.key,
            topic=event.topic_for("tests"),
            payload=event.model_dump_json(),
        )
        await subscription.handle(db, Incoming(envelope))
