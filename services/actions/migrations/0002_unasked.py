"""what is done without being asked: demo preparations, partner suggestions, drafts of introductions."""

import sqlalchemy as sa
from alembic import op

from shared.db.platform import apply
from shared.db.protect import open_to_worker, protect, touch
from shared.db.tables import created, editable, index, leased, refers, tenant_table

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_demo_preparations()
    _create_drafts()
    _create_suggestions()


def _create_demo_preparations() -> None:
    tenant_table(
        "demo_preparations",
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("action_item_id", sa.Uuid(), nullable=False),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("called_off", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        *created(),
        refers("id", "demo_bookings"),
        refers("action_item_id", "contractor_action_items"),
    )
    apply(op, protect("actions", "demo_preparations", own="contractor_id"))
    for column in ("event_id", "sponsor_id", "partner_id"):
        index("demo_bookings", "account_id", column)
    index(
        "contractor_action_items",
        *("account_id", "related_demo_booking_id"),
        where="related_demo_booking_id IS NOT NULL",
    )


def _create_drafts() -> None:
    op.add_column("contractors", sa.Column("email", sa.Text(), nullable=True))
    op.add_column("event_speakers", sa.Column("email", sa.Text(), nullable=True))
    tenant_table(
        "email_intro_drafts",
        sa.Column("action_item_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("to_name", sa.Text(), nullable=True),
        sa.Column("to_email", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        *editable(),
        sa.CheckConstraint("status IN ('draft', 'approved', 'sent', 'discarded')", name="status"),
        sa.CheckConstraint("status NOT IN ('approved', 'sent') OR approved_at IS NOT NULL", name="approved_at"),
        sa.CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_at"),
        refers("action_item_id", "contractor_action_items"),
        refers("contractor_id", "contractors"),
    )
    is_open = "status IN ('draft', 'approved')"
    index("email_intro_drafts", "account_id", "action_item_id", name="open", where=is_open, unique=True)
    for column in ("action_item_id", "contractor_id", "status"):
        index("email_intro_drafts", "account_id", column, "id", name=f"account_id_{column}")
    apply(op, protect("actions", "email_intro_drafts", own="contractor_id"), touch("email_intro_drafts"))
    tenant_table(
        "email_intro_requests",
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        *leased(),
        *created(),
        refers("id", "contractor_action_items"),
    )
    index("email_intro_requests", "run_after", name="open", where="done_at IS NULL")
    apply(op, protect("actions", "email_intro_requests"), open_to_worker("actions", "email_intro_requests"))


def _create_suggestions() -> None:
    tenant_table(
        "partner_suggestions",
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("action_item_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *created(),
        sa.CheckConstraint("reason IN ('not_at_event', 'not_met')", name="reason"),
        refers("contractor_id", "contractors"),
        refers("partner_id", "partners"),
        refers("event_id", "events"),
        refers("action_item_id", "contractor_action_items"),
    )
    index("partner_suggestions", "account_id", "contractor_id", "partner_id", name="once", unique=True)
    apply(op, protect("actions", "partner_suggestions", own="contractor_id"))
    tenant_table(
        "suggestion_rounds",
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        *leased(),
        refers("id", "events"),
    )
    index("suggestion_rounds", "starts_at", name="open", where="done_at IS NULL")
    apply(op, protect("actions", "suggestion_rounds"), open_to_worker("actions", "suggestion_rounds"))


def downgrade() -> None:
    for table in ("suggestion_rounds", "partner_suggestions", "email_intro_requests", "email_intro_drafts"):
        op.drop_table(table)
    op.drop_column("event_speakers", "email")
    op.drop_column("contractors", "email")
    op.drop_index("ix_contractor_action_items_account_id_related_demo_booking_id")
    for column in ("event_id", "sponsor_id", "partner_id"):
        op.drop_index(f"ix_demo_bookings_account_id_{column}")
    op.drop_table("demo_preparations")
