"""The table demo_preparations: which promise prepares which demo."""

import datetime as dt
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.actions.base import Base
from shared.db.base import Created, TenantRow


class DemoPreparation(Base, TenantRow, Created):
    """Its id is the booking's, so that a demo is prepared once. `company` and `due_on` are what its promise was told last."""

    __tablename__ = "demo_preparations"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "id"], ["demo_bookings.account_id", "demo_bookings.id"]),
        ForeignKeyConstraint(
            ["account_id", "action_item_id"], ["contractor_action_items.account_id", "contractor_action_items.id"]
        ),
    )

    contractor_id: Mapped[UUID]
    action_item_id: Mapped[UUID]
    company: Mapped[str | None]
    due_on: Mapped[dt.date]
    called_off: Mapped[bool] = mapped_column(server_default=text("false"))
