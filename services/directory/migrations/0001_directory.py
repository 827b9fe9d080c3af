"""accounts, users, keys, contractors, partners, events and their programme, attendees, demo bookings."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.db.platform import apply, create_platform, run_script
from shared.db.protect import open_to_worker, protect, touch
from shared.db.tables import created, editable, index, refers, tenant_table

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

EDITED = ("accounts", "users", "partners", "events", "event_sessions", "event_speakers", "event_sponsors")
OWN_ROWS = {"contractors": "id", "attendees": "contractor_id", "demo_bookings": "contractor_id"}


def upgrade() -> None:
    create_platform(op, "directory")
    _create_accounts()
    _create_programme()
    _create_people()
    for table in EDITED:
        apply(op, protect("directory", table), touch(table))
    for table, column in OWN_ROWS.items():
        apply(op, protect("directory", table, own=column), touch(table))
    for table in ("account_users", "api_keys", "refresh_tokens"):
        apply(op, protect("directory", table))
    apply(op, open_to_worker("directory", "refresh_tokens", privileges="SELECT, DELETE"))
    # A use of the key is no edit: it moves last_used_at alone.
    op.execute(
        "CREATE TRIGGER touch_row BEFORE UPDATE OF name, scopes, revoked_at ON api_keys"
        " FOR EACH ROW EXECUTE FUNCTION touch_row()"
    )
    run_script(op, Path(__file__).with_name("sign_in.sql").read_text())


def _create_accounts() -> None:
    tenant_table(
        "accounts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=True),
        *editable(),
        sa.CheckConstraint("id = account_id", name="is_its_own_tenant"),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("key_hash"),
    )
    index("sign_in_attempts", "first_at")
    tenant_table(
        "users",
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        *editable(),
        sa.CheckConstraint("status IN ('active', 'archived')", name="status"),
        sa.UniqueConstraint("account_id", "email"),
    )
    index("users", "email", name="sign_in", where="password_hash IS NOT NULL")
    index("users", "account_id", "status", "id", name="status")
    tenant_table(
        "account_users",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        *created(),
        sa.CheckConstraint(
            "role IN ('owner', 'admin', 'marketing_manager', 'content_manager', 'sales', 'analytics', 'csm', 'contractor')",
            name="role",
        ),
        refers("user_id", "users"),
        sa.UniqueConstraint("account_id", "user_id"),
    )
    index("account_users", "account_id", "role", "user_id", name="role")
    tenant_table(
        "api_keys",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        *editable(),
        sa.CheckConstraint(
            "role IN ('owner', 'admin', 'marketing_manager', 'content_manager', 'sales', 'analytics', 'csm')",
            name="role",
        ),
        refers("created_by", "users"),
        sa.UniqueConstraint("account_id", "key_hash"),
    )
    index("api_keys", "key_hash")
    tenant_table(
        "refresh_tokens",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        *created(),
        refers("user_id", "users"),
        sa.UniqueConstraint("account_id", "token_hash"),
    )
    index("refresh_tokens", "expires_at")
    index("refresh_tokens", "account_id", "family_id", name="family_id")
    index("refresh_tokens", "token_hash")
    index("refresh_tokens", "account_id", "user_id", name="user_id")


def _create_programme() -> None:
    tenant_table(
        "events",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("industry", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        *editable(),
        sa.CheckConstraint("status IN ('active', 'cancelled', 'archived')", name="status"),
        sa.CheckConstraint("ends_on BETWEEN date AND date + 60", name="ends_on"),
    )
    index("events", "account_id", "date", "id", name="date")
    index("events", "account_id", "status", "id", name="status")
    tenant_table(
        "partners",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("focus_areas", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        *editable(),
        sa.CheckConstraint("status IN ('active', 'archived')", name="status"),
    )
    index("partners", "account_id", "name", "id", name="name")
    index("partners", "account_id", "status", "id", name="status")
    tenant_table(
        "event_sessions",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("speaker_ids", postgresql.ARRAY(sa.UUID()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("source_uid", sa.Text(), nullable=True),
        *editable(),
        sa.CheckConstraint("ends_at >= starts_at", name="ends_at"),
        refers("event_id", "events"),
    )
    index("event_sessions", "account_id", "event_id", "id", name="event_id")
    index("event_sessions", "account_id", "event_id", "source_uid", name="source_uid", unique=True)
    tenant_table(
        "event_speakers",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("topics", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        *editable(),
        refers("event_id", "events"),
    )
    index("event_speakers", "account_id", "event_id", "id", name="event_id")
    tenant_table(
        "event_sponsors",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("booth", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        *editable(),
        refers("event_id", "events"),
        refers("partner_id", "partners"),
    )
    index("event_sponsors", "account_id", "event_id", "id", name="event_id")
    index("event_sponsors", "account_id", "partner_id", "id", name="partner_id")


def _create_people() -> None:
    tenant_table(
        "contractors",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("focus_areas", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("provisional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        *editable(),
        sa.CheckConstraint("phone ~ '^\\+[1-9][0-9]{6,14}$'", name="phone"),
        sa.CheckConstraint("status IN ('active', 'archived')", name="status"),
        refers("user_id", "users", initially="DEFERRED", deferrable=True),
    )
    index("contractors", "account_id", "email", "id", name="email")
    index("contractors", "account_id", "phone", "id", name="phone")
    index("contractors", "account_id", "provisional", "id", name="provisional")
    index("contractors", "account_id", "status", "id", name="status")
    index("contractors", "account_id", "user_id", "id", name="user_id")
    index("contractors", "account_id", "phone", name="phone", unique=True, where="status <> 'archived'")
    tenant_table(
        "attendees",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="registered", nullable=False),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True),
        *editable(),
        sa.CheckConstraint("phone ~ '^\\+[1-9][0-9]{6,14}$'", name="phone"),
        sa.CheckConstraint(
            "status IN ('registered', 'confirmed', 'checked_in', 'no_show', 'cancelled')", name="status"
        ),
        refers("contractor_id", "contractors"),
        refers("event_id", "events"),
    )
    index("attendees", "account_id", "contractor_id", "id", name="contractor_id")
    index("attendees", "account_id", "email", "id", name="email")
    index("attendees", "account_id", "event_id", "id", name="event_id")
    index("attendees", "account_id", "event_id", "status", "id", name="event_id_status")
    index("attendees", "account_id", "phone", "id", name="phone")
    index("attendees", "account_id", "status", "id", name="status")
    index("attendees", "account_id", "event_id", "contractor_id", name="contractor", unique=True)
    tenant_table(
        "demo_bookings",
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("sponsor_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), server_default="booked", nullable=False),
        *editable(),
        sa.CheckConstraint("status IN ('booked', 'completed', 'cancelled', 'no_show')", name="status"),
        refers("contractor_id", "contractors"),
        refers("event_id", "events"),
        refers("partner_id", "partners"),
        refers("sponsor_id", "event_sponsors"),
    )
    index("demo_bookings", "account_id", "contractor_id", "id", name="contractor_id")
    index("demo_bookings", "account_id", "event_id", "id", name="event_id")
    index("demo_bookings", "account_id", "partner_id", "id", name="partner_id")
    index("demo_bookings", "account_id", "sponsor_id", "id", name="sponsor_id")
    index("demo_bookings", "account_id", "status", "id", name="status")


def downgrade() -> None:
    for function in (
        *("find_sign_ins(text)", "find_api_key(text)", "find_refresh_token(text)"),
        *("count_sign_in(text, integer, interval)", "forget_sign_ins(text)"),
    ):
        op.execute(f"DROP FUNCTION {function}")
    for table in (
        *("demo_bookings", "attendees", "refresh_tokens", "event_sponsors", "event_speakers"),
        *("event_sessions", "contractors", "api_keys", "account_users", "users"),
        *("sign_in_attempts", "partners", "events", "accounts"),
    ):
        op.drop_table(table)
