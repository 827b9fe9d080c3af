"""What a service reacts to: its handlers and replicas by type of message."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.bus.envelope import Envelope
from shared.contracts.base import Message
from shared.db.database import Db
from shared.telemetry.traces import span_from

Handler = Callable[[Db, Any], Awaitable[None]]


@dataclass(frozen=True)
class Only:
    """A handler with a condition on the message alone: what does not meet it costs no transaction."""

    when: Callable[[Any], bool]
    handler: Handler


@dataclass(frozen=True)
class Incoming:
    """What some handler wants; `message` where it was read already to know that."""

    envelope: Envelope
    message: Message | None = None


@dataclass
class Subscription:
    """What one service reacts to: `urgent` messages at once (all with a handler, if not said), others a little later, together."""

    handlers: Mapping[type[Message], Handler | Only]
    replicas: Mapping[type[Message], Handler] = field(default_factory=dict)
    urgent: Collection[type[Message]] | None = None

    def __post_init__(self) -> None:
        self._kinds: dict[str, type[Message]] = {}
        self._handlers: dict[str, list[Handler | Only]] = {}
        for table in (self.replicas, self.handlers):
            for kind, handler in table.items():
                self._kinds[kind.type] = kind
                self._handlers.setdefault(kind.type, []).append(handler)
        self._conditional = {
            name for name, handlers in self._handlers.items() if all(isinstance(each, Only) for each in handlers)
        }
        self.topics = sorted({kind.topic_for(kind.of) for kind in self._kinds.values()})
        self.urgent_types = frozenset(kind.type for kind in (self.handlers if self.urgent is None else self.urgent))

    def knows(self, message_type: str) -> bool:
        return message_type in self._kinds

    def accept(self, envelope: Envelope) -> Incoming | None:
        """None for what no condition wants. What cannot be decided is wanted: `handle` fails on it, where it is counted."""
        if envelope.type not in self._conditional:
            return Incoming(envelope)
        try:
            message = self._read(envelope)
            is_wanted = any(_applies(handler, message) for handler in self._handlers[envelope.type])
        except Exception:
            return Incoming(envelope)
        return Incoming(envelope, message) if is_wanted else None

    async def handle(self, db: Db, incoming: Incoming) -> None:
        """Run every handler of the message on `db`. Raises what they raise, and ValueError for a payload that does not fit."""
        envelope = incoming.envelope
        with span_from(envelope.traceparent, f"handle {envelope.type}"):
            message = incoming.message or self._read(envelope)
            for handler in self._handlers[envelope.type]:
                if _applies(handler, message):
                    await (handler.handler if isinstance(handler, Only) else handler)(db, message)
            await db.flush()
            db.expunge_all()  # the next message of the batch reads what this one wrote

    def _read(self, envelope: Envelope) -> Message:
        return self._kinds[envelope.type].model_validate_json(envelope.payload)


def _applies(handler: Handler | Only, message: Message) -> bool:
    return not isinstance(handler, Only) or handler.when(message)
