"""Domain events and commands, written in the transaction of the change that they tell of."""

from collections.abc import Sequence

from shared.contracts.base import Message
from shared.db.database import Db
from shared.errors import TooLarge
from shared.telemetry.traces import current_traceparent

MAX_PAYLOAD_BYTES = 900_000  # Kafka's clients and brokers take 1 MiB, attributes included; the table checks it too.

_INSERT = (
    "INSERT INTO outbox (account_id, topic, key, type, subject, occurred_at, traceparent, payload)"
    " SELECT $1, t, k, ty, s, $6, $7, p FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $8::text[])"
    " WITH ORDINALITY AS given (t, k, ty, s, p, n) ORDER BY n"
)


async def emit(db: Db, *messages: Message) -> None:
    """Write `messages` to the outbox. Call it while the row that is each message's key is locked: that makes `seq` commit order.

    Raises TooLarge for what Kafka would not take."""
    await emit_all(db, messages)


async def emit_all(db: Db, messages: Sequence[Message]) -> None:
    if not messages:
        return
    await db.flush()
    payloads = [message.model_dump_json() for message in messages]
    for message, payload in zip(messages, payloads, strict=True):
        size = len(payload.encode())
        if size > MAX_PAYLOAD_BYTES:
            raise TooLarge(
                f"This has {size} bytes as a {message.type} message, and {MAX_PAYLOAD_BYTES} can be sent. Shorten it."
            )
    await db.raw.execute(
        _INSERT,
        db.account_id,
        [message.topic_for(db.service) for message in messages],
        [message.key for message in messages],
        [message.type for message in messages],
        [message.subject for message in messages],
        db.now,
        current_traceparent(),
        payloads,
    )
