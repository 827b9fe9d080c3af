"""The parts of a turn, offline: what is asked and open goes in, answers by promise come out; what is unsure becomes a question."""

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from services.actions.concierge.reading import ANSWERS, AnswerIntent, AskedQuestion, Part, Span, TurnInput
from shared.text.turn_clauses import is_yes
from shared.text.turns import Asked, TurnPart, read_turn

CLOSING = frozenset(("done", "cancel"))
CHANGING = frozenset(("undo", "correct"))
MAY_BE_A_NOTE = 4
A_GUESS = 0.45
SURE_ENOUGH = 0.6
"""To close a promise; what is less sure is asked."""
_PRONOUN = re.compile(r"\b(?:his|her|him|their|them|she|he|they)\b", re.IGNORECASE)
_NODDED_AT = ("confirm", "check_in")
_ASKING = ("confirm", "clarify", "check_in", "priorities", "onboarding")


def parts_of(given: TurnInput, zone: ZoneInfo) -> tuple[TurnPart, ...]:
    titles = {item.number: _titled(item.title, item.person_name) for item in given.open_items}
    return read_turn(given.text, titles, asked_of(given), given.now, zone)


def _titled(title: str, person: str | None) -> str:
    return title if person is None or person in title else f"{title} {person}"


def asked_of(given: TurnInput) -> Asked | None:
    """The question that is answered: check-ins that were asked last, together, are one."""
    for kind in _ASKING:
        questions = [question for question in given.questions if question.kind == kind]
        if questions and kind == "check_in":
            return _joined([question for question in questions if question.is_last] or questions)
        if questions:
            return _joined(questions[-1:])
    return Asked(given.questions[-1].kind) if given.questions else None


def _joined(questions: Sequence[AskedQuestion]) -> Asked:
    options = [option for question in questions for option in question.options if option.item is not None]
    items = [number for question in questions for number in question.items] or [
        each.item for each in options if each.item
    ]
    numbers = {option.number: option.item for option in options if option.item is not None}
    return Asked(questions[0].kind, questions[0].intent, tuple(dict.fromkeys(items)), numbers)


def chosen_answer(given: TurnInput) -> AnswerIntent | None:
    """ "#3": the answer that stands beside that number."""
    bare = given.text.strip().strip(".)( #!")
    options = [option for question in given.questions for option in question.options if option.answer]
    return next((option.answer for option in options if bare == str(option.number)), None)


def is_guess(given: TurnInput, part: TurnPart) -> bool:
    """What is hardly more than a guess is a note; so is what undoes or corrects, or answers where nothing is open or asked, in so
    many words that it may be one."""
    if part.intent in ("note", "other"):
        return False
    if part.intent in ANSWERS and not given.open_items and not given.questions:
        return len(given.text.split()) >= MAY_BE_A_NOTE
    return part.confidence < (SURE_ENOUGH if part.intent in CHANGING else A_GUESS)


def may_be_a_note(given: TurnInput, part: TurnPart) -> bool:
    """What answers nothing that was asked or that it names is kept as well; so is what is doubted."""
    is_unasked = part.intent in ANSWERS and not part.items and not given.questions
    is_nod = is_yes(given.text.lower())
    return (is_doubted(given, part) and not is_nod) or (is_unasked and len(given.text.split()) >= MAY_BE_A_NOTE)


def is_doubted(given: TurnInput, part: TurnPart) -> bool:
    """Nothing is completed or cancelled on a guess, nor by a nod to a question that we have talked past."""
    if part.intent not in CLOSING:
        return False
    questions = [question for question in given.questions if question.kind in _NODDED_AT]
    talked_past = bool(questions) and not any(question.is_last for question in questions)
    return part.confidence < SURE_ENOUGH or (talked_past and is_yes(given.text.lower()))


def as_part(given: TurnInput, part: TurnPart) -> Part:
    named_before = next((q.until for q in given.questions if q.kind == "clarify" and q.intent == part.intent), None)
    return Part(
        intent=part.intent,
        text=part.text.strip(),
        items=list(part.items),
        every=part.every,
        about=part.about,
        doubted=is_doubted(given, part),
        until=part.until or named_before,
        query=_asked_of(given, part) if part.query == "" else part.query,
        wrong=part.wrong,
        right=part.right,
    )


def _asked_of(given: TurnInput, part: TurnPart) -> str:
    """ "What was her number?" looks for whom we asked about last."""
    asked = {number for question in given.questions if question.is_last for number in question.items}
    people = [item.person_name for item in given.open_items if item.number in asked and item.person_name]
    return people[0] if len(people) == 1 and _PRONOUN.search(part.text) else ""


def as_span(part: TurnPart) -> Span:
    return Span(kind="answer", text=part.text, start=part.start)
