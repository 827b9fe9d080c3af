"""The table followup_preparations: which schedules' words are to be prepared ahead of the send."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped

from services.followups.base import Base
from shared.db.base import Leased, TenantRow


class Preparation(Base, TenantRow, Leased):
    """A job; its id is the schedule's. Apart from the schedule, so that a lease changes nobody's ETag."""

    __tablename__ = "followup_preparations"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "id"],
            ["contractor_followup_schedules.account_id", "contractor_followup_schedules.id"],
            ondelete="CASCADE",
        ),
        Index("ix_followup_preparations_open", "prepare_from", postgresql_where=text("done_at IS NULL")),
    )

    prepare_from: Mapped[datetime]
    done_at: Mapped[datetime | None]
