"""The tables of messaging."""

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

FUNCTIONS = [Path(__file__).with_name(name) for name in ("receiving.sql", "sending.sql")]
EDITABLE = ("conversations", "messages", "sender_numbers")
OF_STAFF = ("contractors", "message_media", "open_questions", "sender_numbers", "number_states", "daily_counts")
OF_PEOPLE = ("conversations", "messages")


def upgrade() -> None:
    create_platform(op, "messaging")
    _create_tables()
    for table in OF_STAFF:
        apply(op, protect("messaging", table))
    for table in OF_PEOPLE:
        apply(op, protect("messaging", table, own="contractor_id"))
    for table in ("suppressions", "delivery_updates"):
        apply(op, protect("messaging", table, append_only=True))
    for table in EDITABLE:
        apply(op, touch(table))
    for table in ("messages", "message_media"):
        apply(op, open_to_worker("messaging", table))
    apply(op, open_to_worker("messaging", "sender_numbers", privileges="SELECT"))
    for script in FUNCTIONS:
        run_script(op, script.read_text())


def _create_tables() -> None:
    op.create_table(
        "contractors",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_contractors")),
    )
    op.create_index(op.f("ix_contractors_account_id_phone"), "contractors", ["account_id", "phone"], unique=False)
    op.create_table(
        "conversations",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("channel", sa.Text(), server_default=sa.text("'sms'"), nullable=False),
        sa.Column("our_address", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=True),
        sa.Column("mode", sa.Text(), server_default=sa.text("'concierge'"), nullable=False),
        sa.Column("conversation_epoch", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("taken_over_by", sa.Uuid(), nullable=True),
        sa.Column("taken_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_service", sa.Text(), nullable=True),
        sa.Column("last_message_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("last_received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("channel IN ('sms', 'email')", name=op.f("ck_conversations_channel")),
        sa.CheckConstraint("mode IN ('concierge', 'staff')", name=op.f("ck_conversations_mode")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_conversations")),
        sa.UniqueConstraint(
            "account_id",
            "channel",
            "our_address",
            "address",
            name=op.f("uq_conversations_account_id_channel_our_address_address"),
        ),
    )
    op.create_index(
        op.f("ix_conversations_account_id_address"), "conversations", ["account_id", "address"], unique=False
    )
    op.create_index(
        op.f("ix_conversations_account_id_contractor_id_last_message_at_id"),
        "conversations",
        ["account_id", "contractor_id", "last_message_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_conversations_account_id_last_message_at_id"),
        "conversations",
        ["account_id", "last_message_at", "id"],
        unique=False,
    )
    op.create_table(
        "daily_counts",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("messages", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_daily_counts")),
        sa.UniqueConstraint("account_id", "day", name=op.f("uq_daily_counts_account_id_day")),
    )
    op.create_table(
        "number_states",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "refilled_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp() - interval '1 hour'"),
            nullable=False,
        ),
        sa.Column("listed_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_number_states")),
        sa.UniqueConstraint("account_id", "number", name=op.f("uq_number_states_account_id_number")),
    )
    op.create_table(
        "sender_numbers",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("segments_per_second", sa.Double(), nullable=True),
        sa.Column("daily_limit", sa.Integer(), nullable=True),
        sa.Column("max_segments_per_second", sa.Double(), nullable=True),
        sa.Column("max_daily_limit", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_sender_numbers")),
        sa.UniqueConstraint("account_id", "number", name=op.f("uq_sender_numbers_account_id_number")),
    )
    op.create_index("ix_sender_numbers_number", "sender_numbers", ["number"], unique=False)
    op.create_table(
        "suppressions",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_provider", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("evidence_message_id", sa.Uuid(), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.CheckConstraint("channel IN ('sms', 'email')", name=op.f("ck_suppressions_channel")),
        sa.CheckConstraint("scope IN ('bulk', 'everything')", name=op.f("ck_suppressions_scope")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_suppressions")),
    )
    op.create_index(
        op.f("ix_suppressions_account_id_channel_address_seq"),
        "suppressions",
        ["account_id", "channel", "address", "seq"],
        unique=False,
    )
    op.create_index(op.f("ix_suppressions_account_id_seq"), "suppressions", ["account_id", "seq"], unique=False)
    op.create_table(
        "messages",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("contractor_id", sa.Uuid(), nullable=True),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), server_default=sa.text("'sms'"), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("our_address", sa.Text(), nullable=True),
        sa.Column("provider_sid", sa.Text(), nullable=True),
        sa.Column("message_key", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("origin_service", sa.Text(), nullable=True),
        sa.Column("origin_type", sa.Text(), nullable=True),
        sa.Column("origin_id", sa.Uuid(), nullable=True),
        sa.Column("in_reply_to_message_id", sa.Uuid(), nullable=True),
        sa.Column("question", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("conversation_epoch", sa.Integer(), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("segments", sa.Integer(), nullable=True),
        sa.Column("media", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("slot_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("calling_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verify", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("run_after", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("failure_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("channel IN ('sms', 'email')", name=op.f("ck_messages_channel")),
        sa.CheckConstraint("direction IN ('inbound', 'outbound')", name=op.f("ck_messages_direction")),
        sa.CheckConstraint(
            "status IN ('received', 'pending', 'in_doubt', 'sent', 'delivered', 'failed', "
            "'opened', 'clicked', 'suppressed', 'expired', 'cancelled')",
            name=op.f("ck_messages_status"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "conversation_id"],
            ["conversations.account_id", "conversations.id"],
            name=op.f("fk_messages_account_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_messages")),
        sa.UniqueConstraint("account_id", "message_key", name=op.f("uq_messages_account_id_message_key")),
        sa.UniqueConstraint("account_id", "provider_sid", name=op.f("uq_messages_account_id_provider_sid")),
    )
    op.create_index(
        op.f("ix_messages_account_id_contractor_id_id"), "messages", ["account_id", "contractor_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_messages_account_id_conversation_id_id"),
        "messages",
        ["account_id", "conversation_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_messages_account_id_direction_id"), "messages", ["account_id", "direction", "id"], unique=False
    )
    op.create_index(op.f("ix_messages_account_id_status_id"), "messages", ["account_id", "status", "id"], unique=False)
    op.create_index(
        "ix_messages_in_doubt", "messages", ["run_after"], unique=False, postgresql_where=sa.text("status = 'in_doubt'")
    )
    op.create_index(
        "ix_messages_to_send", "messages", ["run_after"], unique=False, postgresql_where=sa.text("status = 'pending'")
    )
    op.create_index(
        "ix_messages_waiting",
        "messages",
        ["account_id", "conversation_id", "seq"],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_table(
        "delivery_updates",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("provider_sid", sa.Text(), nullable=False),
        sa.Column("provider_status", sa.Text(), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("raised", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "message_id"],
            ["messages.account_id", "messages.id"],
            name=op.f("fk_delivery_updates_account_id_message_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_delivery_updates")),
    )
    op.create_index(
        op.f("ix_delivery_updates_account_id_message_id_id"),
        "delivery_updates",
        ["account_id", "message_id", "id"],
        unique=False,
    )
    op.create_table(
        "message_media",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("run_after", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("failure_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.CheckConstraint("status IN ('pending', 'stored', 'refused')", name=op.f("ck_message_media_status")),
        sa.ForeignKeyConstraint(
            ["account_id", "message_id"],
            ["messages.account_id", "messages.id"],
            name=op.f("fk_message_media_account_id_message_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_message_media")),
        sa.UniqueConstraint(
            "account_id", "message_id", "index", name=op.f("uq_message_media_account_id_message_id_index")
        ),
    )
    op.create_index(
        "ix_message_media_to_fetch",
        "message_media",
        ["run_after"],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_table(
        "open_questions",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("origin", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "message_id"],
            ["messages.account_id", "messages.id"],
            name=op.f("fk_open_questions_account_id_message_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_open_questions")),
        sa.UniqueConstraint("account_id", "message_id", name=op.f("uq_open_questions_account_id_message_id")),
    )
    op.create_index(op.f("ix_open_questions_account_id_ref"), "open_questions", ["account_id", "ref"], unique=False)
    op.create_index(
        "ix_open_questions_open",
        "open_questions",
        ["account_id", "conversation_id", "asked_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
