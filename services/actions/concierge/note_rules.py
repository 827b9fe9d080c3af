"""From a read note to rows: where it was made, whom it links to, the promise that follows from it."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.actions.action_items.rules import ACTION_TYPES, ask_again_at, due_at
from services.actions.concierge import replies
from services.actions.concierge.context import Knowledge, KnownEvent, KnownItem, KnownNote, Named, Place
from services.actions.concierge.plan import ItemChange, NewItem, Plan
from services.actions.concierge.reading import Entities, Promise, Reading, ReadNote, Span


def plan_note(known: Knowledge, reading: Reading, note: ReadNote, peers: dict[str, UUID]) -> Plan:
    place = place_of(known, note)
    note_type = note_type_of(note, place)
    plan = Plan(reading.intent, reading.confidence, note=note_values(known, note, reading, place, note_type))
    people = [full_name(known.notes, name) for name in promised_to(note) + note.entities.names]
    who = next(iter(people + note.entities.companies), None)
    same = [_plan_promise(known, reading, note, promise, place, peers, plan) for promise in promises_of(note)]
    if same and all(same):  # the promises stand already, and are not this note's
        assert plan.note is not None
        plan.note["requires_followup"] = False
    plan.reply = replies.noted(
        who,
        note.topic,
        place.event,
        will_check=note.requires_followup,
        known=any(same),
        reminded_at=_reminded_at(plan, known),
        promises=[item.values["title"] for item in plan.items],
    )
    return plan


def _reminded_at(plan: Plan, known: Knowledge) -> datetime | None:
    """The first time of their own choosing; a day alone has no hour to be told."""
    values = [*(item.values for item in plan.items), *(change.values for change in plan.changes)]
    times = [value["reminder_time"] for value in values if value.get("reminder_time")]
    local = min(times).astimezone(known.zone) if times else None
    return local if local and (local.hour, local.minute) != (0, 0) else None


def promised_to(note: ReadNote) -> list[str]:
    return [promise.person_name for promise in note.promises if promise.person_name]


def full_name(notes: list[KnownNote], name: str) -> str:
    """ "John" is the John Smith of an earlier note, where there is one John."""
    met = {plain(full): full for note in notes for full in note.names if is_first_name(name, full)}
    return next(iter(met.values())) if len(met) == 1 else name


def earlier_note(notes: list[KnownNote], names: list[str]) -> UUID | None:
    """The newest that speaks of the same person."""
    people = {plain(full_name(notes, name)) for name in names}
    return next((note.id for note in notes if people & {plain(name) for name in note.names}), None)


def is_first_name(short: str | None, name: str | None) -> bool:
    """Sara is Sara Lopez."""
    first = plain(short or "")
    return bool(first) and " " not in first and " " in plain(name or "") and plain(name or "").split()[0] == first


def promises_of(note: ReadNote) -> list[Promise]:
    """What is promised in words; else to get back to whom the note names, where it wants to be followed up."""
    if not note.requires_followup:
        return []
    person, company = next(iter(note.entities.names), None), next(iter(note.entities.companies), None)
    title = f"Follow up with {person or company or 'them'}"
    return note.promises or [Promise(title=title, text="", person_name=person, company=company)]


def _plan_promise(
    known: Knowledge,
    reading: Reading,
    note: ReadNote,
    promise: Promise,
    place: Place,
    peers: dict[str, UUID],
    plan: Plan,
) -> bool:
    """Whether it stands already; then what is new is when it is due."""
    values = item_values(known, note, promise, reading, place, peers)
    same = find_same(known.items, values, values["person_name"])
    if same is None:
        plan.items.append(NewItem(values, note.text or known.turn.text, of_new_note=True))
    else:
        _add_to(same, plan, values, known.turn.text)
    return same is not None


def _add_to(same: KnownItem, plan: Plan, values: dict[str, Any], text: str) -> None:
    times = {name: values[name] for name in ("due_date", "reminder_time") if values[name] is not None}
    if times:
        plan.changes.append(ItemChange(same.id, times, text))


def note_values(known: Knowledge, note: ReadNote, reading: Reading, place: Place, note_type: str) -> dict[str, Any]:
    turn = known.turn
    return {
        "contractor_id": turn.contractor_id,
        "event_id": place.event.id if place.event else None,
        "note_text": note.text or turn.text,
        "note_type": note_type,
        "extracted_entities": entities_json(note.text or turn.text, note.entities, reading.spans),
        "session_context": place.describe(),
        "session_id": place.session.id if place.session else None,
        "speaker_id": place.speaker_id,
        "sponsor_id": place.sponsor_id,
        "ai_categorization": note.categorization or note_type,
        "ai_priority_score": score(note.priority_score),
        "ai_tags": note.tags,
        "captured_at": turn.received_at,
        "requires_followup": note.requires_followup,
        "conversation_context": conversation_context(known),
        "source_message_id": turn.message_id,
        "topic": note.topic,
        "related_note_id": earlier_note(known.notes, note.entities.names),
    }


def entities_json(text: str, entities: Entities, spans: list[Span]) -> dict[str, Any]:
    """The document's four keys, and beside them where each thing stands in the text."""
    places = [located(text, span) for span in spans]
    return {**entities.model_dump(), "spans": [place for place in places if place is not None]}


def located(text: str, span: Span) -> dict[str, Any] | None:
    length = len(span.text)
    is_there = span.start is not None and text[span.start :][:length] == span.text
    start = span.start if is_there and span.start is not None else text.lower().find(span.text.lower())
    if start < 0:
        return None
    found = {"kind": span.kind, "text": text[start : start + length], "start": start, "end": start + length}
    return found | ({"value": span.value} if span.value else {})


def conversation_context(known: Knowledge) -> list[dict[str, Any]]:
    """The three messages before, then the turn's own."""
    before = [
        {"message_id": str(m.message_id), "direction": m.direction, "body": m.body, "at": m.at.isoformat()}
        for m in reversed(known.before)
    ]
    said = [
        {
            "message_id": str(m.message_id),
            "direction": "inbound",
            "body": m.body,
            "at": m.at.isoformat(),
            "media": m.media,
        }
        for m in known.turn.messages
    ]
    return before + said


def place_of(known: Knowledge, note: ReadNote) -> Place:
    """The running event; of the talks now, the one whose speaker is named, or the only one."""
    event = known.event
    if event is None:
        return Place(None, None, None, None)
    speaker = find_named(known.speakers, event, known.turn.text)
    sponsor = find_named(known.sponsors, event, known.turn.text)
    now = known.sessions_now(event)
    theirs = [session for session in now if speaker and speaker.id in session.speaker_ids]
    session = theirs[0] if theirs else now[0] if len(now) == 1 else None
    speaker_id = speaker.id if speaker else None
    if (
        speaker_id is None
        and session
        and len(session.speaker_ids) == 1
        and note.note_type in ("insight", "speaker_note")
    ):
        speaker_id = session.speaker_ids[0]
    return Place(event, session, speaker_id, sponsor.id if sponsor else None)


def find_named(among: list[Named], event: KnownEvent | None, text: str) -> Named | None:
    """The longest of the names that the text holds as whole words."""
    words = f" {plain(text)} "
    found = [
        named
        for named in among
        if (event is None or named.event_id in (None, event.id))
        and len(named.name) > 2
        and f" {plain(named.name)} " in words
    ]
    return max(found, key=lambda named: len(named.name), default=None)


def plain(text: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in text.lower()).split())


def note_type_of(note: ReadNote, place: Place) -> str:
    """The programme knows more than the text: somebody named who speaks here makes it a speaker's note."""
    if note.note_type in ("general", "insight") and place.sponsor_id and not note.entities.names:
        return "sponsor_note"
    if note.note_type in ("general", "insight") and place.speaker_id:
        return "speaker_note"
    return note.note_type


def item_values(
    known: Knowledge, note: ReadNote, promise: Promise, reading: Reading, place: Place, peers: dict[str, UUID]
) -> dict[str, Any]:
    person = full_name(known.notes, promise.person_name) if promise.person_name else None
    company = promise.company
    partner = find_named(known.partners, None, known.turn.text)
    return {
        "contractor_id": known.turn.contractor_id,
        "event_id": place.event.id if place.event else None,
        "title": replies.short(title_of(promise, person), 200),
        "description": note.text or known.turn.text,
        "action_type": action_type_of(promise),
        "priority": priority_of(note.priority_score),
        "ai_suggested_priority": priority_of(note.priority_score),
        "due_date": due_at(promise.due, known.zone),
        "reminder_time": reminder_at(promise, known),
        "related_partner_id": partner.id if partner else None,
        "related_peer_contractor_id": peers.get(person.lower()) if person else None,
        "related_speaker_id": place.speaker_id,
        "related_sponsor_id": place.sponsor_id,
        "ai_generated": True,
        "ai_reasoning": "The note names somebody to get back to."
        if note.note_type == "contact"
        else "The note promises it.",
        "extraction_confidence": score(reading.confidence),
        "source_message_id": known.turn.message_id,
        "conversation_context": conversation_context(known),
        "person_name": person or company,
        "topic": note.topic,
    }


def title_of(promise: Promise, person: str | None) -> str:
    """ "Follow up with John" names the John that is meant."""
    bare = f"Follow up with {promise.person_name}"
    return f"Follow up with {person}" if person and promise.title == bare else promise.title


def reminder_at(promise: Promise, known: Knowledge) -> datetime | None:
    """ "Remind me Tuesday to call the bank" wants a text on Tuesday."""
    if promise.due is None or "remind me" not in known.turn.text.lower():
        return None
    return ask_again_at(promise.due, known.zone)


def action_type_of(promise: Promise) -> str:
    """Getting back to a person is the document's contact_peer; what else the words ask for keeps its own type."""
    if promise.action_type in ("follow_up", "other"):
        return "contact_peer" if promise.person_name else "follow_up"
    return promise.action_type if promise.action_type in ACTION_TYPES else "other"


def find_same(items: list[KnownItem], values: dict[str, Any], who: str | None) -> KnownItem | None:
    """The open promise that this one repeats: the same words; "follow up with John", at no time, is any promise about John."""
    title = plain(values["title"])
    same = next((item for item in items if plain(item.title) == title and may_be(item.person_name, who)), None)
    is_bare = who is not None and values["due_date"] is None and title == plain(f"Follow up with {who}")
    if same is not None or not is_bare or who is None:
        return same
    return next((item for item in items if plain(item.person_name or "") == plain(who)), None)


def may_be(one: str | None, other: str | None) -> bool:
    """ "Send quote" to Ann is not "send quote" to Carlos."""
    known = plain(one or ""), plain(other or "")
    return not all(known) or known[0] == known[1] or is_first_name(one, other) or is_first_name(other, one)


def priority_of(priority_score: float) -> int:
    """0..1, the higher the more important, to 1..10, the lower the more important."""
    return min(10, max(1, round((1 - priority_score) * 10)))


def score(value: float) -> Decimal:
    return Decimal(str(round(value, 2)))
