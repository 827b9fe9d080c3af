"""Our numbers, how much may go from each, and how much went."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.messaging.base import Base
from shared.db.base import Editable, TenantRow


class SenderNumber(TenantRow, Editable, Base):
    """A number belongs to one account (a trigger sees to it). `max_…` are the operator's ceilings (NULL: the settings' own),
    the others what the account wants below them. `daily_limit` counts the account's texts of a day (UTC)."""

    __tablename__ = "sender_numbers"
    __table_args__ = (UniqueConstraint("account_id", "number"), Index("ix_sender_numbers_number", "number"))

    number: Mapped[str]
    label: Mapped[str | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    segments_per_second: Mapped[float | None]
    daily_limit: Mapped[int | None]
    max_segments_per_second: Mapped[float | None]
    max_daily_limit: Mapped[int | None]


class NumberState(TenantRow, Base):
    """What changes with every text: the token bucket in segments (real clock), and how far inbound texts were listed. Below
    zero, slots of the time to come are given away."""

    __tablename__ = "number_states"
    __table_args__ = (UniqueConstraint("account_id", "number"),)

    number: Mapped[str]
    tokens: Mapped[float] = mapped_column(server_default=text("0"))
    refilled_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp() - interval '1 hour'"))
    listed_until: Mapped[datetime | None]


class DailyCount(TenantRow, Base):
    __tablename__ = "daily_counts"
    __table_args__ = (UniqueConstraint("account_id", "day"),)

    day: Mapped[date]
    messages: Mapped[int] = mapped_column(server_default=text("0"))
