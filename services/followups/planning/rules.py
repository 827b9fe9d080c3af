"""What is planned for a promise or an attendee, and when. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from services.followups.policies.rules import Policy
from services.followups.timing.rules import Zones, at_local, closing, local_date, next_slot, slot_after_days

ASK_LATE_DAYS = 7
"""So long after its day the top-3 question is still worth asking (an attendee who was entered late)."""
CLOSED = frozenset({"event_archived", "contractor_gone"})
FORGOTTEN = frozenset({"item_completed", "item_cancelled", "not_needed", "opted_out", "suppressed"}) | CLOSED
"""Cancelled for these reasons, the same thing may be planned again."""


@dataclass(frozen=True)
class Clock:
    """A contractor's time, as far as it is known, and the account's policy."""

    zones: Zones
    policy: Policy
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return self.zones[0]


@dataclass(frozen=True)
class Planned:
    """One thing to be said. `key` is its own for ever: it is planned once. Where it is not `new`, it is only for what
    waits under this key already."""

    key: str
    followup_type: str
    at: datetime
    reason: str
    purpose: str = "check_in"
    planned_by: str = "policy"
    skip_if_completed: bool = True
    new: bool = True

    @property
    def kind(self) -> str:
        """`item:<id>:due` of `item:<id>:due:2026-10-14`: of one kind only one waits."""
        return ":".join(self.key.split(":")[:3])


class Item(Protocol):
    @property
    def id(self) -> UUID: ...
    @property
    def due_date(self) -> datetime | None: ...
    @property
    def reminder_time(self) -> datetime | None: ...
    @property
    def made_at(self) -> datetime: ...
    @property
    def action_type(self) -> str | None: ...
    @property
    def related_partner_id(self) -> UUID | None: ...
    @property
    def is_suggestion(self) -> bool: ...


class TradeEvent(Protocol):
    @property
    def name(self) -> str | None: ...
    @property
    def ends_on(self) -> date | None: ...


def plan_item(
    item: Item, event: TradeEvent | None, clock: Clock, decided: Collection[str | None] = ()
) -> list[Planned]:
    """Everything that an open promise asks for. `decided` are the keys that are settled, or in a caller's hands."""
    at, reason = first_check_in(item, event, clock)
    purpose = "suggestion" if item.is_suggestion else "check_in"
    name = (
        "first:idea" if item.is_suggestion else "first"
    )  # once told it may still become a promise, which is asked about
    first = Planned(f"item:{item.id}:{name}", _first_type(item), at, reason, purpose=purpose)
    first = replace(first, new=not _is_reminded_on(at, item, clock))
    plans = [first]
    if item.due_date is not None:
        due = _on_due_day(item.id, item.due_date, None if first.key in decided else at, clock)
        plans.append(replace(due, new=due.new and not _is_reminded_on(item.due_date, item, clock)))
    if item.reminder_time is not None:
        plans.append(_reminder(item.id, item.reminder_time, clock))
    return plans


def _is_reminded_on(day: datetime, item: Item, clock: Clock) -> bool:
    """At an hour of the person's own choosing: no other hour of that day is needed."""
    at = item.reminder_time
    return at is not None and local_date(at, clock.zone) == local_date(day, clock.zone)


def _reminder(item_id: UUID, at: datetime, clock: Clock) -> Planned:
    key, is_new = f"item:{item_id}:reminder:{at.isoformat()}", at > clock.now - timedelta(hours=1)
    return Planned(key, "reminder", at, "you asked to be reminded", planned_by="person", new=is_new)


def _first_type(item: Item) -> str:
    """Help is offered for partners; a demo is prepared by oneself, and what is only suggested needs none yet."""
    if item.is_suggestion or item.action_type == "demo_prep":
        return "check_in"
    return "offer_help" if item.related_partner_id or item.action_type == "research_partner" else "check_in"


def first_check_in(item: Item, event: TradeEvent | None, clock: Clock) -> tuple[datetime, str]:
    """Some days after the event's end, or after the promise was made; never later than the morning of the due date."""
    policy, zone, now = clock.policy, clock.zone, clock.now
    at, reason = None, ""
    if event is not None and event.ends_on is not None:
        at = at_local(event.ends_on + timedelta(days=policy.days_after_event), policy.send_at, zone)
        reason = f"{policy.days_after_event} days after {event.name or 'the event'} ended"
    if at is None or at <= now:
        at = slot_after_days(item.made_at, policy.days_after_item, policy.send_at, zone)
        reason = f"{policy.days_after_item} days after it was promised"
    if at <= now:
        at = next_slot(now, policy.send_at, zone)
    if item.due_date is None or item.due_date <= now or _is_reminded_on(item.due_date, item, clock):
        return at, reason
    last = _before_due(item.due_date, clock)
    return (last, "the morning it is due") if last < at else (at, reason)


def morning_of(due: datetime, clock: Clock) -> datetime:
    """The usual hour of the day it is due; the first allowed hour where it is due before that."""
    day = local_date(due, clock.zone)
    usual = at_local(day, clock.policy.send_at, clock.zone)
    is_whole_day = due.astimezone(clock.zone).time() == time(0)
    return usual if usual <= due or is_whole_day else at_local(day, clock.policy.quiet_until, clock.zone)


def _before_due(due: datetime, clock: Clock) -> datetime:
    """That morning; where it has passed, half of the time that is left of the day."""
    morning = morning_of(due, clock)
    if morning > clock.now:
        return morning
    left = min(due, closing(clock.now, clock.zones, clock.policy.hours)) - clock.now
    return clock.now + max(left, timedelta(0)) / 2


def _on_due_day(item_id: UUID, due: datetime, first: datetime | None, clock: Clock) -> Planned:
    """`first` is when the first check-in is still to come: on the due day itself it asks instead."""
    at = morning_of(due, clock)
    day = local_date(due, clock.zone)
    is_new = at > clock.now and (first is None or local_date(first, clock.zone) < day)
    return Planned(f"item:{item_id}:due:{day.isoformat()}", "status_update", at, "it is due that day", new=is_new)


def plan_priorities(
    event_id: UUID, contractor_id: UUID, ends_on: date, event_zone: ZoneInfo, clock: Clock
) -> Planned | None:
    """The top-3 question, the first usual hour some days after the event's last day is over; None when it is too late."""
    policy = clock.policy
    over = at_local(ends_on + timedelta(days=max(policy.priorities_days_after_event, 1)), time(0), event_zone)
    at = next_slot(over, policy.send_at, clock.zone)
    if at < clock.now - timedelta(days=ASK_LATE_DAYS):
        return None
    key = f"priorities:{event_id}:{contractor_id}"
    return Planned(key, "check_in", max(at, clock.now), "the event has ended", purpose="priorities")


def plan_again(item_id: UUID, because_of: str, followup_type: str, clock: Clock) -> Planned:
    """The next check-in of a promise that is still open, some days on."""
    at = slot_after_days(clock.now, clock.policy.repeat_days, clock.policy.send_at, clock.zone)
    reason = f"still open {clock.policy.repeat_days} days later"
    return Planned(f"item:{item_id}:next:{because_of}", followup_type, at, reason)


def is_next_question(plan_key: str | None) -> bool:
    """Whether `plan_again` planned it."""
    return plan_key is not None and plan_key.startswith("item:") and plan_key.split(":")[2] == "next"


def needs_confirmation(updated_by: str | None) -> bool:
    """Whether a completion was nobody's word: the contractor and staff know what they did, a machine guesses."""
    return updated_by in ("ai", "system")


def plan_confirmation(item_id: UUID, version: int, clock: Clock) -> Planned:
    at = next_slot(clock.now, clock.policy.send_at, clock.zone)
    reason = "it was marked as done, but not by them"
    return Planned(f"item:{item_id}:confirm:{version}", "completion_confirmation", at, reason, skip_if_completed=False)


class Existing(Protocol):
    @property
    def plan_key(self) -> str | None: ...
    @property
    def planned_by(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def handed_over_at(self) -> datetime | None: ...
    @property
    def cancel_reason(self) -> str | None: ...


def is_settled(row: Existing) -> bool:
    """It was said, put off, or cancelled on purpose: not to be planned again."""
    if row.status == "cancelled":
        return row.cancel_reason not in FORGOTTEN
    return row.status != "scheduled" or row.handed_over_at is not None


@dataclass(frozen=True)
class Reconciled:
    """How the waiting rows become what is planned: `move` pairs a waiting row's number with its plan."""

    create: list[Planned]
    move: list[tuple[int, Planned]]
    drop: list[int]


def decided_keys(rows: Sequence[Existing]) -> set[str | None]:
    """Of these nothing is planned: they are settled, or wait as a caller wants them."""
    return {row.plan_key for row in rows if is_settled(row) or (row.status, row.planned_by) == ("scheduled", "caller")}


def reconcile(plans: Sequence[Planned], rows: Sequence[Existing], kinds: Collection[str]) -> Reconciled:
    """`rows` are all that were ever planned; of `kinds`, those that wait and are not planned any more are dropped."""
    decided = decided_keys(rows)
    waiting = {
        ":".join((row.plan_key or "").split(":")[:3]): number
        for number, row in enumerate(rows)
        if row.status == "scheduled" and row.handed_over_at is None and row.planned_by != "caller"
    }
    keys = {rows[number].plan_key for number in waiting.values()}
    wanted = [plan for plan in plans if plan.key not in decided and (plan.new or plan.key in keys)]
    create = [plan for plan in wanted if plan.kind not in waiting]
    move = [(waiting[plan.kind], plan) for plan in wanted if plan.kind in waiting]
    kept = {number for number, _ in move}
    drop = [number for kind, number in waiting.items() if kind in kinds and number not in kept]
    return Reconciled(create, move, drop)


def kinds_of_item(item_id: UUID) -> set[str]:
    return {f"item:{item_id}:{kind}" for kind in ("first", "due", "reminder", "confirm")}
