"""Everything the provider ever said about a message: an append-only log."""

from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped

from services.messaging.base import Base
from shared.db.base import Created, TenantRow


class DeliveryUpdate(TenantRow, Created, Base):
    """`raised`: the message's status followed it."""

    __tablename__ = "delivery_updates"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "message_id"], ["messages.account_id", "messages.id"]),
        Index(None, "account_id", "message_id", "id"),
    )

    message_id: Mapped[UUID]
    provider_sid: Mapped[str]
    provider_status: Mapped[str]
    error_code: Mapped[int | None]
    raised: Mapped[bool]
