"""Who talks with whom: one conversation per account, our address and theirs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.messaging.base import Base
from shared.db.base import Editable, TenantRow, one_of

MODES = ("concierge", "staff")


class Conversation(TenantRow, Editable, Base):
    """`last_service` is the service that wrote last: a stranger's answer goes to it. Of messages, those count that were sent."""

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("account_id", "channel", "our_address", "address"),
        Index(None, "account_id", "last_message_at", "id"),
        Index(None, "account_id", "contractor_id", "last_message_at", "id"),
        Index(None, "account_id", "address"),
        one_of("mode", MODES),
        one_of("channel", ("sms", "email")),
    )

    channel: Mapped[str] = mapped_column(server_default=text("'sms'"))
    our_address: Mapped[str]
    address: Mapped[str]
    contractor_id: Mapped[UUID | None]
    mode: Mapped[str] = mapped_column(server_default=text("'concierge'"))
    conversation_epoch: Mapped[int] = mapped_column(server_default=text("0"))
    taken_over_by: Mapped[UUID | None]
    taken_over_at: Mapped[datetime | None]
    last_service: Mapped[str | None]
    last_message_at: Mapped[datetime] = mapped_column(server_default=text("app_clock()"))
    last_received_at: Mapped[datetime | None]
