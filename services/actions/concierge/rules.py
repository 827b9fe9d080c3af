"""What a turn means and causes: from what was read and what is known to a plan."""

from uuid import UUID

from services.actions.concierge import replies
from services.actions.concierge.answer_rules import (
    clarified,
    confirmed,
    intent_of_key,
    is_draft,
    plan_answer,
    plan_option,
)
from services.actions.concierge.context import Knowledge
from services.actions.concierge.correction_rules import plan_correction
from services.actions.concierge.note_rules import plan_note, promised_to
from services.actions.concierge.plan import Asked, LookedUp, Plan, SaidPart
from services.actions.concierge.priority_rules import plan_priorities
from services.actions.concierge.question_rules import plan_find, plan_why
from services.actions.concierge.reading import (
    ANSWERS,
    AskedOption,
    AskedQuestion,
    Heard,
    NumberedItem,
    Part,
    Reading,
    ReadNote,
    TurnInput,
)
from services.actions.concierge.targets import is_last, targets_of
from shared.contracts.messaging import OpenQuestion
from shared.text.consent import recognise
from shared.text.turn_clauses import is_no, is_yes

_NEVER_SILENT = ("priorities", "opt_out")
"""Where nothing follows from these, the text is kept, and asked about."""


def chosen_option(text: str, questions: list[OpenQuestion]) -> tuple[OpenQuestion, str] | None:
    """The option whose number the text is, newest question first: numbers are unique while their questions are open."""
    bare = text.strip().strip(".)( #!").lower()
    for question in sorted(questions, key=lambda each: each.asked_at, reverse=True):
        for option in question.options:
            is_label = question.kind != "confirm" and bare == option.label.strip().lower()
            if bare == str(option.number) or is_label:
                return question, option.key
    return None


def confirmed_or_not(known: Knowledge) -> tuple[OpenQuestion, str] | None:
    """Yes or no, where that was the last we said; anything else is read. A nod to a draft further back has it shown again."""
    asked = max(known.turn.open_questions, key=lambda question: question.asked_at, default=None)
    low = known.turn.text.lower().strip()
    key = "yes" if is_yes(low) else "no" if is_no(low) else None
    if asked is None or asked.kind != "confirm" or key is None:
        return None
    if is_last(known, asked):
        return asked, key
    return (asked, "again") if is_draft(asked) and key == "yes" else None


def plan_unread(known: Knowledge) -> Plan | None:
    """A turn that is nothing but the number (or the words) of an option needs nobody to read it; a wish to be left alone must not
    wait for it, and is never a note. Messaging has obeyed what a single text says; this is what several say together."""
    chosen = chosen_option(known.turn.text, known.turn.open_questions) or confirmed_or_not(known)
    if chosen:
        plan = plan_option(known, *chosen)
        if plan is not None:
            plan.settled = settled_by(known, plan, chosen[0])
        return plan
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
        is_stranger=known.contractor.provisional,
        event=event.name if event else None,
        sessions=[each.title for each in known.sessions if event and each.event_id == event.id],
        speakers=[each.name for each in here],
        sponsors=[each.name for each in known.sponsors if event and each.event_id == event.id],
        partners=[each.name for each in known.partners],
        open_items=[
            NumberedItem(number=number, title=item.title, person_name=item.person_name)
            for number, item in enumerate(known.promises, 1)
        ],
        questions=[
            _asked(known, question).model_copy(update={"is_last": is_last(known, question)})
            for question in known.turn.open_questions
        ],
        before=[
            Heard(by="contractor" if m.direction == "inbound" else "us", text=m.body) for m in reversed(known.before)
        ],
    )


def _asked(known: Knowledge, question: OpenQuestion) -> AskedQuestion:
    numbers = {item.id: number for number, item in enumerate(known.promises, 1)}
    if question.kind == "confirm":
        intent, confirming = confirmed(known, question)
        return AskedQuestion(kind="confirm", intent=intent, items=[numbers[item.id] for item in confirming])
    targets = targets_of(known, question)
    options = []
    for option in question.options:
        about = [t.item.id for t in targets if t.item and t.is_named_in(option.key)]
        about += [item.id for item in known.promises if str(item.id) == option.key]
        answer = intent_of_key(option.key)
        item = numbers[about[0]] if about else None
        options.append(AskedOption(number=option.number, label=option.label, answer=answer, item=item))
    items = [numbers[t.item.id] for t in targets if t.item] or [each.item for each in options if each.item]
    meant, until = clarified(question) if question.kind == "clarify" else (None, None)
    return AskedQuestion(kind=question.kind, intent=meant, until=until, items=items, options=options)


def plan_of(known: Knowledge, reading: Reading, looked_up: LookedUp) -> Plan:
    if not reading.parts:
        reading = reading.model_copy(update={"parts": [Part(intent=reading.intent, text=known.turn.text.strip())]})
    plan = _plan_by_intent(known, reading, looked_up)
    if known.contractor.provisional and not known.answered_before:
        name, event = plan.introduction or (None, None)
        asking = None if name and event else "Which event are you at?" if name else "Your name, and which event?"
        plan.reply = replies.welcome(known.account_name, plan.reply if plan.note else None, asking)
        plan.asked = Asked("onboarding", "introduction") if asking else None
    plan.parts += [said_of(part) for part in reading.parts if part.intent not in ANSWERS]
    plan.parts = plan.parts or [SaidPart(plan.intent, known.turn.text)]
    plan.settled = settled_by(known, plan)
    return plan


def settled_by(known: Knowledge, plan: Plan, chosen: OpenQuestion | None = None) -> list[str]:
    """Who they are is asked once; which promise they mean, until they answer anything or are asked anew. A draft waits."""
    is_over = plan.answered is not None or plan.asked is not None
    own = [question for question in known.turn.open_questions if question.origin.service == "actions"]
    return [
        question.ref
        for question in own
        if question is chosen or question.kind == "onboarding" or (is_over and not is_draft(question))
    ]


def said_of(part: Part) -> SaidPart:
    return SaidPart(part.intent, part.text)


def _plan_by_intent(known: Knowledge, reading: Reading, looked_up: LookedUp) -> Plan:
    peers = looked_up.peers
    if reading.priorities:
        return plan_priorities(known, reading, peers)
    if reading.answers:
        return _with_note(_asking(plan_answer(known, reading), reading), known, reading, peers)
    if reading.intent == "find":
        return plan_find(known, reading, looked_up.found)
    if reading.intent == "why":
        return plan_why(known, reading)
    if reading.intent == "correct":
        return plan_correction(known, reading)
    if reading.intent == "help":
        return Plan("help", reading.confidence, reply=replies.who_we_are(known.account_name))
    if reading.intent == "undo":
        return Plan("undo", reading.confidence, undo=True)
    if reading.intent == "list":
        ranked = sorted(known.items, key=lambda item: item.priority)
        return Plan("list", reading.confidence, reply=replies.open_list([item.title for item in ranked]))
    if reading.introduction:
        return _plan_introduction(known, reading)
    if not known.turn.text.strip() and not any(said.media for said in known.turn.messages):
        return Plan("other", reading.confidence, reply=replies.WHO)
    if reading.intent not in ("note", *_NEVER_SILENT) and reading.note is None:
        return Plan(reading.intent, reading.confidence, reply=reading.ask)
    plan = plan_note(known, reading, reading.note or ReadNote(), peers)
    if reading.ask or reading.intent not in ("note", "other"):
        plan.reply, plan.asked = f"Noted. {reading.ask or replies.WHO}", Asked("clarify", "note")
    return plan


def _asking(plan: Plan, reading: Reading) -> Plan:
    """What was too unsure to be carried out is asked, where nothing else is."""
    if reading.ask and plan.asked is None:
        plan.reply = " ".join(filter(None, (plan.reply, reading.ask)))
    return plan


def _with_note(plan: Plan, known: Knowledge, reading: Reading, peers: dict[str, UUID]) -> Plan:
    """ "Done. Also met Sara Lopez, she wants a quote": an answer, and a note beside it. What we ask stands last, and a note that is
    only kept in case is not spoken of."""
    if reading.note is None:
        return plan
    noted = plan_note(known, reading, reading.note, peers)
    is_aside = plan.asked is not None and not noted.items and not noted.changes
    plan.note, plan.items = noted.note, noted.items
    plan.changes += noted.changes
    said = [plan.reply] if is_aside else [noted.reply, plan.reply] if plan.asked else [plan.reply, noted.reply]
    plan.reply = " ".join(filter(None, said))
    return plan


def _plan_introduction(known: Knowledge, reading: Reading) -> Plan:
    assert reading.introduction is not None
    plan = plan_note(known, reading, reading.note or ReadNote(), {})
    plan.introduction = (reading.introduction.full_name, reading.introduction.event)
    plan.reply = replies.met(*plan.introduction)
    if known.answered_before:
        plan.reply += " Text me who you meet and what you promise."
    if reading.note is None or not reading.note.promises:
        plan.items.clear()
    return plan


def names_to_look_up(reading: Reading) -> list[str]:
    """People who may be peers at the event."""
    in_note = [*reading.note.entities.names, *promised_to(reading.note)] if reading.note else []
    return sorted({name for name in [*in_note, *(each.person_name for each in reading.priorities)] if name})
