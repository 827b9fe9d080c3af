"""CloudEvents 1.0 in Kafka's binary mode: attributes in headers, the JSON payload as the value."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Envelope:
    """One message with its attributes. `payload` is JSON text."""

    id: UUID
    source: str
    type: str
    time: datetime
    subject: str
    account_id: UUID
    key: str
    topic: str
    payload: str
    traceparent: str | None = None

    def headers(self) -> list[tuple[str, bytes]]:
        attributes = {
            "ce_specversion": "1.0",
            "ce_id": str(self.id),
            "ce_source": self.source,
            "ce_type": self.type,
            "ce_time": self.time.isoformat(),
            "ce_subject": self.subject,
            "ce_accountid": str(self.account_id),
            "content-type": "application/json",
        }
        if self.traceparent:
            attributes["traceparent"] = self.traceparent
        return [(name, value.encode()) for name, value in attributes.items()]

    @classmethod
    def of_record(cls, topic: str, key: bytes | None, headers: Sequence[tuple[str, bytes]], value: bytes) -> "Envelope":
        """Raises ValueError (KeyError for a missing attribute) when the record is no CloudEvent of ours."""
        named = decode_headers(headers)
        if b"\0" in (value or b"\0") or b"\0" in (key or b""):
            raise ValueError("a body that is no JSON text")
        return cls(
            id=UUID(named["ce_id"]),
            source=named["ce_source"],
            type=named["ce_type"],
            time=datetime.fromisoformat(named["ce_time"]),
            subject=named["ce_subject"],
            account_id=UUID(named["ce_accountid"]),
            key=(key or b"").decode(),
            topic=topic,
            payload=value.decode(),
            traceparent=named.get("traceparent"),
        )

    def as_json(self) -> dict[str, Any]:
        """For a dead letter's row."""
        return {
            **{name: str(getattr(self, name)) for name in ("id", "source", "type", "subject", "account_id")},
            **{name: getattr(self, name) for name in ("key", "topic", "payload", "traceparent")},
            "time": self.time.isoformat(),
        }

    @classmethod
    def of_json(cls, stored: dict[str, Any]) -> "Envelope":
        return cls(
            **{
                **stored,
                "id": UUID(stored["id"]),
                "account_id": UUID(stored["account_id"]),
                "time": datetime.fromisoformat(stored["time"]),
            }
        )


def decode_headers(headers: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    return {name: (value or b"").decode("utf-8", "replace") for name, value in headers}


def type_of(headers: Iterable[tuple[str, bytes]]) -> str:
    """The message's type; empty for a record that is no CloudEvent."""
    return next(((value or b"").decode("utf-8", "replace") for name, value in headers if name == "ce_type"), "")
