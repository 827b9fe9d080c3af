"""What a change of a promise leaves behind: one audit row for each field, and the time of its completion."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

ACTION_TYPES = (
    *("follow_up", "demo_prep", "email_intro", "implement_tool", "contact_peer", "contact_speaker"),
    *("research_partner", "other"),
)
_UPDATE_TYPES = {
    "status": "status_change",
    "priority": "priority_change",
    "contractor_priority": "priority_change",
    "ai_suggested_priority": "priority_change",
    "due_date": "due_date_change",
}
_NOT_AUDITED = {"completed_at", "conversation_context"}

UpdatedBy = Literal["contractor", "ai", "system", "user"]
UpdateSource = Literal["sms_conversation", "check_in_reply", "api", "console", "scheduler", "import"]


@dataclass(frozen=True)
class Origin:
    """Who changes something, by which road, and because of which message."""

    updated_by: UpdatedBy
    update_source: UpdateSource
    message_id: UUID | None = None


def origin_of(role: str) -> Origin:
    """Of a change that comes over HTTP."""
    return Origin("contractor" if role == "contractor" else "system" if role == "service" else "user", "api")


@dataclass(frozen=True)
class Change:
    """One changed field, as its audit row tells it."""

    field: str
    update_type: str
    old_value: str | None
    new_value: str | None


def with_completion(item: Any, values: dict[str, Any], at: datetime) -> dict[str, Any]:
    """`values` and, where the status changes, the `completed_at` that belongs to it."""
    status = values.get("status", item.status)
    if status == item.status:
        return values
    return {**values, "completed_at": at if status == "completed" else None}


def changes_of(item: Any, values: dict[str, Any]) -> list[Change]:
    """What would be different, field by field."""
    return [
        Change(name, _UPDATE_TYPES.get(name, "field_change"), as_text(getattr(item, name)), as_text(value))
        for name, value in values.items()
        if name not in _NOT_AUDITED and getattr(item, name) != value
    ]


def as_text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value.normalize()) if isinstance(value, Decimal) else str(value)


def due_at(due: date | None, zone: ZoneInfo) -> datetime | None:
    """A day stands for its noon: the same day in every zone of the country, and in UTC. A time without zone is local."""
    if due is None:
        return None
    if isinstance(due, datetime):
        return due if due.tzinfo else due.replace(tzinfo=zone)
    return datetime.combine(due, time(12), zone).astimezone(UTC)


def ask_again_at(day: date | None, zone: ZoneInfo) -> datetime | None:
    """A day stands for its morning."""
    if day is None or isinstance(day, datetime):
        return due_at(day, zone)
    return datetime.combine(day, time(10), zone)


def followup_is_completed(open_items: int, completed_items: int) -> bool:
    """Of a note: kept, once nothing is open and something was done about it."""
    return open_items == 0 and completed_items > 0
