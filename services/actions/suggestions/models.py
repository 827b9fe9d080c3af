"""The tables partner_suggestions and suggestion_rounds: who was suggested to whom, and which events are to be gone through."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped

from services.actions.base import Base
from shared.db.base import Created, Leased, TenantRow, one_of

REASONS = ("not_at_event", "not_met")


class PartnerSuggestion(Base, TenantRow, Created):
    """A partner is suggested to a contractor once, for ever."""

    __tablename__ = "partner_suggestions"
    __table_args__ = (
        one_of("reason", REASONS),
        ForeignKeyConstraint(["account_id", "contractor_id"], ["contractors.account_id", "contractors.id"]),
        ForeignKeyConstraint(["account_id", "partner_id"], ["partners.account_id", "partners.id"]),
        ForeignKeyConstraint(["account_id", "event_id"], ["events.account_id", "events.id"]),
        ForeignKeyConstraint(
            ["account_id", "action_item_id"], ["contractor_action_items.account_id", "contractor_action_items.id"]
        ),
        Index("uq_partner_suggestions_once", *("account_id", "contractor_id", "partner_id"), unique=True),
    )

    contractor_id: Mapped[UUID]
    partner_id: Mapped[UUID]
    event_id: Mapped[UUID]
    action_item_id: Mapped[UUID]
    reason: Mapped[str]


class SuggestionRound(Base, TenantRow, Leased):
    """A job; its id is the event's. It begins at `starts_at` of business time; `reached` is the person after whom it goes on."""

    __tablename__ = "suggestion_rounds"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "id"], ["events.account_id", "events.id"]),
        Index("ix_suggestion_rounds_open", "starts_at", postgresql_where=text("done_at IS NULL")),
    )

    starts_at: Mapped[datetime]
    reached: Mapped[UUID | None]
    done_at: Mapped[datetime | None]
