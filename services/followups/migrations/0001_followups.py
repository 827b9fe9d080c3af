"""Schedules, policy, preparations and replicas of followups."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.db.platform import apply, create_platform
from shared.db.protect import open_to_worker, protect, touch

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

REPLICAS = ("accounts", "contractors", "events", "attendees", "action_items", "suppressions")


def upgrade() -> None:
    create_platform(op, "followups")
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column(
            "followup_policy", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_accounts")),
    )
    op.create_table(
        "action_items",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("action_type", sa.Text(), nullable=True),
        sa.Column("due_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminder_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("related_partner_id", sa.Uuid(), nullable=True),
        sa.Column("person_name", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("note_text", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_action_items")),
    )
    op.create_index(
        op.f("ix_action_items_account_id_contractor_id_id"),
        "action_items",
        ["account_id", "contractor_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_action_items_account_id_event_id_id"), "action_items", ["account_id", "event_id", "id"], unique=False
    )
    op.create_table(
        "attendees",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("contractor_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_attendees")),
    )
    op.create_index(
        op.f("ix_attendees_account_id_contractor_id_id"),
        "attendees",
        ["account_id", "contractor_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_attendees_account_id_event_id_id"), "attendees", ["account_id", "event_id", "id"], unique=False
    )
    op.create_table(
        "contractors",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_contractors")),
    )
    op.create_index(op.f("ix_contractors_account_id_phone"), "contractors", ["account_id", "phone"], unique=False)
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
        "followup_policies",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("days_after_event", sa.Integer(), server_default=sa.text("3"), nullable=False),
        sa.Column("days_after_item", sa.Integer(), server_default=sa.text("3"), nullable=False),
        sa.Column("priorities_days_after_event", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("send_at", sa.Time(), server_default=sa.text("'10:00'"), nullable=False),
        sa.Column("quiet_from", sa.Time(), server_default=sa.text("'21:00'"), nullable=False),
        sa.Column("quiet_until", sa.Time(), server_default=sa.text("'08:00'"), nullable=False),
        sa.Column("one_a_day", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("digest", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("repeat_days", sa.Integer(), server_default=sa.text("3"), nullable=False),
        sa.Column("unanswered_before_help", sa.Integer(), server_default=sa.text("2"), nullable=False),
        sa.Column("tone", sa.Text(), server_default=sa.text("'friendly'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "quiet_until >= '08:00' AND quiet_from <= '21:00' AND quiet_until < quiet_from",
            name=op.f("ck_followup_policies_quiet"),
        ),
        sa.CheckConstraint(
            "tone IN ('friendly', 'professional', 'casual', 'urgent')", name=op.f("ck_followup_policies_tone")
        ),
        sa.CheckConstraint("days_after_event BETWEEN 0 AND 60", name=op.f("ck_followup_policies_days_after_event")),
        sa.CheckConstraint("days_after_item BETWEEN 0 AND 60", name=op.f("ck_followup_policies_days_after_item")),
        sa.CheckConstraint(
            "priorities_days_after_event BETWEEN 0 AND 30",
            name=op.f("ck_followup_policies_priorities_days_after_event"),
        ),
        sa.CheckConstraint("repeat_days BETWEEN 1 AND 60", name=op.f("ck_followup_policies_repeat_days")),
        sa.CheckConstraint(
            "send_at >= quiet_until AND send_at < quiet_from", name=op.f("ck_followup_policies_send_at")
        ),
        sa.CheckConstraint(
            "unanswered_before_help BETWEEN 1 AND 10", name=op.f("ck_followup_policies_unanswered_before_help")
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_followup_policies")),
    )
    op.create_table(
        "suppressions",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_suppressions")),
        sa.UniqueConstraint(
            "account_id", "address", "channel", "scope", name=op.f("uq_suppressions_account_id_address_channel_scope")
        ),
    )
    op.create_table(
        "contractor_followup_schedules",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("action_item_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("scheduled_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("followup_type", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), server_default=sa.text("'check_in'"), nullable=False),
        sa.Column("message_template", sa.Text(), nullable=True),
        sa.Column("message_tone", sa.Text(), server_default=sa.text("'friendly'"), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'scheduled'"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("response_received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("response_text", sa.Text(), nullable=True),
        sa.Column("ai_should_personalize", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "ai_context_hints", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("skip_if_completed", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_recurring", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("recurrence_interval_days", sa.Integer(), nullable=True),
        sa.Column("recurrence_anchor", sa.Text(), nullable=True),
        sa.Column("recurrence_starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recurrence_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recurrence_count", sa.Integer(), nullable=True),
        sa.Column("occurrence", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("next_occurrence_id", sa.Uuid(), nullable=True),
        sa.Column("planned_by", sa.Text(), nullable=False),
        sa.Column("plan_key", sa.Text(), nullable=True),
        sa.Column("plan_reason", sa.Text(), nullable=True),
        sa.Column("planned_zone", sa.Text(), nullable=True),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deferred_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("message_key", sa.Text(), nullable=True),
        sa.Column("prepared_body", sa.Text(), nullable=True),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("app_clock()"), nullable=False),
        sa.Column("row_version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "followup_type IN ('check_in', 'reminder', 'status_update', 'offer_help', 'completion_confirmation')",
            name=op.f("ck_contractor_followup_schedules_followup_type"),
        ),
        sa.CheckConstraint(
            "message_tone IN ('friendly', 'professional', 'casual', 'urgent')",
            name=op.f("ck_contractor_followup_schedules_message_tone"),
        ),
        sa.CheckConstraint(
            "planned_by IN ('policy', 'person', 'caller')", name=op.f("ck_contractor_followup_schedules_planned_by")
        ),
        sa.CheckConstraint(
            "purpose IN ('check_in', 'priorities', 'suggestion')", name=op.f("ck_contractor_followup_schedules_purpose")
        ),
        sa.CheckConstraint(
            "recurrence_anchor IN ('due_date', 'last_completion')",
            name=op.f("ck_contractor_followup_schedules_recurrence_anchor"),
        ),
        sa.CheckConstraint(
            "status <> 'deferred' OR deferred_until IS NOT NULL",
            name=op.f("ck_contractor_followup_schedules_deferred_until"),
        ),
        sa.CheckConstraint(
            "status IN ('scheduled', 'sent', 'responded', 'cancelled', 'deferred')",
            name=op.f("ck_contractor_followup_schedules_status"),
        ),
        sa.CheckConstraint(
            "NOT is_recurring OR recurrence_interval_days IS NOT NULL",
            name=op.f("ck_contractor_followup_schedules_recurrence"),
        ),
        sa.CheckConstraint("recurrence_count >= 1", name=op.f("ck_contractor_followup_schedules_recurrence_count")),
        sa.CheckConstraint(
            "recurrence_interval_days BETWEEN 1 AND 3660",
            name=op.f("ck_contractor_followup_schedules_recurrence_interval_days"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "action_item_id"],
            ["action_items.account_id", "action_items.id"],
            name=op.f("fk_contractor_followup_schedules_account_id_action_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "contractor_id"],
            ["contractors.account_id", "contractors.id"],
            name=op.f("fk_contractor_followup_schedules_account_id_contractor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "event_id"],
            ["events.account_id", "events.id"],
            name=op.f("fk_contractor_followup_schedules_account_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "next_occurrence_id"],
            ["contractor_followup_schedules.account_id", "contractor_followup_schedules.id"],
            name=op.f("fk_contractor_followup_schedules_account_id_next_occurrence_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_contractor_followup_schedules")),
    )
    op.create_index(
        "ix_contractor_followup_schedules_account_due",
        "contractor_followup_schedules",
        ["account_id", "send_at"],
        unique=False,
        postgresql_where=sa.text("status = 'scheduled' AND handed_over_at IS NULL"),
    )
    op.create_index(
        "ix_contractor_followup_schedules_account_id_time",
        "contractor_followup_schedules",
        ["account_id", "scheduled_time", "id"],
        unique=False,
    )
    op.create_index(
        "ix_contractor_followup_schedules_contractor",
        "contractor_followup_schedules",
        ["account_id", "contractor_id", "scheduled_time", "id"],
        unique=False,
    )
    op.create_index(
        "ix_contractor_followup_schedules_due",
        "contractor_followup_schedules",
        ["send_at"],
        unique=False,
        postgresql_where=sa.text("status = 'scheduled' AND handed_over_at IS NULL"),
    )
    op.create_index(
        "ix_contractor_followup_schedules_event",
        "contractor_followup_schedules",
        ["account_id", "event_id", "scheduled_time", "id"],
        unique=False,
    )
    op.create_index(
        "ix_contractor_followup_schedules_handed_over",
        "contractor_followup_schedules",
        ["account_id", "contractor_id", "handed_over_at"],
        unique=False,
    )
    op.create_index(
        "ix_contractor_followup_schedules_item",
        "contractor_followup_schedules",
        ["account_id", "action_item_id", "scheduled_time", "id"],
        unique=False,
    )
    op.create_index(
        "ix_contractor_followup_schedules_message_key",
        "contractor_followup_schedules",
        ["account_id", "message_key"],
        unique=False,
    )
    op.create_index(
        "ix_contractor_followup_schedules_plan",
        "contractor_followup_schedules",
        ["account_id", "plan_key"],
        unique=False,
    )
    op.create_index(
        "ix_contractor_followup_schedules_status",
        "contractor_followup_schedules",
        ["account_id", "status", "scheduled_time", "id"],
        unique=False,
    )
    op.create_index(
        "ix_contractor_followup_schedules_waiting",
        "contractor_followup_schedules",
        ["account_id", "contractor_id", "send_at"],
        unique=False,
        postgresql_where=sa.text("status = 'scheduled'"),
    )
    op.create_index(
        "uq_contractor_followup_schedules_plan_key",
        "contractor_followup_schedules",
        ["account_id", "plan_key"],
        unique=True,
        postgresql_where=sa.text("status = 'scheduled'"),
    )
    op.create_table(
        "followup_preparations",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("prepare_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("run_after", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("failure_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "id"],
            ["contractor_followup_schedules.account_id", "contractor_followup_schedules.id"],
            name=op.f("fk_followup_preparations_account_id_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_followup_preparations")),
    )
    op.create_index(
        "ix_followup_preparations_open",
        "followup_preparations",
        ["prepare_from"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "followup_replans",
        sa.Column("account_id", sa.Uuid(), server_default=sa.text("app_account_id()"), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reached", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("run_after", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("failure_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("subject IN ('event', 'account')", name=op.f("ck_followup_replans_subject")),
        sa.PrimaryKeyConstraint("account_id", "id", name=op.f("pk_followup_replans")),
    )
    op.create_index(
        "ix_followup_replans_open",
        "followup_replans",
        ["run_after"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    for table in REPLICAS:
        apply(op, protect("followups", table))
    apply(op, protect("followups", "followup_policies"), touch("followup_policies"))
    schedules = "contractor_followup_schedules"
    apply(
        op,
        protect("followups", schedules, own="contractor_id"),
        touch(schedules),
        open_to_worker("followups", schedules, privileges="SELECT"),
    )
    apply(op, protect("followups", "followup_preparations"), open_to_worker("followups", "followup_preparations"))
    apply(op, protect("followups", "followup_replans"), open_to_worker("followups", "followup_replans"))


def downgrade() -> None:
    op.drop_index(
        "ix_followup_replans_open", table_name="followup_replans", postgresql_where=sa.text("done_at IS NULL")
    )
    op.drop_table("followup_replans")
    op.drop_index(
        "ix_followup_preparations_open", table_name="followup_preparations", postgresql_where=sa.text("done_at IS NULL")
    )
    op.drop_table("followup_preparations")
    op.drop_index(
        "uq_contractor_followup_schedules_plan_key",
        table_name="contractor_followup_schedules",
        postgresql_where=sa.text("status = 'scheduled'"),
    )
    op.drop_index(
        "ix_contractor_followup_schedules_waiting",
        table_name="contractor_followup_schedules",
        postgresql_where=sa.text("status = 'scheduled'"),
    )
    op.drop_index("ix_contractor_followup_schedules_status", table_name="contractor_followup_schedules")
    op.drop_index("ix_contractor_followup_schedules_plan", table_name="contractor_followup_schedules")
    op.drop_index("ix_contractor_followup_schedules_message_key", table_name="contractor_followup_schedules")
    op.drop_index("ix_contractor_followup_schedules_item", table_name="contractor_followup_schedules")
    op.drop_index("ix_contractor_followup_schedules_handed_over", table_name="contractor_followup_schedules")
    op.drop_index("ix_contractor_followup_schedules_event", table_name="contractor_followup_schedules")
    op.drop_index(
        "ix_contractor_followup_schedules_due",
        table_name="contractor_followup_schedules",
        postgresql_where=sa.text("status = 'scheduled' AND handed_over_at IS NULL"),
    )
    op.drop_index("ix_contractor_followup_schedules_contractor", table_name="contractor_followup_schedules")
    op.drop_index("ix_contractor_followup_schedules_account_id_time", table_name="contractor_followup_schedules")
    op.drop_index(
        "ix_contractor_followup_schedules_account_due",
        table_name="contractor_followup_schedules",
        postgresql_where=sa.text("status = 'scheduled' AND handed_over_at IS NULL"),
    )
    op.drop_table("contractor_followup_schedules")
    op.drop_table("suppressions")
    op.drop_table("followup_policies")
    op.drop_table("events")
    op.drop_index(op.f("ix_contractors_account_id_phone"), table_name="contractors")
    op.drop_table("contractors")
    op.drop_index(op.f("ix_attendees_account_id_event_id_id"), table_name="attendees")
    op.drop_index(op.f("ix_attendees_account_id_contractor_id_id"), table_name="attendees")
    op.drop_table("attendees")
    op.drop_index(op.f("ix_action_items_account_id_event_id_id"), table_name="action_items")
    op.drop_index(op.f("ix_action_items_account_id_contractor_id_id"), table_name="action_items")
    op.drop_table("action_items")
    op.drop_table("accounts")
