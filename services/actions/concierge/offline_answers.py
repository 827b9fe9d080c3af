"""Reads the answer to a check-in by rules."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from services.actions.concierge.reading import Answer, AnswerIntent, Reading, ReadNote, Span, TurnInput
from shared.text.replies import Intent, ReplyOption, ReplyPart, ReplyReading, read_reply

# Digits that people type are numbers of options, two at most; open promises are named by words only.
BEYOND_DIGITS = 100
_ANSWERS: dict[Intent, AnswerIntent] = {
    "done": "done",
    "not_yet": "not_yet",
    "later": "defer",
    "skip": "skip",
    "help": "needs_help",
    "yes": "yes",
    "no": "no",
}
_INTENTS: dict[AnswerIntent, Intent] = {answer: intent for intent, answer in _ANSWERS.items()}


def reply_of(given: TurnInput, zone: ZoneInfo) -> ReplyReading:
    return read_reply(given.text, options_of(given), given.now, zone)


def read_answers(given: TurnInput, reply: ReplyReading, note_of: Callable[[str], ReadNote]) -> Reading | None:
    """None where the reply is no answer, or answers nothing that was asked."""
    if reply.intent not in _ANSWERS or not _answers_something(given, reply):
        return None
    return Reading(
        intent="answer",
        confidence=reply.confidence,
        answers=[_answer(given, part) for part in reply.parts if part.intent in _ANSWERS],
        note=note_of(reply.remainder) if len(reply.remainder.split()) > 2 else None,
        spans=[Span(kind="answer", text=given.text[part.start : part.end]) for part in reply.parts],
    )


def _answers_something(given: TurnInput, reply: ReplyReading) -> bool:
    """Yes and no need a question; the others one, or a promise, or nothing else beside them."""
    asked = any(question.kind in ("check_in", "clarify") for question in given.questions)
    if asked:
        return True
    names_items = any(part.option_numbers for part in reply.parts)
    if reply.intent in ("yes", "no"):
        return False
    return names_items or not reply.remainder


def options_of(given: TurnInput) -> list[ReplyOption]:
    """The numbered options of open questions, and every open promise that is on none of them."""
    options = [
        ReplyOption(option.number, option.label, _INTENTS.get(option.answer) if option.answer else None)
        for question in given.questions
        for option in question.options
    ]
    shown = {option.item for question in given.questions for option in question.options}
    return options + [
        ReplyOption(BEYOND_DIGITS + item.number, item.title) for item in given.open_items if item.number not in shown
    ]


def _answer(given: TurnInput, part: ReplyPart) -> Answer:
    chosen = {option.number: option for question in given.questions for option in question.options}
    items = [
        number - BEYOND_DIGITS if number > BEYOND_DIGITS else chosen[number].item for number in part.option_numbers
    ]
    return Answer(
        intent=_ANSWERS[part.intent],
        items=[number for number in items if number is not None],
        every=part.every,
        about=part.about,
        until=part.until,
    )
