"""accounts, users, keys, contractors, partners, events and their programme, attendees, demo bookings."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.db.platform import apply, create_platform, run_script
from shared.db.protect import open_to_worker, protect, touch

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

EDITED = ("accounts", "users", "partners", "events", "event_sessions", "event_speakers", "event_sponsors")
OWN_ROWS = {"contractors": "id", "attendees": "contractor_id", "demo_bookings": "contractor_id"}


def upgrade() -> None:
    create_platform(op, "directory")
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("id = account_id", name=op.f("ck_accounts_is_its_own_tenant")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_accounts")),
    )
    op.create_table(
        "events",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("industry", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("status IN ('active', 'cancelled', 'archived')", name=op.f("ck_events_status")),
        sa.CheckConstraint("ends_on BETWEEN date AND date + 60", name=op.f("ck_events_ends_on")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_date", "events", ["account_id", "date", "id"], unique=False)
    op.create_index("ix_events_status", "events", ["account_id", "status", "id"], unique=False)
    op.create_table(
        "partners",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("focus_areas", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("status IN ('active', 'archived')", name=op.f("ck_partners_status")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_partners")),
    )
    op.create_index("ix_partners_name", "partners", ["account_id", "name", "id"], unique=False)
    op.create_index("ix_partners_status", "partners", ["account_id", "status", "id"], unique=False)
    op.create_table(
        "sign_in_attempts",
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index("ix_sign_in_attempts_first_at", "sign_in_attempts", ["first_at"], unique=False)
    op.create_table(
        "users",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("status IN ('active', 'archived')", name=op.f("ck_users_status")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_users")),
        sa.UniqueConstraint("account_id", "email", name=op.f("uq_users_account_id_email")),
    )
    op.create_index(
        "ix_users_sign_in", "users", ["email"], unique=False, postgresql_where=sa.text("password_hash IS NOT NULL")
    )
    op.create_index("ix_users_status", "users", ["account_id", "status", "id"], unique=False)
    op.create_table(
        "account_users",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.CheckConstraint(
            "role IN ('owner', 'admin', 'marketing_manager', 'content_manager', 'sales', 'analytics', 'csm', 'contractor')",
            name=op.f("ck_account_users_role"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"],
            ["users.account_id", "users.id"],
            name=op.f("fk_account_users_account_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_account_users")),
        sa.UniqueConstraint("account_id", "user_id", name=op.f("uq_account_users_account_id_user_id")),
    )
    op.create_index("ix_account_users_role", "account_users", ["account_id", "role", "user_id"], unique=False)
    op.create_table(
        "api_keys",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "role IN ('owner', 'admin', 'marketing_manager', 'content_manager', 'sales', 'analytics', 'csm')",
            name=op.f("ck_api_keys_role"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "created_by"],
            ["users.account_id", "users.id"],
            name=op.f("fk_api_keys_account_id_created_by"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("account_id", "key_hash", name=op.f("uq_api_keys_account_id_key_hash")),
    )
    op.create_index("ix_api_keys_key_hash", "api_keys", ["key_hash"], unique=False)
    op.create_table(
        "contractors",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("focus_areas", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("provisional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("phone ~ '^\\+[1-9][0-9]{6,14}$'", name=op.f("ck_contractors_phone")),
        sa.CheckConstraint("status IN ('active', 'archived')", name=op.f("ck_contractors_status")),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"],
            ["users.account_id", "users.id"],
            name=op.f("fk_contractors_account_id_user_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_contractors")),
    )
    op.create_index("ix_contractors_email", "contractors", ["account_id", "email", "id"], unique=False)
    op.create_index("ix_contractors_phone", "contractors", ["account_id", "phone", "id"], unique=False)
    op.create_index("ix_contractors_provisional", "contractors", ["account_id", "provisional", "id"], unique=False)
    op.create_index("ix_contractors_status", "contractors", ["account_id", "status", "id"], unique=False)
    op.create_index("ix_contractors_user_id", "contractors", ["account_id", "user_id", "id"], unique=False)
    op.create_index(
        "uq_contractors_phone",
        "contractors",
        ["account_id", "phone"],
        unique=True,
        postgresql_where=sa.text("status <> 'archived'"),
    )
    op.create_table(
        "event_sessions",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("speaker_ids", postgresql.ARRAY(sa.UUID()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("source_uid", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("ends_at >= starts_at", name=op.f("ck_event_sessions_ends_at")),
        sa.ForeignKeyConstraint(
            ["account_id", "event_id"],
            ["events.account_id", "events.id"],
            name=op.f("fk_event_sessions_account_id_event_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_event_sessions")),
    )
    op.create_index("ix_event_sessions_event_id", "event_sessions", ["account_id", "event_id", "id"], unique=False)
    op.create_index(
        "uq_event_sessions_source_uid", "event_sessions", ["account_id", "event_id", "source_uid"], unique=True
    )
    op.create_table(
        "event_speakers",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("topics", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "event_id"],
            ["events.account_id", "events.id"],
            name=op.f("fk_event_speakers_account_id_event_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_event_speakers")),
    )
    op.create_index("ix_event_speakers_event_id", "event_speakers", ["account_id", "event_id", "id"], unique=False)
    op.create_table(
        "event_sponsors",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("booth", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "event_id"],
            ["events.account_id", "events.id"],
            name=op.f("fk_event_sponsors_account_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "partner_id"],
            ["partners.account_id", "partners.id"],
            name=op.f("fk_event_sponsors_account_id_partner_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_event_sponsors")),
    )
    op.create_index("ix_event_sponsors_event_id", "event_sponsors", ["account_id", "event_id", "id"], unique=False)
    op.create_index("ix_event_sponsors_partner_id", "event_sponsors", ["account_id", "partner_id", "id"], unique=False)
    op.create_table(
        "refresh_tokens",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "user_id"],
            ["users.account_id", "users.id"],
            name=op.f("fk_refresh_tokens_account_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_refresh_tokens")),
        sa.UniqueConstraint("account_id", "token_hash", name=op.f("uq_refresh_tokens_account_id_token_hash")),
    )
    op.create_index("ix_refresh_tokens_expires_at", "refresh_tokens", ["expires_at"], unique=False)
    op.create_index("ix_refresh_tokens_family_id", "refresh_tokens", ["account_id", "family_id"], unique=False)
    op.create_index("ix_refresh_tokens_token_hash", "refresh_tokens", ["token_hash"], unique=False)
    op.create_index("ix_refresh_tokens_user_id", "refresh_tokens", ["account_id", "user_id"], unique=False)
    op.create_table(
        "attendees",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="registered", nullable=False),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("phone ~ '^\\+[1-9][0-9]{6,14}$'", name=op.f("ck_attendees_phone")),
        sa.CheckConstraint(
            "status IN ('registered', 'confirmed', 'checked_in', 'no_show', 'cancelled')",
            name=op.f("ck_attendees_status"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "contractor_id"],
            ["contractors.account_id", "contractors.id"],
            name=op.f("fk_attendees_account_id_contractor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "event_id"],
            ["events.account_id", "events.id"],
            name=op.f("fk_attendees_account_id_event_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_attendees")),
    )
    op.create_index("ix_attendees_contractor_id", "attendees", ["account_id", "contractor_id", "id"], unique=False)
    op.create_index("ix_attendees_email", "attendees", ["account_id", "email", "id"], unique=False)
    op.create_index("ix_attendees_event_id", "attendees", ["account_id", "event_id", "id"], unique=False)
    op.create_index(
        "ix_attendees_event_id_status", "attendees", ["account_id", "event_id", "status", "id"], unique=False
    )
    op.create_index("ix_attendees_phone", "attendees", ["account_id", "phone", "id"], unique=False)
    op.create_index("ix_attendees_status", "attendees", ["account_id", "status", "id"], unique=False)
    op.create_index("uq_attendees_contractor", "attendees", ["account_id", "event_id", "contractor_id"], unique=True)
    op.create_table(
        "demo_bookings",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("sponsor_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), server_default="booked", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "status IN ('booked', 'completed', 'cancelled', 'no_show')", name=op.f("ck_demo_bookings_status")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "contractor_id"],
            ["contractors.account_id", "contractors.id"],
            name=op.f("fk_demo_bookings_account_id_contractor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "event_id"],
            ["events.account_id", "events.id"],
            name=op.f("fk_demo_bookings_account_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "partner_id"],
            ["partners.account_id", "partners.id"],
            name=op.f("fk_demo_bookings_account_id_partner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "sponsor_id"],
            ["event_sponsors.account_id", "event_sponsors.id"],
            name=op.f("fk_demo_bookings_account_id_sponsor_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_demo_bookings")),
    )
    op.create_index(
        "ix_demo_bookings_contractor_id", "demo_bookings", ["account_id", "contractor_id", "id"], unique=False
    )
    op.create_index("ix_demo_bookings_event_id", "demo_bookings", ["account_id", "event_id", "id"], unique=False)
    op.create_index("ix_demo_bookings_partner_id", "demo_bookings", ["account_id", "partner_id", "id"], unique=False)
    op.create_index("ix_demo_bookings_sponsor_id", "demo_bookings", ["account_id", "sponsor_id", "id"], unique=False)
    op.create_index("ix_demo_bookings_status", "demo_bookings", ["account_id", "status", "id"], unique=False)
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


def downgrade() -> None:
    for function in (
        *("find_sign_ins(text)", "find_api_key(text)", "find_refresh_token(text)"),
        *("count_sign_in(text, integer, interval)", "forget_sign_ins(text)"),
    ):
        op.execute(f"DROP FUNCTION {function}")
    for table in (
        "demo_bookings",
        "attendees",
        "refresh_tokens",
        "event_sponsors",
        "event_speakers",
        "event_sessions",
        "contractors",
        "api_keys",
        "account_users",
        "users",
        "sign_in_attempts",
        "partners",
        "events",
        "accounts",
    ):
        op.drop_table(table)
