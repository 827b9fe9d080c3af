"""What messaging knows of directory's contractors: how to reach them, and when."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from services.messaging.base import Base
from shared.db.base import Replicated, TenantRow


class Contractor(TenantRow, Replicated, Base):
    __tablename__ = "contractors"
    __table_args__ = (Index(None, "account_id", "phone"),)

    full_name: Mapped[str | None]
    phone: Mapped[str | None]
    time_zone: Mapped[str | None]
