"""What was said, either way: the truth of delivery, and the queue of what is to be sent."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.messaging.base import Base
from services.messaging.messages.rules import STATUSES
from shared.db.base import Editable, Leased, TenantRow, one_of

_WAITING = text("status = 'pending'")


class Message(TenantRow, Leased, Editable, Base):
    """`seq` is the order within a conversation: it is given while the conversation is locked.

    `asked_at`, `calling_at`: when the provider was first and last asked for what it may have taken. While `calling_at` stands it
    is being asked, or was when the process died; with `verify` it answered with an error of its own, so look before asking again.
    `slot_at`: the message's turn in its number's bucket, paid for. All of the real clock. `time_zone` is what its owner planned by.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("account_id", "provider_sid"),
        UniqueConstraint("account_id", "message_key"),
        ForeignKeyConstraint(["account_id", "conversation_id"], ["conversations.account_id", "conversations.id"]),
        Index(None, "account_id", "conversation_id", "id"),
        Index(None, "account_id", "contractor_id", "id"),
        Index(None, "account_id", "status", "id"),
        Index(None, "account_id", "direction", "id"),
        Index("ix_messages_to_send", "run_after", postgresql_where=_WAITING),
        Index("ix_messages_waiting", "account_id", "conversation_id", "seq", postgresql_where=_WAITING),
        Index("ix_messages_in_doubt", "run_after", postgresql_where=text("status = 'in_doubt'")),
        one_of("direction", ("inbound", "outbound")),
        one_of("channel", ("sms", "email")),
        one_of("status", STATUSES),
    )

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    conversation_id: Mapped[UUID | None]
    contractor_id: Mapped[UUID | None]
    direction: Mapped[str]
    status: Mapped[str]
    channel: Mapped[str] = mapped_column(server_default=text("'sms'"))
    body: Mapped[str]
    address: Mapped[str | None]
    our_address: Mapped[str | None]
    provider_sid: Mapped[str | None]
    message_key: Mapped[str | None]
    purpose: Mapped[str | None]
    origin_service: Mapped[str | None]
    origin_type: Mapped[str | None]
    origin_id: Mapped[UUID | None]
    in_reply_to_message_id: Mapped[UUID | None]
    question: Mapped[dict[str, Any] | None]
    conversation_epoch: Mapped[int | None]
    not_before: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    segments: Mapped[int | None]
    media: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    error_code: Mapped[int | None]
    received_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    time_zone: Mapped[str | None]
    slot_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    calling_at: Mapped[datetime | None]
    verify: Mapped[bool] = mapped_column(server_default=text("false"))
    counted_on: Mapped[date | None]
