"""notes, action items, concierge, replicas."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.db.platform import apply, create_platform
from shared.db.protect import open_to_worker, protect, touch

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_platform(op, "actions")
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_accounts")),
    )
    op.create_table(
        "attendees",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("contractor_id", sa.Uuid(), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("name_key", sa.Text(), sa.Computed("lower(full_name)", persisted=True), nullable=True),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_attendees")),
    )
    op.create_index("ix_attendees_account_id_contractor_id", "attendees", ["account_id", "contractor_id"], unique=False)
    op.create_index(
        "ix_attendees_account_id_event_id_name_key", "attendees", ["account_id", "event_id", "name_key"], unique=False
    )
    op.create_table(
        "concierge_lanes",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("run_after", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("failure_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_concierge_lanes")),
    )
    op.create_index(
        "ix_concierge_lanes_waiting",
        "concierge_lanes",
        ["run_after"],
        unique=False,
        postgresql_where=sa.text("waiting"),
    )
    op.create_table(
        "contractors",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("focus_areas", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("provisional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_contractors")),
    )
    op.create_index("ix_contractors_account_id_phone", "contractors", ["account_id", "phone"], unique=False)
    op.create_table(
        "conversations",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.CheckConstraint("mode IN ('concierge', 'staff')", name=op.f("ck_conversations_mode")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_conversations")),
    )
    op.create_table(
        "demo_bookings",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("sponsor_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_demo_bookings")),
    )
    op.create_index(
        "ix_demo_bookings_account_id_contractor_id",
        "demo_bookings",
        ["account_id", "contractor_id", "starts_at"],
        unique=False,
    )
    op.create_table(
        "event_sessions",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("speaker_ids", postgresql.ARRAY(sa.UUID()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_event_sessions")),
    )
    op.create_index(
        "ix_event_sessions_account_id_event_id", "event_sessions", ["account_id", "event_id", "starts_at"], unique=False
    )
    op.create_table(
        "event_speakers",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_event_speakers")),
    )
    op.create_index("ix_event_speakers_account_id_event_id", "event_speakers", ["account_id", "event_id"], unique=False)
    op.create_table(
        "event_sponsors",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_event_sponsors")),
    )
    op.create_index("ix_event_sponsors_account_id_event_id", "event_sponsors", ["account_id", "event_id"], unique=False)
    op.create_table(
        "events",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_events")),
    )
    op.create_table(
        "followup_schedules",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=True),
        sa.Column("action_item_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("scheduled_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("followup_type", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_followup_schedules")),
    )
    op.create_index(
        "ix_followup_schedules_account_id_contractor_id",
        "followup_schedules",
        ["account_id", "contractor_id", "status"],
        unique=False,
    )
    op.create_table(
        "partners",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("focus_areas", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_partners")),
    )
    op.create_table(
        "recent_messages",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=True),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("origin", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("direction IN ('inbound', 'outbound')", name=op.f("ck_recent_messages_direction")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_recent_messages")),
    )
    op.create_index(
        "ix_recent_messages_account_id_conversation_id",
        "recent_messages",
        ["account_id", "conversation_id", "said_at"],
        unique=False,
    )
    op.create_index("ix_recent_messages_said_at", "recent_messages", ["said_at"], unique=False)
    op.create_table(
        "concierge_turns",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_epoch", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("messages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "open_questions", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column("opted_out", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), server_default="queued", nullable=False),
        sa.Column("intent", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Numeric(precision=3, scale=2), nullable=True),
        sa.Column("reading", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("ai_run_id", sa.Uuid(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'done', 'silent', 'failed')", name=op.f("ck_concierge_turns_status")
        ),
        sa.CheckConstraint("confidence BETWEEN 0 AND 1", name=op.f("ck_concierge_turns_confidence")),
        sa.ForeignKeyConstraint(
            ["account_id", "contractor_id"],
            ["contractors.account_id", "contractors.id"],
            name=op.f("fk_concierge_turns_account_id_contractor_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_concierge_turns")),
        sa.UniqueConstraint("account_id", "message_id", name=op.f("uq_concierge_turns_account_id_message_id")),
    )
    op.create_index(
        "ix_concierge_turns_account_id_contractor_id",
        "concierge_turns",
        ["account_id", "contractor_id", "seq"],
        unique=False,
    )
    op.create_index(
        "ix_concierge_turns_account_id_conversation_id",
        "concierge_turns",
        ["account_id", "conversation_id", "id"],
        unique=False,
    )
    op.create_index(
        "ix_concierge_turns_failed",
        "concierge_turns",
        ["account_id", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'failed'"),
    )
    op.create_index(
        "ix_concierge_turns_open",
        "concierge_turns",
        ["account_id", "contractor_id", "seq"],
        unique=False,
        postgresql_where=sa.text("status IN ('queued', 'running')"),
    )
    op.create_index(
        "ix_concierge_turns_stranger",
        "concierge_turns",
        ["account_id", "address"],
        unique=False,
        postgresql_where=sa.text("contractor_id IS NULL"),
    )
    op.create_table(
        "event_notes",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("note_text", sa.Text(), nullable=False),
        sa.Column("note_type", sa.Text(), server_default="general", nullable=False),
        sa.Column(
            "extracted_entities",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("session_context", sa.Text(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("speaker_id", sa.Uuid(), nullable=True),
        sa.Column("sponsor_id", sa.Uuid(), nullable=True),
        sa.Column("ai_categorization", sa.Text(), nullable=True),
        sa.Column("ai_priority_score", sa.Numeric(precision=3, scale=2), nullable=True),
        sa.Column("ai_tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("requires_followup", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("followup_completed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "conversation_context",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("source_message_id", sa.Uuid(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "note_type IN ('general', 'contact', 'insight', 'action_item', 'speaker_note', 'sponsor_note')",
            name=op.f("ck_event_notes_note_type"),
        ),
        sa.CheckConstraint("ai_priority_score BETWEEN 0 AND 1", name=op.f("ck_event_notes_ai_priority_score")),
        sa.ForeignKeyConstraint(
            ["account_id", "contractor_id"],
            ["contractors.account_id", "contractors.id"],
            name=op.f("fk_event_notes_account_id_contractor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "event_id"],
            ["events.account_id", "events.id"],
            name=op.f("fk_event_notes_account_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "speaker_id"],
            ["event_speakers.account_id", "event_speakers.id"],
            name=op.f("fk_event_notes_account_id_speaker_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "sponsor_id"],
            ["event_sponsors.account_id", "event_sponsors.id"],
            name=op.f("fk_event_notes_account_id_sponsor_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_event_notes")),
        sa.UniqueConstraint(
            "account_id", "source_message_id", name=op.f("uq_event_notes_account_id_source_message_id")
        ),
    )
    op.create_index(
        "ix_event_notes_account_id_captured_at", "event_notes", ["account_id", "captured_at", "id"], unique=False
    )
    op.create_index(
        "ix_event_notes_account_id_contractor_id",
        "event_notes",
        ["account_id", "contractor_id", "captured_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_event_notes_account_id_event_id",
        "event_notes",
        ["account_id", "event_id", "contractor_id", "captured_at", "id"],
        unique=False,
    )
    op.create_table(
        "contractor_action_items",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("action_type", sa.Text(), server_default="follow_up", nullable=False),
        sa.Column("priority", sa.Integer(), server_default=sa.text("5"), nullable=False),
        sa.Column("contractor_priority", sa.Integer(), nullable=True),
        sa.Column("ai_suggested_priority", sa.Integer(), nullable=True),
        sa.Column("due_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "due_sort",
            sa.DateTime(timezone=True),
            sa.Computed("coalesce(due_date, 'infinity'::timestamptz)", persisted=True),
            nullable=False,
        ),
        sa.Column("reminder_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("related_partner_id", sa.Uuid(), nullable=True),
        sa.Column("related_peer_contractor_id", sa.Uuid(), nullable=True),
        sa.Column("related_speaker_id", sa.Uuid(), nullable=True),
        sa.Column("related_sponsor_id", sa.Uuid(), nullable=True),
        sa.Column("related_note_id", sa.Uuid(), nullable=True),
        sa.Column("related_demo_booking_id", sa.Uuid(), nullable=True),
        sa.Column("ai_generated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("ai_reasoning", sa.Text(), nullable=True),
        sa.Column("extraction_confidence", sa.Numeric(precision=3, scale=2), nullable=True),
        sa.Column("source_message_id", sa.Uuid(), nullable=True),
        sa.Column(
            "conversation_context",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("person_name", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), server_default="api", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(status = 'completed') = (completed_at IS NOT NULL)", name=op.f("ck_contractor_action_items_completed_at")
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'in_progress', 'completed', 'cancelled', 'deferred')",
            name=op.f("ck_contractor_action_items_status"),
        ),
        sa.CheckConstraint(
            "ai_suggested_priority BETWEEN 1 AND 10", name=op.f("ck_contractor_action_items_ai_suggested_priority")
        ),
        sa.CheckConstraint(
            "contractor_priority BETWEEN 1 AND 10", name=op.f("ck_contractor_action_items_contractor_priority")
        ),
        sa.CheckConstraint(
            "extraction_confidence BETWEEN 0 AND 1", name=op.f("ck_contractor_action_items_extraction_confidence")
        ),
        sa.CheckConstraint("priority BETWEEN 1 AND 10", name=op.f("ck_contractor_action_items_priority")),
        sa.ForeignKeyConstraint(
            ["account_id", "contractor_id"],
            ["contractors.account_id", "contractors.id"],
            name=op.f("fk_contractor_action_items_account_id_contractor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "event_id"],
            ["events.account_id", "events.id"],
            name=op.f("fk_contractor_action_items_account_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "related_demo_booking_id"],
            ["demo_bookings.account_id", "demo_bookings.id"],
            name=op.f("fk_contractor_action_items_account_id_related_demo_booking_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "related_note_id"],
            ["event_notes.account_id", "event_notes.id"],
            name=op.f("fk_contractor_action_items_account_id_related_note_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "related_partner_id"],
            ["partners.account_id", "partners.id"],
            name=op.f("fk_contractor_action_items_account_id_related_partner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "related_peer_contractor_id"],
            ["contractors.account_id", "contractors.id"],
            name="fk_contractor_action_items_related_peer_contractor_id",
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "related_speaker_id"],
            ["event_speakers.account_id", "event_speakers.id"],
            name=op.f("fk_contractor_action_items_account_id_related_speaker_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "related_sponsor_id"],
            ["event_sponsors.account_id", "event_sponsors.id"],
            name=op.f("fk_contractor_action_items_account_id_related_sponsor_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_contractor_action_items")),
    )
    op.create_index(
        "ix_contractor_action_items_account_id_contractor_id",
        "contractor_action_items",
        ["account_id", "contractor_id", "id"],
        unique=False,
    )
    op.create_index(
        "ix_contractor_action_items_account_id_event_id",
        "contractor_action_items",
        ["account_id", "event_id", "id"],
        unique=False,
    )
    op.create_index(
        "ix_contractor_action_items_account_id_related_note_id",
        "contractor_action_items",
        ["account_id", "related_note_id", "id"],
        unique=False,
    )
    op.create_index(
        "ix_contractor_action_items_account_id_status",
        "contractor_action_items",
        ["account_id", "status", "id"],
        unique=False,
        postgresql_where=sa.text("status IN ('in_progress', 'deferred', 'cancelled')"),
    )
    op.create_index(
        "ix_contractor_action_items_due",
        "contractor_action_items",
        ["account_id", "due_date"],
        unique=False,
        postgresql_where=sa.text("status IN ('pending', 'in_progress', 'deferred')"),
    )
    op.create_index(
        "ix_contractor_action_items_account_id_priority",
        "contractor_action_items",
        ["account_id", "priority", "due_sort", "id"],
        unique=False,
    )
    op.create_index(
        "ix_contractor_action_items_pending",
        "contractor_action_items",
        ["account_id", "contractor_id", "status", "priority", "due_sort", "id"],
        unique=False,
    )
    op.create_table(
        "action_item_updates",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("action_item_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("update_type", sa.Text(), nullable=False),
        sa.Column("field_name", sa.Text(), nullable=True),
        sa.Column("old_value", sa.Text(), nullable=True),
        sa.Column("new_value", sa.Text(), nullable=True),
        sa.Column("update_note", sa.Text(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.Column("update_source", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.CheckConstraint(
            "update_source IN ('sms_conversation', 'check_in_reply', 'api', 'console', 'scheduler', 'import')",
            name=op.f("ck_action_item_updates_update_source"),
        ),
        sa.CheckConstraint(
            "update_type IN ('status_change', 'priority_change', 'due_date_change', 'field_change', 'note', 'email_sent')",
            name=op.f("ck_action_item_updates_update_type"),
        ),
        sa.CheckConstraint(
            "updated_by IN ('contractor', 'ai', 'system', 'user')", name=op.f("ck_action_item_updates_updated_by")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "action_item_id"],
            ["contractor_action_items.account_id", "contractor_action_items.id"],
            name=op.f("fk_action_item_updates_account_id_action_item_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_action_item_updates")),
    )
    op.create_index(
        "ix_action_item_updates_account_id_action_item_id",
        "action_item_updates",
        ["account_id", "action_item_id", "id"],
        unique=False,
    )
    for table in (
        *("accounts", "attendees", "contractors", "conversations", "demo_bookings", "event_sessions", "event_speakers"),
        *("event_sponsors", "events", "followup_schedules", "partners"),
    ):
        apply(op, protect("actions", table))
    apply(
        op,
        protect("actions", "recent_messages"),
        open_to_worker("actions", "recent_messages", privileges="SELECT, DELETE"),
    )
    apply(op, protect("actions", "concierge_lanes"), open_to_worker("actions", "concierge_lanes"))
    apply(op, protect("actions", "concierge_turns", own="contractor_id"))
    for table in ("event_notes", "contractor_action_items"):
        apply(op, protect("actions", table, own="contractor_id"), touch(table))
    apply(op, protect("actions", "action_item_updates", own="contractor_id", append_only=True))


def downgrade() -> None:
    op.drop_index("ix_action_item_updates_account_id_action_item_id", table_name="action_item_updates")
    op.drop_table("action_item_updates")
    op.drop_index("ix_contractor_action_items_pending", table_name="contractor_action_items")
    op.drop_index("ix_contractor_action_items_account_id_priority", table_name="contractor_action_items")
    op.drop_index(
        "ix_contractor_action_items_due",
        table_name="contractor_action_items",
        postgresql_where=sa.text("status IN ('pending', 'in_progress', 'deferred')"),
    )
    op.drop_index(
        "ix_contractor_action_items_account_id_status",
        table_name="contractor_action_items",
        postgresql_where=sa.text("status IN ('in_progress', 'deferred', 'cancelled')"),
    )
    op.drop_index("ix_contractor_action_items_account_id_related_note_id", table_name="contractor_action_items")
    op.drop_index("ix_contractor_action_items_account_id_event_id", table_name="contractor_action_items")
    op.drop_index("ix_contractor_action_items_account_id_contractor_id", table_name="contractor_action_items")
    op.drop_table("contractor_action_items")
    op.drop_index("ix_event_notes_account_id_event_id", table_name="event_notes")
    op.drop_index("ix_event_notes_account_id_contractor_id", table_name="event_notes")
    op.drop_index("ix_event_notes_account_id_captured_at", table_name="event_notes")
    op.drop_table("event_notes")
    op.drop_index(
        "ix_concierge_turns_stranger", table_name="concierge_turns", postgresql_where=sa.text("contractor_id IS NULL")
    )
    op.drop_index(
        "ix_concierge_turns_open",
        table_name="concierge_turns",
        postgresql_where=sa.text("status IN ('queued', 'running')"),
    )
    op.drop_index(
        "ix_concierge_turns_failed", table_name="concierge_turns", postgresql_where=sa.text("status = 'failed'")
    )
    op.drop_index("ix_concierge_turns_account_id_conversation_id", table_name="concierge_turns")
    op.drop_index("ix_concierge_turns_account_id_contractor_id", table_name="concierge_turns")
    op.drop_table("concierge_turns")
    op.drop_index("ix_recent_messages_said_at", table_name="recent_messages")
    op.drop_index("ix_recent_messages_account_id_conversation_id", table_name="recent_messages")
    op.drop_table("recent_messages")
    op.drop_table("partners")
    op.drop_index("ix_followup_schedules_account_id_contractor_id", table_name="followup_schedules")
    op.drop_table("followup_schedules")
    op.drop_table("events")
    op.drop_index("ix_event_sponsors_account_id_event_id", table_name="event_sponsors")
    op.drop_table("event_sponsors")
    op.drop_index("ix_event_speakers_account_id_event_id", table_name="event_speakers")
    op.drop_table("event_speakers")
    op.drop_index("ix_event_sessions_account_id_event_id", table_name="event_sessions")
    op.drop_table("event_sessions")
    op.drop_index("ix_demo_bookings_account_id_contractor_id", table_name="demo_bookings")
    op.drop_table("demo_bookings")
    op.drop_table("conversations")
    op.drop_index("ix_contractors_account_id_phone", table_name="contractors")
    op.drop_table("contractors")
    op.drop_index("ix_concierge_lanes_waiting", table_name="concierge_lanes", postgresql_where=sa.text("waiting"))
    op.drop_table("concierge_lanes")
    op.drop_index("ix_attendees_account_id_event_id_name_key", table_name="attendees")
    op.drop_index("ix_attendees_account_id_contractor_id", table_name="attendees")
    op.drop_table("attendees")
    op.drop_table("accounts")
