"""The message that one or several rows become: words, question, options, how long it may go. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.followups.planning.rules import Clock
from services.followups.schedules.models import FollowupSchedule
from services.followups.timing.rules import closing
from services.followups.wording.facts import Facts
from services.followups.wording.offline import compose, compose_digest, compose_plain, own_words, short_label
from shared.contracts.messaging import Option, Origin, Question, SendRequested

ANSWER_TIME = timedelta(days=7)
_DONE, _NOT_YET, _LATER = (
    Option(key="done", label="Done"),
    Option(key="not_yet", label="Not yet"),
    Option(key="later", label="Remind me tomorrow"),
)
_SUGGESTED = [Option(key="in_progress", label="Will do"), _LATER, Option(key="skip", label="Not for me")]
_OPTIONS = {
    "check_in": [_DONE, _NOT_YET, _LATER],
    "reminder": [_DONE, _NOT_YET, _LATER],
    "status_update": [_DONE, _NOT_YET, _LATER],
    "offer_help": [Option(key="needs_help", label="Yes, help me"), _DONE, Option(key="skip", label="Drop it")],
    "completion_confirmation": [Option(key="yes", label="Yes"), Option(key="no", label="Not yet")],
}


@dataclass(frozen=True)
class Part:
    row: FollowupSchedule
    facts: Facts


def message_of(parts: Sequence[Part], clock: Clock) -> SendRequested:
    """`parts` go to one person. The question's ref is the first row's id; a digest's options name their row."""
    first = parts[0].row
    return SendRequested(
        message_key=f"followups:{first.id}",
        contractor_id=first.contractor_id,
        purpose=first.purpose,
        body=words_of(parts),
        origin=Origin(service="followups", type="followup_schedule", id=first.id),
        expires_at=closing(clock.now, clock.zones, clock.policy.hours),
        time_zone=clock.zone.key if len(clock.zones) == 1 else None,
        question=_question(parts, clock),
    )


def words_of(parts: Sequence[Part]) -> str:
    """What was prepared, else the offline words: sending needs no model."""
    lines = _one_a_promise(parts)
    if len(lines) > 1:
        return compose_digest([part.facts for part in lines])
    part = parts[0]
    if not part.row.ai_should_personalize and part.row.message_template:
        return compose_plain(part.row.message_template, part.facts) or compose(part.facts)
    return part.row.prepared_body or compose(part.facts)


def options_of(parts: Sequence[Part]) -> list[Option]:
    lines = _one_a_promise(parts)
    if parts[0].row.purpose == "priorities":
        return []
    if parts[0].row.purpose == "suggestion" and parts[0].row.action_item_id is not None:
        return _SUGGESTED
    if len(lines) == 1:
        asks = parts[0].row.action_item_id is not None or parts[0].row.followup_type != "reminder"
        return _OPTIONS[parts[0].row.followup_type] if asks else []
    promises: dict[UUID, Part] = {}
    for part in lines:
        if part.row.action_item_id is not None:
            promises.setdefault(part.row.action_item_id, part)
    done = [Option(key=f"{part.row.id}:done", label=f"Done: {short_label(part.facts)}") for part in promises.values()]
    return [*done, Option(key="not_yet", label="None yet"), _LATER] if done else []


def _question(parts: Sequence[Part], clock: Clock) -> Question:
    first = parts[0].row
    kind = "priorities" if first.purpose == "priorities" else "check_in"
    return Question(kind=kind, ref=str(first.id), options=options_of(parts), expires_at=clock.now + ANSWER_TIME)


def _one_a_promise(parts: Sequence[Part]) -> list[Part]:
    """Two rows about one promise are one line, unless each has a caller's words."""
    lines: dict[object, Part] = {}
    for part in parts:
        promise = part.row.action_item_id or part.row.id
        has_more = promise in lines and own_words(part.facts) not in ("", own_words(lines[promise].facts))
        lines.setdefault(part.row.id if has_more else promise, part)
    return list(lines.values())
