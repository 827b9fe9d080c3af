"""The table followup_replans: whose plans are to be gone through again, all of an event's or of an account's."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped

from services.followups.base import Base
from shared.db.base import Leased, TenantRow, one_of


class Replan(Base, TenantRow, Leased):
    """A job; its id is the event's or the account's. `reached` is the person after whom it goes on."""

    __tablename__ = "followup_replans"
    __table_args__ = (
        one_of("subject", ("event", "account")),
        Index("ix_followup_replans_open", "run_after", postgresql_where=text("done_at IS NULL")),
    )

    subject: Mapped[str]
    reached: Mapped[UUID | None]
    done_at: Mapped[datetime | None]
