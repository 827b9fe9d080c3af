"""The table followup_policies: how an account wants its people to be asked."""

from datetime import time

from sqlalchemy import CheckConstraint, Time, text
from sqlalchemy.orm import Mapped, mapped_column

from services.followups.base import Base
from shared.db.base import Editable, TenantRow, one_of

TONES = ("friendly", "professional", "casual", "urgent")


class FollowupPolicy(Base, TenantRow, Editable):
    """One row an account; its id is the account's. Times are the contractor's own."""

    __tablename__ = "followup_policies"
    __table_args__ = (
        one_of("tone", TONES),
        CheckConstraint("days_after_event BETWEEN 0 AND 60", name="days_after_event"),
        CheckConstraint("days_after_item BETWEEN 0 AND 60", name="days_after_item"),
        CheckConstraint("priorities_days_after_event BETWEEN 0 AND 30", name="priorities_days_after_event"),
        CheckConstraint("repeat_days BETWEEN 1 AND 60", name="repeat_days"),
        CheckConstraint("unanswered_before_help BETWEEN 1 AND 10", name="unanswered_before_help"),
        CheckConstraint("quiet_until >= '08:00' AND quiet_from <= '21:00' AND quiet_until < quiet_from", name="quiet"),
        CheckConstraint("send_at >= quiet_until AND send_at < quiet_from", name="send_at"),
    )

    days_after_event: Mapped[int] = mapped_column(server_default=text("3"))
    days_after_item: Mapped[int] = mapped_column(server_default=text("3"))
    priorities_days_after_event: Mapped[int] = mapped_column(server_default=text("1"))
    send_at: Mapped[time] = mapped_column(Time, server_default=text("'10:00'"))
    quiet_from: Mapped[time] = mapped_column(Time, server_default=text("'21:00'"))
    quiet_until: Mapped[time] = mapped_column(Time, server_default=text("'08:00'"))
    one_a_day: Mapped[bool] = mapped_column(server_default=text("true"))
    digest: Mapped[bool] = mapped_column(server_default=text("true"))
    repeat_days: Mapped[int] = mapped_column(server_default=text("3"))
    unanswered_before_help: Mapped[int] = mapped_column(server_default=text("2"))
    tone: Mapped[str] = mapped_column(server_default=text("'friendly'"))
