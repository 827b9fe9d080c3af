"""notes, action items, concierge, replicas."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.db.platform import apply, create_platform
from shared.db.protect import open_to_worker, protect, touch
from shared.db.tables import created, editable, index, leased, refers, replicated, tenant_table

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_platform(op, "actions")
    _create_replicas()
    _create_concierge()
    _create_notes()
    _create_action_items()
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


def _create_replicas() -> None:
    tenant_table(
        "accounts",
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        *replicated(),
    )
    tenant_table(
        "attendees",
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("contractor_id", sa.Uuid(), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("name_key", sa.Text(), sa.Computed("lower(full_name)", persisted=True), nullable=True),
        *replicated(),
    )
    index("attendees", "account_id", "contractor_id")
    index("attendees", "account_id", "event_id", "name_key")
    tenant_table(
        "contractors",
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("focus_areas", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("provisional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        *replicated(),
    )
    index("contractors", "account_id", "phone")
    tenant_table(
        "conversations",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.CheckConstraint("mode IN ('concierge', 'staff')", name="mode"),
    )
    tenant_table(
        "demo_bookings",
        sa.Column("contractor_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("sponsor_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        *replicated(),
    )
    index("demo_bookings", "account_id", "contractor_id", "starts_at", name="account_id_contractor_id")
    tenant_table(
        "event_sessions",
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("speaker_ids", postgresql.ARRAY(sa.UUID()), server_default=sa.text("'{}'"), nullable=False),
        *replicated(),
    )
    index("event_sessions", "account_id", "event_id", "starts_at", name="account_id_event_id")
    tenant_table(
        "event_speakers",
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("company", sa.Text(), nullable=True),
        *replicated(),
    )
    index("event_speakers", "account_id", "event_id")
    tenant_table(
        "event_sponsors",
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        *replicated(),
    )
    index("event_sponsors", "account_id", "event_id")
    tenant_table(
        "events",
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        *replicated(),
    )
    tenant_table(
        "followup_schedules",
        sa.Column("contractor_id", sa.Uuid(), nullable=True),
        sa.Column("action_item_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("scheduled_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("followup_type", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        *replicated(),
    )
    index("followup_schedules", "account_id", "contractor_id", "status", name="account_id_contractor_id")
    tenant_table(
        "partners",
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("focus_areas", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        *replicated(),
    )


def _create_concierge() -> None:
    tenant_table(
        "concierge_lanes",
        sa.Column("waiting", sa.Boolean(), nullable=False),
        *leased(),
    )
    index("concierge_lanes", "run_after", name="waiting", where="waiting")
    tenant_table(
        "recent_messages",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=True),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("origin", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint("direction IN ('inbound', 'outbound')", name="direction"),
    )
    index("recent_messages", "account_id", "conversation_id", "said_at", name="account_id_conversation_id")
    index("recent_messages", "said_at")
    tenant_table(
        "concierge_turns",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_epoch", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("messages", postgresql.JSONB(), nullable=False),
        sa.Column("open_questions", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("opted_out", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), server_default="queued", nullable=False),
        sa.Column("intent", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Numeric(precision=3, scale=2), nullable=True),
        sa.Column("reading", postgresql.JSONB(), nullable=True),
        sa.Column("changes", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("ai_run_id", sa.Uuid(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure_reason", sa.Text(), nullable=True),
        *created(),
        sa.CheckConstraint("status IN ('queued', 'running', 'done', 'silent', 'failed')", name="status"),
        sa.CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence"),
        refers("contractor_id", "contractors"),
        sa.UniqueConstraint("account_id", "message_id"),
    )
    index("concierge_turns", "account_id", "contractor_id", "seq", name="account_id_contractor_id")
    index("concierge_turns", "account_id", "conversation_id", "id", name="account_id_conversation_id")
    index("concierge_turns", "account_id", "id", name="failed", where="status = 'failed'")
    index("concierge_turns", "account_id", "contractor_id", "seq", name="open", where="status IN ('queued', 'running')")
    index("concierge_turns", "account_id", "address", name="stranger", where="contractor_id IS NULL")


def _create_notes() -> None:
    tenant_table(
        "event_notes",
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("note_text", sa.Text(), nullable=False),
        sa.Column("note_type", sa.Text(), server_default="general", nullable=False),
        sa.Column("extracted_entities", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
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
        sa.Column("conversation_context", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("source_message_id", sa.Uuid(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        *editable(),
        sa.CheckConstraint(
            "note_type IN ('general', 'contact', 'insight', 'action_item', 'speaker_note', 'sponsor_note')",
            name="note_type",
        ),
        sa.CheckConstraint("ai_priority_score BETWEEN 0 AND 1", name="ai_priority_score"),
        refers("contractor_id", "contractors"),
        refers("event_id", "events"),
        refers("speaker_id", "event_speakers"),
        refers("sponsor_id", "event_sponsors"),
        sa.UniqueConstraint("account_id", "source_message_id"),
    )
    index("event_notes", "account_id", "captured_at", "id", name="account_id_captured_at")
    index("event_notes", "account_id", "contractor_id", "captured_at", "id", name="account_id_contractor_id")
    index("event_notes", "account_id", "event_id", "contractor_id", "captured_at", "id", name="account_id_event_id")


def _create_action_items() -> None:
    tenant_table(
        "contractor_action_items",
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
        sa.Column("conversation_context", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), server_default="api", nullable=False),
        *editable(),
        sa.CheckConstraint("(status = 'completed') = (completed_at IS NOT NULL)", name="completed_at"),
        sa.CheckConstraint("status IN ('pending', 'in_progress', 'completed', 'cancelled', 'deferred')", name="status"),
        sa.CheckConstraint("ai_suggested_priority BETWEEN 1 AND 10", name="ai_suggested_priority"),
        sa.CheckConstraint("contractor_priority BETWEEN 1 AND 10", name="contractor_priority"),
        sa.CheckConstraint("extraction_confidence BETWEEN 0 AND 1", name="extraction_confidence"),
        sa.CheckConstraint("priority BETWEEN 1 AND 10", name="priority"),
        refers("contractor_id", "contractors"),
        refers("event_id", "events"),
        refers("related_demo_booking_id", "demo_bookings"),
        refers("related_note_id", "event_notes"),
        refers("related_partner_id", "partners"),
        refers(
            "related_peer_contractor_id", "contractors", name="fk_contractor_action_items_related_peer_contractor_id"
        ),
        refers("related_speaker_id", "event_speakers"),
        refers("related_sponsor_id", "event_sponsors"),
    )
    index("contractor_action_items", "account_id", "contractor_id", "id", name="account_id_contractor_id")
    index("contractor_action_items", "account_id", "event_id", "id", name="account_id_event_id")
    index("contractor_action_items", "account_id", "related_note_id", "id", name="account_id_related_note_id")
    index(
        "contractor_action_items",
        "account_id",
        "status",
        "id",
        name="account_id_status",
        where="status IN ('in_progress', 'deferred', 'cancelled')",
    )
    index(
        "contractor_action_items",
        "account_id",
        "due_date",
        name="due",
        where="status IN ('pending', 'in_progress', 'deferred')",
    )
    index("contractor_action_items", "account_id", "priority", "due_sort", "id", name="account_id_priority")
    index(
        "contractor_action_items", "account_id", "contractor_id", "status", "priority", "due_sort", "id", name="pending"
    )
    tenant_table(
        "action_item_updates",
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
        *created(),
        sa.CheckConstraint(
            "update_source IN ('sms_conversation', 'check_in_reply', 'api', 'console', 'scheduler', 'import')",
            name="update_source",
        ),
        sa.CheckConstraint(
            "update_type IN ('status_change', 'priority_change', 'due_date_change', 'field_change', 'note', 'email_sent')",
            name="update_type",
        ),
        sa.CheckConstraint("updated_by IN ('contractor', 'ai', 'system', 'user')", name="updated_by"),
        refers("action_item_id", "contractor_action_items"),
    )
    index("action_item_updates", "account_id", "action_item_id", "id", name="account_id_action_item_id")


def downgrade() -> None:
    for table in (
        *("action_item_updates", "contractor_action_items", "event_notes", "concierge_turns"),
        *("recent_messages", "partners", "followup_schedules", "events", "event_sponsors"),
        *("event_speakers", "event_sessions", "demo_bookings", "conversations", "contractors"),
        *("concierge_lanes", "attendees", "accounts"),
    ):
        op.drop_table(table)
