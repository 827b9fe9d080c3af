"""Who may not be written to: one append-only log, whose newest row per scope holds."""

from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.messaging.base import Base
from shared.db.base import Created, TenantRow, one_of


class Suppression(TenantRow, Created, Base):
    """`by_provider`: Twilio knows it too, and has said to the person what there was to say."""

    __tablename__ = "suppressions"
    __table_args__ = (
        Index(None, "account_id", "channel", "address", "seq"),
        Index(None, "account_id", "seq"),
        one_of("channel", ("sms", "email")),
        one_of("scope", ("bulk", "everything")),
    )

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    channel: Mapped[str]
    address: Mapped[str]
    contractor_id: Mapped[UUID | None]
    scope: Mapped[str]
    active: Mapped[bool]
    reason: Mapped[str]
    by_provider: Mapped[bool] = mapped_column(server_default=text("false"))
    evidence_message_id: Mapped[UUID | None]
    requested_by: Mapped[UUID | None]
