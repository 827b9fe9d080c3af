"""Reads the answer to a check-in by rules."""

import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

from services.actions.concierge.reading import Answer, AnswerIntent, NumberedItem, Reading, ReadNote, Span, TurnInput
from shared.text.notes import NoteReading
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
_CALENDAR = frozenset(
    [
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "jan",
        "feb",
        "mar",
        "apr",
        "may",
        "jun",
        "jul",
        "aug",
        "sep",
        "oct",
        "nov",
        "dec",
    ]
)
_INTENTS: dict[AnswerIntent, Intent] = {answer: intent for intent, answer in _ANSWERS.items()}


# "Need to send Acme the pricing by Friday" promises something new; "still need to call him" is an answer.
_NEW_PROMISE = re.compile(
    r"\s*(?:(?:i|we) )?(?:need|have|want|got|ought) to\b|\s*(?:must|gotta|todo|to do|don'?t forget|remember)\b"
    r"|.{0,40}\bremind me\b.{0,40}\bto [a-z]",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\b(?:him|her|them|it|that|this|one)\b", re.IGNORECASE)
_PLAIN_START = re.compile(
    r"\s*(?:yes|yep|yeah|no|nope|done|finished|completed|not yet|skip|drop|cancel|later)\b", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+")
_EXCEPTIONS = {"but", "except", "besides", "apart", "rest", "others"}
_CAPITAL = re.compile(r"(?<=[a-z,] )[A-Z][\w&]+")


def reply_of(given: TurnInput, zone: ZoneInfo) -> ReplyReading:
    return read_reply(given.text, options_of(given), given.now, zone)


def read_answers(
    given: TurnInput, reply: ReplyReading, note: NoteReading, note_of: Callable[[str], ReadNote]
) -> Reading | None:
    """None where the reply is no answer, or answers nothing that was asked: closing a promise wrongly is worse than a note."""
    if reply.intent not in _ANSWERS or not _answers_something(given, reply):
        return None
    if not _PLAIN_START.match(given.text) and (_is_news(given, note) or _is_new_promise(given, reply, note)):
        return None
    return Reading(
        intent="answer",
        confidence=reply.confidence,
        answers=[_answer(given, part) for part in reply.parts if part.intent in _ANSWERS],
        note=note_of(reply.remainder) if len(reply.remainder.split()) > 2 else None,
        spans=[Span(kind="answer", text=given.text[part.start : part.end]) for part in reply.parts],
    )


def _is_asked(given: TurnInput) -> bool:
    return any(question.kind in ("check_in", "clarify") for question in given.questions)


def _answers_something(given: TurnInput, reply: ReplyReading) -> bool:
    """Yes and no need a question; the others one, or a promise, or nothing else beside them."""
    if _is_asked(given):
        return True
    if reply.intent in ("yes", "no"):
        return False
    return any(part.option_numbers for part in reply.parts) or not reply.remainder


def _is_news(given: TurnInput, note: NoteReading) -> bool:
    """Somebody met, with a way to reach them, or by a name that is on no promise."""
    if note.phone_numbers or note.emails:
        return True
    if note.note_type == "contact" and not _is_asked(given):
        return True
    known = {item.person_name.lower() for item in given.open_items if item.person_name}
    return any(" " in name and name.lower() not in known for name in note.names)


def _is_new_promise(given: TurnInput, reply: ReplyReading, note: NoteReading) -> bool:
    if reply.intent in ("later", "not_yet") and note.action and _NEW_PROMISE.match(given.text):
        return not _is_asked(given) or _PRONOUN.search(given.text) is None
    named = any(part.option_numbers for part in reply.parts)
    return not named and _names_something_else(given)


def _names_something_else(given: TurnInput) -> bool:
    """A capital within the text that stands in no promise: "not interested in BuildPro"."""
    known = " ".join(item.title for item in given.open_items).lower()
    return any(word.lower() not in known and not _is_calendar(word) for word in _CAPITAL.findall(given.text))


def _is_calendar(word: str) -> bool:
    return word[:3].lower() in _CALENDAR


def options_of(given: TurnInput) -> list[ReplyOption]:
    """The numbered options of open questions, and every open promise that is on none of them."""
    options = [
        ReplyOption(option.number, option.label, _INTENTS.get(option.answer) if option.answer else None)
        for question in given.questions
        for option in question.options
    ]
    shown = {option.item for question in given.questions for option in question.options}
    return options + [
        ReplyOption(BEYOND_DIGITS + item.number, item.title)
        for item in _items_worth_a_look(given)
        if item.number not in shown
    ]


def _items_worth_a_look(given: TurnInput) -> list[NumberedItem]:
    """Promises that share a word with the text: comparing each with each costs milliseconds. "All but Acme" needs them all."""
    words = set(_WORD.findall(given.text.lower()))
    if words & _EXCEPTIONS:
        return given.open_items
    return [item for item in given.open_items if words & set(_WORD.findall(item.title.lower()))]


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
