"""The parts of a turn, and what people corrected in readings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.db.platform import apply
from shared.db.protect import protect
from shared.db.tables import created, index, refers, tenant_table

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    parts = sa.Column("parts", postgresql.JSONB(), nullable=False, server_default=sa.text("'[]'"))
    op.add_column("concierge_turns", parts)
    op.add_column("event_notes", sa.Column("related_note_id", sa.Uuid(), nullable=True))
    op.add_column("email_intro_requests", sa.Column("show_to", postgresql.JSONB(), nullable=True))
    tenant_table(
        "labelled_texts",
        sa.Column("turn_id", sa.Uuid(), nullable=True),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("was_read", postgresql.JSONB(), nullable=False),
        sa.Column("correction", postgresql.JSONB(), nullable=False),
        sa.Column("corrected_by", sa.Text(), nullable=False),
        *created(),
        sa.CheckConstraint("corrected_by IN ('contractor', 'staff')", name="corrected_by"),
        refers("contractor_id", "contractors"),
    )
    index("labelled_texts", "account_id", "contractor_id", "id", name="account_id_contractor_id")
    apply(op, protect("actions", "labelled_texts", own="contractor_id", append_only=True))


def downgrade() -> None:
    op.drop_table("labelled_texts")
    op.drop_column("email_intro_requests", "show_to")
    op.drop_column("event_notes", "related_note_id")
    op.drop_column("concierge_turns", "parts")
