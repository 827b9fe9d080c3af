"""what a suggestion is known by: who made the promise, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("action_items", sa.Column("source", sa.Text(), nullable=True))
    op.add_column("action_items", sa.Column("ai_generated", sa.Boolean(), nullable=True))
    op.add_column("action_items", sa.Column("ai_reasoning", sa.Text(), nullable=True))


def downgrade() -> None:
    for column in ("ai_reasoning", "ai_generated", "source"):
        op.drop_column("action_items", column)
