"""What a text may mention: the facts of one schedule, gathered from its row and the replicas."""

import re
from typing import Any

from pydantic import BaseModel, ConfigDict

from services.followups.replicas.models import ActionItem, Contractor, Event
from services.followups.schedules.models import FollowupSchedule
from services.followups.timing.rules import zone_named
from services.followups.wording.pronouns import possessive

_DISCUSSION = re.compile(r"\s+(?:discussion|conversation|talk|chat|insights?)$", re.IGNORECASE)
_INSIGHT = re.compile(r"\binsights?\b", re.IGNORECASE)


class Facts(BaseModel):
    """`template` are the words a caller gave; `reason` is why a partner is suggested; `about_insights`: what was noted
    were somebody's insights on `topic`."""

    model_config = ConfigDict(extra="forbid")

    followup_type: str
    purpose: str = "check_in"
    tone: str = "friendly"
    first_name: str | None = None
    title: str | None = None
    person: str | None = None
    possessive: str = "their"
    event: str | None = None
    topic: str | None = None
    about_insights: bool = False
    due: str | None = None
    is_overdue: bool = False
    reason: str | None = None
    template: str | None = None
    hints: dict[str, Any] = {}


def gather(row: FollowupSchedule, contractor: Contractor | None, item: ActionItem | None, event: Event | None) -> Facts:
    hints = row.ai_context_hints
    note = hints.get("reference_note")
    topic = _text(note) or (item.topic if item else None)
    person = _text(hints.get("mention_person")) or (item.person_name if item else None)
    return Facts(
        followup_type=row.followup_type,
        purpose=row.purpose,
        tone=row.message_tone,
        first_name=_first_name(contractor),
        title=item.title if item else None,
        person=person,
        possessive=possessive(person),
        event=_text(hints.get("mention_event")) or (event.name if event else None),
        topic=_DISCUSSION.sub("", topic) if topic else None,
        about_insights=bool(_text(note) or _INSIGHT.search((item.note_text if item else None) or "")),
        due=_due(row, item),
        is_overdue=_is_overdue(row, item),
        reason=item.ai_reasoning if item and row.purpose == "suggestion" else None,
        template=row.message_template,
        hints=hints,
    )


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _first_name(contractor: Contractor | None) -> str | None:
    name = ((contractor.full_name if contractor else None) or "").split()
    return name[0] if name else None


def _due(row: FollowupSchedule, item: ActionItem | None) -> str | None:
    zone = zone_named(row.planned_zone)
    if item is None or item.due_date is None or zone is None:
        return None
    return f"{item.due_date.astimezone(zone):%A, %b %-d}"


def _is_overdue(row: FollowupSchedule, item: ActionItem | None) -> bool:
    """By the day on which it is asked about."""
    zone = zone_named(row.planned_zone)
    if item is None or item.due_date is None or zone is None:
        return False
    return row.scheduled_time.astimezone(zone).date() > item.due_date.astimezone(zone).date()
