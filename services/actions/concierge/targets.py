"""Which promises a question of ours is about, and which one an answer means."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.actions.concierge.context import Knowledge, KnownItem, KnownSchedule
from shared.contracts.messaging import OpenQuestion

ASKED_LATELY = timedelta(days=14)


@dataclass(frozen=True)
class Target:
    """A promise that an answer is about, with the check-in that asked."""

    item: KnownItem | None
    schedule: KnownSchedule | None
    question: OpenQuestion | None

    @property
    def item_id(self) -> UUID | None:
        """Also of a promise that is no longer open."""
        return self.item.id if self.item else self.schedule.action_item_id if self.schedule else None

    def is_named_in(self, key: str) -> bool:
        """A digest's options carry the id of the check-in or the promise in their key."""
        ids = [str(each.id) for each in (self.item, self.schedule) if each]
        return any(each in key for each in ids)


def items_about(items: Sequence[KnownItem], about: str) -> list[KnownItem]:
    """The one open promise whose title holds all these words; none when several do."""
    words = set(about.casefold().split())
    found = [item for item in items if words <= set(item.title.casefold().split())]
    return found if len(found) == 1 else []


def is_last(known: Knowledge, question: OpenQuestion) -> bool:
    """We have said nothing since."""
    said = [each for each in known.before if each.direction == "outbound" and each.message_id != question.message_id]
    return not any(each.at > question.asked_at for each in said)


def targets_implied(known: Knowledge) -> list[Target]:
    """What is being asked now; else what was asked last; else the only open promise."""
    open_ones = [question for question in known.turn.open_questions if question.kind == "check_in"]
    last = [question for question in open_ones if is_last(known, question)]
    asked = [target for question in last or open_ones for target in targets_of(known, question)]
    if asked:
        return list({(target.schedule and target.schedule.id, target.item_id): target for target in asked}.values())
    sent = [s for s in known.schedules if s.sent_at and s.action_item_id and _is_late(known, s.sent_at)]
    items = {item.id: item for item in known.items}
    for schedule in sent:
        if schedule.action_item_id in items:
            return [Target(items[schedule.action_item_id], schedule, None)]
    return [Target(known.items[0], None, None)] if len(known.items) == 1 else []


def _is_late(known: Knowledge, sent_at: datetime) -> bool:
    return sent_at > known.turn.received_at - ASKED_LATELY


def targets_of(known: Knowledge, question: OpenQuestion) -> list[Target]:
    """The check-ins of a question (a digest has several), with their promises where those are open, or asked to be confirmed."""
    items = {item.id: item for item in known.promises}
    mine = [schedule for schedule in known.schedules if schedule.is_asked_by(question)]
    if not mine and question.kind == "check_in":  # its schedule has not reached us yet
        return [Target(known.items[0] if len(known.items) == 1 else None, None, question)]
    return [Target(items.get(s.action_item_id) if s.action_item_id else None, s, question) for s in mine]


def targets_named(known: Knowledge, named: Sequence[KnownItem]) -> list[Target]:
    """Each check-in that asks about these now; one that is asked of twice is answered twice."""
    wanted = {item.id for item in named}
    asked = [target for target in targets_implied(known) if target.item and target.item.id in wanted]
    told = {target.item_id for target in asked}
    return asked + [asked_about(known, item) for item in named if item.id not in told]


def asked_about(known: Knowledge, item: KnownItem) -> Target:
    asked = [t for q in known.turn.open_questions for t in targets_of(known, q) if t.item and t.item.id == item.id]
    if asked:
        return asked[0]
    sent = [s for s in known.schedules if s.action_item_id == item.id and s.status in ("sent", "deferred", "scheduled")]
    return Target(item, sent[0] if sent else None, None)


def priorities_asked_last(known: Knowledge) -> list[tuple[OpenQuestion, UUID | None]]:
    """The top-3 question with its schedule, where nothing was asked since."""
    newest = max(known.turn.open_questions, key=lambda question: question.asked_at, default=None)
    return [one for one in schedules_of(known, "priorities") if one[0] is newest]


def schedules_of(known: Knowledge, kind: str) -> list[tuple[OpenQuestion, UUID | None]]:
    """Open questions of a kind with the schedule that asked."""
    ids = {str(schedule.id): schedule.id for schedule in known.schedules}
    return [
        (q, ids.get(q.ref) or (q.origin.id if q.origin.service == "followups" else None))
        for q in known.turn.open_questions
        if q.kind == kind
    ]
