"""From the answer to "top 3 priorities" to ranked promises: theirs and ours, with the reason."""

import re
from typing import Any
from uuid import UUID

from services.actions.action_items.rules import ACTION_TYPES
from services.actions.concierge import replies
from services.actions.concierge.context import Knowledge
from services.actions.concierge.note_rules import conversation_context, score
from services.actions.concierge.plan import ItemChange, NewItem, Plan
from services.actions.concierge.priority_links import Linked, link_all
from services.actions.concierge.reading import Reading
from services.actions.concierge.targets import schedules_of
from shared.contracts.actions import ReplyPart

_GETTING_BACK = re.compile(
    r"(?:follow(?:ing)? ?up with|follow ?up|call(?:ing)?|phone|ring|text|email|message|reach out to|reconnect with|get back to|"
    r"check in with|touch base with|contact|see|meet|meet with|talk to|thank) (?P<who>[^,.]+?)(?: back)?",
    re.IGNORECASE,
)


def plan_priorities(known: Knowledge, reading: Reading, peers: dict[str, UUID]) -> Plan:
    """One promise for each priority; one that is open already for the same person takes the rank."""
    asked = schedules_of(known, "priorities")
    event_id = _event_id(known, asked[0][1] if asked else None)
    linked = link_all(known, sorted(reading.priorities, key=lambda each: each.rank), event_id, peers)
    plan = Plan("priorities", reading.confidence, answered="priorities")
    for number, (each, rank) in enumerate(zip(linked, suggested_ranks(linked), strict=True), 1):
        ranks: dict[str, Any] = {"contractor_priority": number, "ai_suggested_priority": rank, "priority": number}
        ranks["ai_reasoning"] = reasoning_of(known, each, number, rank)
        if each.item is not None:
            due = {"due_date": each.due} if each.due else {}
            plan.changes.append(ItemChange(each.item.id, {**ranks, **due, "ai_generated": False}, known.turn.text))
        else:
            values = {**item_values(known, reading, each, event_id), **ranks}
            plan.items.append(NewItem(values, each.note.note_text if each.note else None))
    plan.answers = [ReplyPart(question_ref=q.ref, schedule_id=schedule, intent="priorities") for q, schedule in asked]
    plan.reply = replies.ranked([each.item.title if each.item else title_of(each) for each in linked])
    return plan


def _event_id(known: Knowledge, schedule_id: UUID | None) -> UUID | None:
    schedule = next((s for s in known.schedules if s.id == schedule_id), None)
    if schedule is not None and schedule.event_id is not None:
        return schedule.event_id
    return known.event.id if known.event else None


def suggested_ranks(linked: list[Linked]) -> list[int]:
    """What we would do first: what has a date, by date; then what somebody waits for; then by how much the note mattered; then
    as they said."""

    def weight(index: int) -> tuple[bool, float, bool, float, int]:
        each = linked[index]
        due = each.due.timestamp() if each.due else 0.0
        mattered = (each.note.priority_score or 0.0) if each.note else 0.0
        return each.due is None, due, each.item is None and each.note is None, -mattered, index

    order = sorted(range(len(linked)), key=weight)
    return [order.index(index) + 1 for index in range(len(linked))]


def reasoning_of(known: Knowledge, each: Linked, number: int, rank: int) -> str:
    """One sentence: what dates it or who waits, and whether we would rank it so."""
    if each.demo is not None:
        return f"Demo scheduled for {each.demo.starts_at.astimezone(known.zone):%b %-d}, prep day before"
    reasons = [f"due {each.due.astimezone(known.zone):%b %-d}"] if each.due else []
    if each.item is not None:
        reasons.append("promised before")
    elif each.note is not None:
        reasons.append(f"noted at the event{_about(each)}")
    if each.speaker is not None:
        reasons.append(f"{each.speaker.name} spoke there")
    if each.partner is not None or each.sponsor is not None:
        named = each.partner or each.sponsor
        assert named is not None
        reasons.append(f"{named.name} is a {'partner' if each.partner else 'sponsor'}")
    if each.peer is not None:
        reasons.append(f"{each.person} attends too")
    said = ", ".join(reasons) or "no date, and nobody is known to wait for it"
    place = "it stays where you put it" if rank == number else f"it would come {'sooner' if rank < number else 'later'}"
    return f"{said[0].upper()}{said[1:]}: {place}."


def _about(each: Linked) -> str:
    assert each.note is not None
    who = next(iter([*each.note.names, *each.note.companies]), None) or each.note.topic
    return f" ({who})" if who else ""


def item_values(known: Knowledge, reading: Reading, each: Linked, event_id: UUID | None) -> dict[str, Any]:
    return {
        "contractor_id": known.turn.contractor_id,
        "event_id": event_id,
        "title": title_of(each),
        "description": each.priority.text,
        "action_type": action_type_of(each),
        "due_date": each.due,
        "related_partner_id": each.partner.id if each.partner else None,
        "related_sponsor_id": each.sponsor.id if each.sponsor else None,
        "related_speaker_id": each.speaker.id if each.speaker else None,
        "related_peer_contractor_id": each.peer,
        "related_note_id": each.note.id if each.note else None,
        "related_demo_booking_id": each.demo.id if each.demo else None,
        "ai_generated": each.demo is not None,
        "extraction_confidence": score(reading.confidence),
        "source_message_id": known.turn.message_id,
        "conversation_context": conversation_context(known),
        "person_name": each.person or each.priority.company,
        "topic": each.note.topic if each.note else None,
    }


def title_of(each: Linked) -> str:
    if each.demo is not None:
        return f"Prepare for {each.demo.company} demo"
    return replies.short(each.priority.title, 200)


def action_type_of(each: Linked) -> str:
    """Getting back to a person and nothing more is the document's contact_peer; a speaker of the programme is a speaker."""
    told = each.priority.action_type
    if told not in ("follow_up", "contact_peer", "other"):
        return told if told in ACTION_TYPES else "other"
    if each.speaker is not None:
        return "contact_speaker"
    bare = _GETTING_BACK.fullmatch(each.priority.title)
    is_person = bare is not None and bare["who"].casefold() == (each.priority.person_name or "").casefold()
    return "contact_peer" if each.peer is not None or is_person else told
