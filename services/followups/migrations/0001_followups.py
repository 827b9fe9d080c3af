"""Schedules, policy, preparations and replicas of followups."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.db.platform import apply, create_platform
from shared.db.protect import open_to_worker, protect, touch
from shared.db.tables import editable, index, leased, refers, replicated, tenant_table

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

REPLICAS = ("accounts", "contractors", "events", "attendees", "action_items", "suppressions")


def upgrade() -> None:
    create_platform(op, "followups")
    _create_replicas()
    _create_policies()
    _create_schedules()
    _create_jobs()
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


def _create_replicas() -> None:
    tenant_table(
        "accounts",
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("followup_policy", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        *replicated(),
    )
    tenant_table(
        "action_items",
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
        *replicated(),
    )
    index("action_items", "account_id", "contractor_id", "id")
    index("action_items", "account_id", "event_id", "id")
    tenant_table(
        "attendees",
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("contractor_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        *replicated(),
    )
    index("attendees", "account_id", "contractor_id", "id")
    index("attendees", "account_id", "event_id", "id")
    tenant_table(
        "contractors",
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        *replicated(),
    )
    index("contractors", "account_id", "phone")
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
        "suppressions",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("account_id", "address", "channel", "scope"),
    )


def _create_policies() -> None:
    tenant_table(
        "followup_policies",
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
        *editable(),
        sa.CheckConstraint(
            "quiet_until >= '08:00' AND quiet_from <= '21:00' AND quiet_until < quiet_from", name="quiet"
        ),
        sa.CheckConstraint("tone IN ('friendly', 'professional', 'casual', 'urgent')", name="tone"),
        sa.CheckConstraint("days_after_event BETWEEN 0 AND 60", name="days_after_event"),
        sa.CheckConstraint("days_after_item BETWEEN 0 AND 60", name="days_after_item"),
        sa.CheckConstraint("priorities_days_after_event BETWEEN 0 AND 30", name="priorities_days_after_event"),
        sa.CheckConstraint("repeat_days BETWEEN 1 AND 60", name="repeat_days"),
        sa.CheckConstraint("send_at >= quiet_until AND send_at < quiet_from", name="send_at"),
        sa.CheckConstraint("unanswered_before_help BETWEEN 1 AND 10", name="unanswered_before_help"),
    )


def _create_schedules() -> None:
    tenant_table(
        "contractor_followup_schedules",
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
        sa.Column("ai_context_hints", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
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
        *editable(),
        sa.CheckConstraint(
            "followup_type IN ('check_in', 'reminder', 'status_update', 'offer_help', 'completion_confirmation')",
            name="followup_type",
        ),
        sa.CheckConstraint("message_tone IN ('friendly', 'professional', 'casual', 'urgent')", name="message_tone"),
        sa.CheckConstraint("planned_by IN ('policy', 'person', 'caller')", name="planned_by"),
        sa.CheckConstraint("purpose IN ('check_in', 'priorities', 'suggestion')", name="purpose"),
        sa.CheckConstraint("recurrence_anchor IN ('due_date', 'last_completion')", name="recurrence_anchor"),
        sa.CheckConstraint("status <> 'deferred' OR deferred_until IS NOT NULL", name="deferred_until"),
        sa.CheckConstraint("status IN ('scheduled', 'sent', 'responded', 'cancelled', 'deferred')", name="status"),
        sa.CheckConstraint("NOT is_recurring OR recurrence_interval_days IS NOT NULL", name="recurrence"),
        sa.CheckConstraint("recurrence_count >= 1", name="recurrence_count"),
        sa.CheckConstraint("recurrence_interval_days BETWEEN 1 AND 3660", name="recurrence_interval_days"),
        refers("action_item_id", "action_items"),
        refers("contractor_id", "contractors"),
        refers("event_id", "events"),
        refers("next_occurrence_id", "contractor_followup_schedules", initially="DEFERRED", deferrable=True),
    )
    index(
        "contractor_followup_schedules",
        "account_id",
        "send_at",
        name="account_due",
        where="status = 'scheduled' AND handed_over_at IS NULL",
    )
    index("contractor_followup_schedules", "account_id", "scheduled_time", "id", name="account_id_time")
    index("contractor_followup_schedules", "account_id", "contractor_id", "scheduled_time", "id", name="contractor")
    index(
        "contractor_followup_schedules", "send_at", name="due", where="status = 'scheduled' AND handed_over_at IS NULL"
    )
    index("contractor_followup_schedules", "account_id", "event_id", "scheduled_time", "id", name="event")
    index("contractor_followup_schedules", "account_id", "contractor_id", "handed_over_at", name="handed_over")
    index("contractor_followup_schedules", "account_id", "action_item_id", "scheduled_time", "id", name="item")
    index("contractor_followup_schedules", "account_id", "message_key", name="message_key")
    index("contractor_followup_schedules", "account_id", "plan_key", name="plan")
    index("contractor_followup_schedules", "account_id", "status", "scheduled_time", "id", name="status")
    index(
        "contractor_followup_schedules",
        "account_id",
        "contractor_id",
        "send_at",
        name="waiting",
        where="status = 'scheduled'",
    )
    index(
        "contractor_followup_schedules",
        "account_id",
        "plan_key",
        name="plan_key",
        unique=True,
        where="status = 'scheduled'",
    )


def _create_jobs() -> None:
    tenant_table(
        "followup_preparations",
        sa.Column("prepare_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        *leased(),
        refers("id", "contractor_followup_schedules", ondelete="CASCADE"),
    )
    index("followup_preparations", "prepare_from", name="open", where="done_at IS NULL")
    tenant_table(
        "followup_replans",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reached", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        *leased(),
        sa.CheckConstraint("subject IN ('event', 'account')", name="subject"),
    )
    index("followup_replans", "run_after", name="open", where="done_at IS NULL")


def downgrade() -> None:
    for table in (
        *("followup_replans", "followup_preparations", "contractor_followup_schedules"),
        *("suppressions", "followup_policies", "events", "contractors", "attendees"),
        *("action_items", "accounts"),
    ):
        op.drop_table(table)
