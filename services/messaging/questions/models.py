"""What a person was asked and has not answered yet, with the number of each option."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.messaging.base import Base
from shared.db.base import TenantRow


class OpenQuestionRow(TenantRow, Base):
    """`options` is [{number, key, label}]. Open until it is closed or `expires_at` passes."""

    __tablename__ = "open_questions"
    __table_args__ = (
        UniqueConstraint("account_id", "message_id"),
        ForeignKeyConstraint(["account_id", "message_id"], ["messages.account_id", "messages.id"]),
        Index(
            "ix_open_questions_open",
            "account_id",
            "conversation_id",
            "asked_at",
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(None, "account_id", "ref"),
    )

    conversation_id: Mapped[UUID]
    message_id: Mapped[UUID]
    kind: Mapped[str]
    ref: Mapped[str]
    origin: Mapped[dict[str, Any]]
    options: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
