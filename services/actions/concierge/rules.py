"""What a turn means and causes: from what was read and what is known to a plan."""

from uuid import UUID

from services.actions.concierge import replies
from services.actions.concierge.answer_rules import intent_of_key, plan_answer, plan_option
from services.actions.concierge.context import Knowledge
from services.actions.concierge.note_rules import plan_note
from services.actions.concierge.plan import Asked, Plan
from services.actions.concierge.priority_rules import plan_priorities
from services.actions.concierge.reading import (
    AskedOption,
    AskedQuestion,
    Heard,
    NumberedItem,
    Reading,
    ReadNote,
    TurnInput,
)
from services.actions.concierge.targets import targets_of
from shared.contracts.messaging import OpenQuestion
from shared.text.consent import recognise


def chosen_option(text: str, questions: list[OpenQuestion]) -> tuple[OpenQuestion, str] | None:
    """The option whose number the text is, newest question first: numbers are unique while their questions are open."""
    bare = text.strip().strip(".)( #!").lower()
    for question in sorted(questions, key=lambda each: each.asked_at, reverse=True):
        for option in question.options:
            if bare == str(option.number) or bare == option.label.strip().lower():
                return question, option.key
    return None


def plan_unread(known: Knowledge) -> Plan | None:
    """A turn that is nothing but the number (or the words) of an option needs nobody to read it; a wish to be left alone must not
    wait for it, and is never a note. Messaging has obeyed what a single text says; this is what several say together."""
    chosen = chosen_option(known.turn.text, known.turn.open_questions)
    if chosen:
        return plan_option(known, *chosen)
    wish = recognise(known.turn.text)
    if wish is None or wish.kind != "opt_out" or (wish.may_answer and known.turn.open_questions):
        return None
    return Plan("opt_out", 1, opt_out=True)


def input_of(known: Knowledge) -> TurnInput:
    event = known.event
    here = [each for each in known.speakers if event and each.event_id == event.id]
    return TurnInput(
        text=known.turn.text,
        now=known.turn.received_at.astimezone(known.zone),
        time_zone=str(known.zone),
        event=event.name if event else None,
        sessions=[each.title for each in known.sessions if event and each.event_id == event.id],
        speakers=[each.name for each in here],
        sponsors=[each.name for each in known.sponsors if event and each.event_id == event.id],
        partners=[each.name for each in known.partners],
        open_items=[
            NumberedItem(number=number, title=item.title, person_name=item.person_name)
            for number, item in enumerate(known.promises, 1)
        ],
        questions=[_asked(known, question) for question in known.turn.open_questions],
        before=[
            Heard(by="contractor" if m.direction == "inbound" else "us", text=m.body) for m in reversed(known.before)
        ],
    )


def _asked(known: Knowledge, question: OpenQuestion) -> AskedQuestion:
    numbers = {item.id: number for number, item in enumerate(known.promises, 1)}
    targets = targets_of(known, question)
    options = []
    for option in question.options:
        about = [t.item.id for t in targets if t.item and t.is_named_in(option.key)]
        about += [item.id for item in known.promises if str(item.id) == option.key]
        answer = intent_of_key(option.key)
        item = numbers[about[0]] if about else None
        options.append(AskedOption(number=option.number, label=option.label, answer=answer, item=item))
    return AskedQuestion(kind=question.kind, items=[numbers[t.item.id] for t in targets if t.item], options=options)


def plan_of(known: Knowledge, reading: Reading, peers: dict[str, UUID]) -> Plan:
    """`peers` are contractors at the event by lower-case name."""
    plan = _plan_by_intent(known, reading, peers)
    if known.contractor.provisional and not known.answered_before:
        plan.reply = replies.welcome(known.account_name, plan.reply if plan.note else None)
        plan.asked = Asked("onboarding", "introduction")
    return plan


def _plan_by_intent(known: Knowledge, reading: Reading, peers: dict[str, UUID]) -> Plan:
    if reading.intent == "answer" and reading.answers:
        return _with_note(plan_answer(known, reading), known, reading, peers)
    if reading.intent == "priorities" and reading.priorities:
        return plan_priorities(known, reading, peers)
    if reading.intent == "undo":
        return Plan("undo", reading.confidence, undo=True)
    if reading.intent == "list":
        ranked = sorted(known.items, key=lambda item: item.priority)
        return Plan("list", reading.confidence, reply=replies.open_list([item.title for item in ranked]))
    if reading.intent == "courtesy":
        return Plan("courtesy", reading.confidence, reply=reading.ask)
    if reading.intent == "introduction" and reading.introduction:
        return _plan_introduction(known, reading)
    if not known.turn.text.strip() and not any(said.media for said in known.turn.messages):
        return Plan("unclear", reading.confidence, reply=replies.WHO)
    plan = plan_note(known, reading, reading.note or ReadNote(), peers)
    if reading.ask or reading.intent == "unclear":
        plan.reply, plan.asked = f"Noted. {reading.ask or replies.WHO}", Asked("clarify", "note")
    return plan


def _with_note(plan: Plan, known: Knowledge, reading: Reading, peers: dict[str, UUID]) -> Plan:
    """ "Done. Also met Sara Lopez, she wants a quote": an answer, and a note beside it."""
    if reading.note is None:
        return plan
    noted = plan_note(known, reading, reading.note, peers)
    plan.note, plan.items = noted.note, noted.items
    plan.changes += noted.changes
    plan.reply = " ".join(filter(None, (plan.reply, noted.reply)))
    return plan


def _plan_introduction(known: Knowledge, reading: Reading) -> Plan:
    assert reading.introduction is not None
    plan = plan_note(known, reading, reading.note or ReadNote(), {})
    plan.items.clear()
    plan.introduction = (reading.introduction.full_name, reading.introduction.event)
    plan.reply = replies.met(*plan.introduction)
    return plan


def names_to_look_up(reading: Reading) -> list[str]:
    """People who may be peers at the event."""
    in_note = [*reading.note.entities.names, reading.note.person_name] if reading.note else []
    return sorted({name for name in [*in_note, *(each.person_name for each in reading.priorities)] if name})
