"""The table email_intro_drafts, and email_intro_requests: which promises wait for one to be written."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.actions.base import Base
from shared.db.base import Created, Editable, Leased, TenantRow, one_of

DRAFT_STATUSES = ("draft", "approved", "sent", "discarded")
OPEN = text("status IN ('draft', 'approved')")


class EmailIntroDraft(Base, TenantRow, Editable):
    """An e-mail that introduces somebody, for approval. Of a promise one is open at most; `reason` says why it was discarded."""

    __tablename__ = "email_intro_drafts"
    __table_args__ = (
        one_of("status", DRAFT_STATUSES),
        CheckConstraint("status NOT IN ('approved', 'sent') OR approved_at IS NOT NULL", name="approved_at"),
        CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_at"),
        ForeignKeyConstraint(
            ["account_id", "action_item_id"], ["contractor_action_items.account_id", "contractor_action_items.id"]
        ),
        ForeignKeyConstraint(["account_id", "contractor_id"], ["contractors.account_id", "contractors.id"]),
        Index(
            "uq_email_intro_drafts_open",
            *("account_id", "action_item_id"),
            unique=True,
            postgresql_where=OPEN,
        ),
        Index("ix_email_intro_drafts_account_id_action_item_id", "account_id", "action_item_id", "id"),
        Index("ix_email_intro_drafts_account_id_contractor_id", "account_id", "contractor_id", "id"),
        Index("ix_email_intro_drafts_account_id_status", "account_id", "status", "id"),
    )

    action_item_id: Mapped[UUID]
    contractor_id: Mapped[UUID]
    to_name: Mapped[str | None]
    to_email: Mapped[str | None]
    subject: Mapped[str]
    body: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="draft")
    reason: Mapped[str | None]
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    message_id: Mapped[UUID | None]


class EmailIntroRequest(Base, TenantRow, Created, Leased):
    """A job; its id is the promise's. Apart from the promise, so that a lease changes nobody's ETag. `show_to`: the turn that asked
    for it, whose person is shown the draft and asked."""

    __tablename__ = "email_intro_requests"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "id"], ["contractor_action_items.account_id", "contractor_action_items.id"]
        ),
        Index("ix_email_intro_requests_open", "run_after", postgresql_where=text("done_at IS NULL")),
    )

    done_at: Mapped[datetime | None]
    show_to: Mapped[dict[str, Any] | None]
