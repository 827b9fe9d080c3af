"""functions that run as their owner look into temporary tables last."""

from alembic import op

from shared.db.platform import apply
from shared.db.protect import definers_look_in

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    apply(op, definers_look_in("pg_catalog, public, pg_temp"))


def downgrade() -> None:
    apply(op, definers_look_in("pg_catalog, public"))
