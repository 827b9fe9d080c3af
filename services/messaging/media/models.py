"""Files that came with a text, each a job until it is stored or refused."""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.messaging.base import Base
from shared.db.base import Created, Leased, TenantRow, one_of


class MessageMedia(TenantRow, Leased, Created, Base):
    """`url` is Twilio's; `type` what Twilio said, replaced by what the bytes are once they are here."""

    __tablename__ = "message_media"
    __table_args__ = (
        UniqueConstraint("account_id", "message_id", "index"),
        ForeignKeyConstraint(["account_id", "message_id"], ["messages.account_id", "messages.id"]),
        Index("ix_message_media_to_fetch", "run_after", postgresql_where=text("status = 'pending'")),
        one_of("status", ("pending", "stored", "refused")),
    )

    message_id: Mapped[UUID]
    index: Mapped[int]
    type: Mapped[str]
    url: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=text("'pending'"))
    object_key: Mapped[str | None]
    sha256: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    error: Mapped[str | None]
