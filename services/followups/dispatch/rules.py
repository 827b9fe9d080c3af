"""What is done with the due rows of one person, now. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from services.followups.planning.rules import Clock
from services.followups.timing.rules import next_allowed, next_slot

A_DAY = timedelta(hours=22)
"""Two texts of the policy are so far apart: a day, less what a slow start or a changed clock takes."""
MAX_LINES = 5
_OVER = {"cancelled": "item_cancelled", "deleted": "item_cancelled", "archived": "event_archived"}


class Row(Protocol):
    @property
    def id(self) -> UUID: ...
    @property
    def action_item_id(self) -> UUID | None: ...
    @property
    def purpose(self) -> str: ...
    @property
    def planned_by(self) -> str: ...
    @property
    def ends_when_completed(self) -> bool: ...
    @property
    def scheduled_time(self) -> datetime: ...


@dataclass
class Decision:
    """By the rows' numbers: `texts` groups what goes out as one message."""

    texts: list[list[int]] = field(default_factory=list)
    later: dict[int, datetime] = field(default_factory=dict)
    cancel: dict[int, str] = field(default_factory=dict)


def decide(
    rows: Sequence[Row],
    standings: Sequence[str | None],
    clocks: Sequence[Clock],
    *,
    stop: str | None,
    last_planned_text: datetime | None,
) -> Decision:
    """`rows` are due, each with what became of its promise (or event) and its clock; `stop` is why this person
    is not written to at all; `last_planned_text` is when the policy last had something said to them."""
    decision = Decision()
    sendable = []
    for number, (row, standing, clock) in enumerate(zip(rows, standings, clocks, strict=True)):
        reason = stop or _why_not(row, standing)
        opens = next_allowed(clock.now, clock.zones, clock.policy.hours)
        if reason:
            decision.cancel[number] = reason
        elif opens > clock.now:
            decision.later[number] = opens
        else:
            sendable.append(number)
    if sendable:
        _share_out(rows, sendable, clocks[sendable[0]], last_planned_text, decision)
    return decision


def _why_not(row: Row, standing: str | None) -> str | None:
    if standing == "completed" and row.ends_when_completed:
        return "item_completed"
    return _OVER.get(standing or "")


def _share_out(
    rows: Sequence[Row], sendable: Sequence[int], clock: Clock, last: datetime | None, decision: Decision
) -> None:
    """Texts in order; of those that hold something of the policy's, one a day goes."""
    tomorrow = next_slot(clock.now + A_DAY, clock.policy.send_at, clock.zone)
    is_taken = clock.policy.one_a_day and last is not None and last + A_DAY > clock.now
    if is_taken and last is not None:
        tomorrow = next_slot(last + A_DAY, clock.policy.send_at, clock.zone)
    for text in _texts(rows, sendable, digest=clock.policy.digest):
        planned = [number for number in text if rows[number].planned_by == "policy"]
        if planned and is_taken:
            decision.later |= dict.fromkeys(planned, next_allowed(tomorrow, clock.zones, clock.policy.hours))
            text = [number for number in text if number not in planned]
        if text:
            decision.texts.append(text)
            is_taken = is_taken or bool(planned and clock.policy.one_a_day)


def _texts(rows: Sequence[Row], sendable: Sequence[int], *, digest: bool) -> list[list[int]]:
    """The top-3 question stands alone, and so does a suggestion, after the rest; that is one digest, as far as its lines go."""
    alone = [[number] for number in sendable if rows[number].purpose == "priorities"]
    ideas = [[number] for number in sendable if rows[number].purpose == "suggestion"]
    rest = [number for number in sendable if rows[number].purpose not in ("priorities", "suggestion")]
    if not digest:
        return alone + [[number] for number in rest] + ideas
    asked: dict[object, list[int]] = {}
    for number in sorted(rest, key=lambda n: rows[n].planned_by == "policy"):
        asked.setdefault(rows[number].action_item_id or rows[number].id, []).append(number)
    promises = list(asked.values())
    pages = [promises[at : at + MAX_LINES] for at in range(0, len(promises), MAX_LINES)]
    return alone + [[number for promise in page for number in promise] for page in pages] + ideas
