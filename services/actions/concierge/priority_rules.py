"""From the answer to "top 3 priorities" to ranked promises, linked with what is known of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from services.actions.action_items.rules import ACTION_TYPES, due_at
from services.actions.concierge import replies
from services.actions.concierge.context import Knowledge, KnownDemo, KnownItem, KnownNote
from services.actions.concierge.note_rules import conversation_context, find_named, plain, score
from services.actions.concierge.plan import ItemChange, NewItem, Plan
from services.actions.concierge.reading import RankedPriority, Reading
from services.actions.concierge.targets import schedules_of
from shared.contracts.actions import ReplyPart

FoundT = TypeVar("FoundT")


@dataclass(frozen=True)
class Linked:
    """One priority with what we know of it."""

    priority: RankedPriority
    item: KnownItem | None
    note: KnownNote | None
    demo: KnownDemo | None
    due: datetime | None

    @property
    def title(self) -> str:
        if self.demo is not None:
            return f"Prepare for {self.demo.company} demo"
        return replies.short(self.priority.title, 200)


def plan_priorities(known: Knowledge, reading: Reading, peers: dict[str, UUID]) -> Plan:
    """One promise for each priority; one that is open already for the same person takes the rank."""
    asked = schedules_of(known, "priorities")
    event_id = _event_id(known, asked[0][1] if asked else None)
    linked = link_all(known, sorted(reading.priorities, key=lambda each: each.rank))
    plan = Plan("priorities", reading.confidence, answered="priorities")
    suggested = suggested_ranks(linked)
    for number, (each, rank) in enumerate(zip(linked, suggested, strict=True), 1):
        if each.item is not None:
            values: dict[str, Any] = {"contractor_priority": number, "ai_suggested_priority": rank, "priority": number}
            values |= {"due_date": each.due} if each.due else {}
            plan.changes.append(ItemChange(each.item.id, {**values, "ai_generated": False}, known.turn.text))
        else:
            values = item_values(known, reading, each, event_id, peers)
            values |= {"contractor_priority": number, "ai_suggested_priority": rank, "priority": number}
            plan.items.append(NewItem(values, each.note.note_text if each.note else None))
    plan.parts = [ReplyPart(question_ref=q.ref, schedule_id=schedule, intent="priorities") for q, schedule in asked]
    plan.reply = replies.ranked([each.item.title if each.item else each.title for each in linked])
    return plan


def _event_id(known: Knowledge, schedule_id: UUID | None) -> UUID | None:
    schedule = next((s for s in known.schedules if s.id == schedule_id), None)
    if schedule is not None and schedule.event_id is not None:
        return schedule.event_id
    return known.event.id if known.event else None


def link_all(known: Knowledge, priorities: list[RankedPriority]) -> list[Linked]:
    demos = [find_demo(known.demos, priority) for priority in priorities]
    items = find_items(known.items, [None if d else p for d, p in zip(demos, priorities, strict=True)])
    return [
        Linked(priority, item, find_note(known.notes, priority), demo, due_of(known, priority, demo))
        for priority, demo, item in zip(priorities, demos, items, strict=True)
    ]


def find_demo(demos: list[KnownDemo], priority: RankedPriority) -> KnownDemo | None:
    """ "Demo with Acme Corp" finds the booking with Acme Corp."""
    if priority.action_type != "demo_prep":
        return None
    words = f" {plain(priority.text)} "
    return next((demo for demo in demos if demo.company and f" {plain(demo.company)} " in words), None)


def find_items(items: list[KnownItem], priorities: list[RankedPriority | None]) -> list[KnownItem | None]:
    """Each open promise for one priority at most, the one that fits it best; a second thing about a person is a new one."""
    found: dict[int, KnownItem] = {}
    for fits in (_same_words, _same_person, _first_name):
        for index, priority in enumerate(priorities):
            if priority is not None and index not in found:
                free = [item for item in items if item not in found.values() and fits(priority, item)]
                if len(free) == 1 or (free and fits is not _first_name):
                    found[index] = free[0]
    return [found.get(index) for index in range(len(priorities))]


def _same_words(priority: RankedPriority, item: KnownItem) -> bool:
    return plain(item.title) in (plain(priority.text), plain(priority.title))


def _same_person(priority: RankedPriority, item: KnownItem) -> bool:
    """Or company."""
    who = plain(priority.person_name or priority.company or "")
    return bool(who) and plain(item.person_name or "") == who


def _first_name(priority: RankedPriority, item: KnownItem) -> bool:
    return is_first_name(priority.person_name, item.person_name)


def find_note(notes: list[KnownNote], priority: RankedPriority) -> KnownNote | None:
    """The newest note that names the same person, else the same company; else the only one with that first name."""
    words = f" {plain(priority.text)} "
    for attribute in ("names", "companies"):
        for note in notes:
            if any(f" {plain(name)} " in words for name in getattr(note, attribute) if len(name) > 2):
                return note
    return only([note for note in notes if any(is_first_name(priority.person_name, name) for name in note.names)])


def is_first_name(short: str | None, name: str | None) -> bool:
    """Sara is Sara Lopez."""
    first = plain(short or "")
    return bool(first) and " " not in first and plain(name or "").split()[:1] == [first]


def only(found: list[FoundT]) -> FoundT | None:
    return found[0] if len(found) == 1 else None


def due_of(known: Knowledge, priority: RankedPriority, demo: KnownDemo | None) -> datetime | None:
    """A demo is prepared the day before."""
    if demo is None:
        return due_at(priority.due, known.zone)
    zone = known.zone
    day = demo.starts_at.astimezone(zone).date() - timedelta(days=1)
    due = due_at(day, zone)
    return max(due, known.turn.received_at) if due else None


def suggested_ranks(linked: list[Linked]) -> list[int]:
    """What we would do first: what has a date, by date; then by how much the note mattered; then as they said."""

    def weight(index: int) -> tuple[bool, float, float, int]:
        each = linked[index]
        due = each.due.timestamp() if each.due else 0.0
        return each.due is None, due, -(each.note.priority_score or 0.0) if each.note else 0.0, index

    order = sorted(range(len(linked)), key=weight)
    return [order.index(index) + 1 for index in range(len(linked))]


def item_values(
    known: Knowledge, reading: Reading, each: Linked, event_id: UUID | None, peers: dict[str, UUID]
) -> dict[str, Any]:
    person = each.priority.person_name
    partner = find_named(known.partners, None, each.priority.text)
    sponsor = find_named(known.sponsors, None, each.priority.text)
    return {
        "contractor_id": known.turn.contractor_id,
        "event_id": event_id,
        "title": each.title,
        "description": each.priority.text,
        "action_type": action_type_of(each),
        "due_date": each.due,
        "related_partner_id": partner.id if partner else None,
        "related_sponsor_id": sponsor.id if sponsor else None,
        "related_peer_contractor_id": peers.get(person.lower()) if person else None,
        "related_note_id": each.note.id if each.note else None,
        "related_demo_booking_id": each.demo.id if each.demo else None,
        "ai_generated": each.demo is not None,
        "ai_reasoning": reasoning_of(known, each),
        "extraction_confidence": score(reading.confidence),
        "source_message_id": known.turn.message_id,
        "conversation_context": conversation_context(known),
        "person_name": person or each.priority.company,
        "topic": each.note.topic if each.note else None,
    }


def action_type_of(each: Linked) -> str:
    if each.priority.action_type == "follow_up" and each.priority.person_name:
        return "contact_peer"
    return each.priority.action_type if each.priority.action_type in ACTION_TYPES else "other"


def reasoning_of(known: Knowledge, each: Linked) -> str | None:
    if each.demo is not None:
        return f"Demo scheduled for {each.demo.starts_at.astimezone(known.zone):%b %-d}, prep day before"
    return "They noted it at the event." if each.note is not None else None
