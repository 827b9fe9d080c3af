"""The turns of the concierge, and the lanes that keep one person's turns in order."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.actions.base import Base
from shared.db.base import Created, Leased, TenantRow, one_of

TURN_STATUSES = ("queued", "running", "done", "silent", "failed")


class ConciergeTurn(Base, TenantRow, Created):
    """What a person said (one text or a burst), what was read in it, changed by it and answered.

    Without `contractor_id` it waits for the contractor of its `address`.
    """

    __tablename__ = "concierge_turns"
    __table_args__ = (
        one_of("status", TURN_STATUSES),
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence"),
        UniqueConstraint("account_id", "message_id"),
        ForeignKeyConstraint(["account_id", "contractor_id"], ["contractors.account_id", "contractors.id"]),
        Index("ix_concierge_turns_account_id_contractor_id", "account_id", "contractor_id", "seq"),
        Index("ix_concierge_turns_account_id_conversation_id", "account_id", "conversation_id", "id"),
        Index("ix_concierge_turns_failed", *("account_id", "id"), postgresql_where=text("status = 'failed'")),
        Index(
            "ix_concierge_turns_open",
            *("account_id", "contractor_id", "seq"),
            postgresql_where=text("status IN ('queued', 'running')"),
        ),
        Index(
            "ix_concierge_turns_stranger",
            *("account_id", "address"),
            postgresql_where=text("contractor_id IS NULL"),
        ),
    )

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    contractor_id: Mapped[UUID | None]
    conversation_id: Mapped[UUID]
    conversation_epoch: Mapped[int]
    channel: Mapped[str]
    address: Mapped[str]
    message_id: Mapped[UUID]
    messages: Mapped[list[Any]]
    open_questions: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    opted_out: Mapped[bool] = mapped_column(server_default=text("false"))
    received_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(server_default="queued")
    intent: Mapped[str | None]
    confidence: Mapped[Decimal | None] = mapped_column(Numeric(3, 2))
    reading: Mapped[dict[str, Any] | None]
    parts: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    changes: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    reply: Mapped[str | None]
    ai_run_id: Mapped[UUID | None]
    finished_at: Mapped[datetime | None]
    failure_reason: Mapped[str | None]

    @property
    def spans(self) -> list[dict[str, Any]]:
        """The words that the reading rests on."""
        return list((self.reading or {}).get("spans", []))


class LabelledText(Base, TenantRow, Created):
    """A text whose reading somebody corrected: what was read, and what is right. Training data."""

    __tablename__ = "labelled_texts"
    __table_args__ = (
        one_of("corrected_by", ("contractor", "staff")),
        ForeignKeyConstraint(["account_id", "contractor_id"], ["contractors.account_id", "contractors.id"]),
        Index("ix_labelled_texts_account_id_contractor_id", "account_id", "contractor_id", "id"),
    )

    turn_id: Mapped[UUID | None]
    contractor_id: Mapped[UUID]
    text: Mapped[str]
    was_read: Mapped[dict[str, Any]]
    correction: Mapped[dict[str, Any]]
    corrected_by: Mapped[str]


class ConciergeLane(Base, TenantRow, Leased):
    """One row a contractor, and its id is the contractor's: whoever holds the lane does the oldest open turn."""

    __tablename__ = "concierge_lanes"
    __table_args__ = (Index("ix_concierge_lanes_waiting", "run_after", postgresql_where=text("waiting")),)

    waiting: Mapped[bool]
