"""The tables of messaging."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.db.platform import apply, create_platform, run_script
from shared.db.protect import open_to_worker, protect, touch
from shared.db.tables import created, editable, index, leased, refers, replicated, tenant_table

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
    _create_conversations()
    _create_numbers()
    _create_messages()
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


def _create_conversations() -> None:
    tenant_table(
        "contractors",
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        *replicated(),
    )
    index("contractors", "account_id", "phone")
    tenant_table(
        "conversations",
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
        *editable(),
        sa.CheckConstraint("channel IN ('sms', 'email')", name="channel"),
        sa.CheckConstraint("mode IN ('concierge', 'staff')", name="mode"),
        sa.UniqueConstraint("account_id", "channel", "our_address", "address"),
    )
    index("conversations", "account_id", "address")
    index("conversations", "account_id", "contractor_id", "last_message_at", "id")
    index("conversations", "account_id", "last_message_at", "id")
    tenant_table(
        "suppressions",
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
        *created(),
        sa.CheckConstraint("channel IN ('sms', 'email')", name="channel"),
        sa.CheckConstraint("scope IN ('bulk', 'everything')", name="scope"),
    )
    index("suppressions", "account_id", "channel", "address", "seq")
    index("suppressions", "account_id", "seq")


def _create_numbers() -> None:
    tenant_table(
        "daily_counts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("messages", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.UniqueConstraint("account_id", "day"),
    )
    tenant_table(
        "number_states",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "refilled_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp() - interval '1 hour'"),
            nullable=False,
        ),
        sa.Column("listed_until", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("account_id", "number"),
    )
    tenant_table(
        "sender_numbers",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("segments_per_second", sa.Double(), nullable=True),
        sa.Column("daily_limit", sa.Integer(), nullable=True),
        sa.Column("max_segments_per_second", sa.Double(), nullable=True),
        sa.Column("max_daily_limit", sa.Integer(), nullable=True),
        *editable(),
        sa.UniqueConstraint("account_id", "number"),
    )
    index("sender_numbers", "number")


def _create_messages() -> None:
    tenant_table(
        "messages",
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
        sa.Column("question", postgresql.JSONB(), nullable=True),
        sa.Column("conversation_epoch", sa.Integer(), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("segments", sa.Integer(), nullable=True),
        sa.Column("media", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
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
        *leased(),
        *editable(),
        sa.CheckConstraint("channel IN ('sms', 'email')", name="channel"),
        sa.CheckConstraint("direction IN ('inbound', 'outbound')", name="direction"),
        sa.CheckConstraint(
            "status IN ('received', 'pending', 'in_doubt', 'sent', 'delivered', 'failed', 'opened', 'clicked', 'suppressed',"
            " 'expired', 'cancelled')",
            name="status",
        ),
        refers("conversation_id", "conversations"),
        sa.UniqueConstraint("account_id", "message_key"),
        sa.UniqueConstraint("account_id", "provider_sid"),
    )
    index("messages", "account_id", "contractor_id", "id")
    index("messages", "account_id", "conversation_id", "id")
    index("messages", "account_id", "direction", "id")
    index("messages", "account_id", "status", "id")
    index("messages", "run_after", name="in_doubt", where="status = 'in_doubt'")
    index("messages", "run_after", name="to_send", where="status = 'pending'")
    index("messages", "account_id", "conversation_id", "seq", name="waiting", where="status = 'pending'")
    tenant_table(
        "delivery_updates",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("provider_sid", sa.Text(), nullable=False),
        sa.Column("provider_status", sa.Text(), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("raised", sa.Boolean(), nullable=False),
        *created(),
        refers("message_id", "messages"),
    )
    index("delivery_updates", "account_id", "message_id", "id")
    tenant_table(
        "message_media",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        *leased(),
        *created(),
        sa.CheckConstraint("status IN ('pending', 'stored', 'refused')", name="status"),
        refers("message_id", "messages"),
        sa.UniqueConstraint("account_id", "message_id", "index"),
    )
    index("message_media", "run_after", name="to_fetch", where="status = 'pending'")
    tenant_table(
        "open_questions",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("origin", postgresql.JSONB(), nullable=False),
        sa.Column("options", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        refers("message_id", "messages"),
        sa.UniqueConstraint("account_id", "message_id"),
    )
    index("open_questions", "account_id", "ref")
    index("open_questions", "account_id", "conversation_id", "asked_at", name="open", where="closed_at IS NULL")
