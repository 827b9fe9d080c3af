"""Reads a reply to a check-in: what is said of which promise, and what is no answer at all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from shared.text.dates import FoundDate, find_dates
from shared.text.names import FoundName, find_names
from shared.text.plain import MAX_READ, lowered
from shared.text.reachable import find_reachable
from shared.text.reply_clauses import EVERY, EXCEPT, Clause, Intent, clauses_of, intent_of
from shared.text.reply_subjects import ReplyOption, numbers_in, options_named, without_subjects

__all__ = ["Intent", "ReplyOption", "ReplyPart", "ReplyReading", "read_reply"]

_STRONG = frozenset(("done", "not_yet", "later", "skip", "help"))
_SUBJECT_GLUE = frozenset(("with", "the", "one", "and", "for", "on", "is", "too", "as", "well", "of", "from", "at"))
_DATE_GLUE = _SUBJECT_GLUE | {
    *("by", "maybe", "please", "pls", "works", "better", "instead", "would", "be", "good", "try", "make", "it", "how"),
    *(
        "about",
        "let's",
        "say",
        "do",
        "around",
        "until",
        "til",
        "till",
        "after",
        "me",
        "ask",
        "again",
        "then",
        "next",
        "this",
    ),
}
_PLAIN = re.compile(r"(?:i'm |all |yes |ok )?(?:done|finished|completed|skip|drop|cancel|not yet|never mind|forget)\b")
_NEW_PROMISE = re.compile(r"(?:i'll|i will|we'll|we will|will|gonna|going to|need to)\b", re.IGNORECASE)
_PUTS_OFF = re.compile(r"\b(?:i'll|i will|we'll|we will|will|gonna|going to|until|till|by|on|after|do it|try|plan)\b")
_IN_VAIN = re.compile(
    r"voicemail|\bvm\b|\bleft\b|no (?:answer|reply|response|luck|pick ?up)|waiting"
    r"|(?:n't|\bnot|\bnever) (?:\w+ )?(?:pick|answer|repl|respond|hear|return|reach|get|got|call|send|sell)"
)
_RANK = {"done": 3, "skip": 3, "later": 3, "not_yet": 3, "help": 3, "question": 2, "yes": 1, "no": 1, "thanks": 0}


@dataclass(frozen=True, slots=True)
class ReplyPart:
    """One thing said: of the options with these numbers, of `every` one, or, with neither, of what was asked.

    `about` is a name in the answer that is on no option; `until` is when to ask again.
    """

    intent: Intent
    option_numbers: tuple[int, ...]
    every: bool
    until: date | datetime | None
    about: str | None
    confidence: float
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class ReplyReading:
    """The reply as a whole, and its parts. `remainder` is what is left to keep as a note, empty when nothing is."""

    intent: Intent
    option_number: int | None
    until: date | datetime | None
    confidence: float
    start: int
    end: int
    parts: tuple[ReplyPart, ...]
    remainder: str


def read_reply(text: str, options: Sequence[ReplyOption], now: datetime, zone: ZoneInfo) -> ReplyReading:
    """The reading of the first 2,000 characters. `options`: what the answer may choose, or may be about, by number.

    Careful by design: a text that names strangers, numbers or addresses is a note unless it also answers in plain words.
    """
    text = text[:MAX_READ]
    low = lowered(text).replace("’", "'")
    reach = find_reachable(text)
    names = tuple(one for one in find_names(text, reachable=reach) if not options_named(one.value.lower(), options))
    clauses = clauses_of(low)
    dates = find_dates(text, now, zone, reachable=reach)
    parts = _joined([_part(text, clause, options, names, dates) for clause in clauses], options)
    answers = [part for part in parts if part.intent not in ("note", "unknown")]
    rest = [part for part in parts if part.intent in ("note", "unknown")]
    if not answers or _is_note(answers, rest, reachable=bool(reach)):
        return _no_answer(text, parts)
    strongest = max(_RANK[part.intent] for part in answers)
    kept = tuple(part for part in answers if _RANK[part.intent] == strongest)
    first = kept[0]
    remainder = _remainder(text, rest)
    number = first.option_numbers[0] if len(first.option_numbers) == 1 else None
    confidence = round(min(part.confidence for part in kept) - (0.1 if rest else 0), 2)
    return ReplyReading(first.intent, number, first.until, confidence, first.start, kept[-1].end, kept, remainder)


def _part(
    text: str,
    clause: Clause,
    options: Sequence[ReplyOption],
    strangers: tuple[FoundName, ...],
    dates: tuple[FoundDate, ...],
) -> ReplyPart:
    inside = [one for one in dates if clause.start <= one.start < clause.end]
    named = [one for one in strangers if clause.start <= one.start < clause.end]
    numbers = tuple(
        dict.fromkeys((*numbers_in(clause.low, options, inside, clause.start), *options_named(clause.low, options)))
    )
    intent, confidence = _intent(clause, numbers, named, inside, options)
    every = EVERY.search(clause.low) is not None and not numbers
    if EXCEPT.search(clause.low) and numbers:
        numbers, every = tuple(option.number for option in options if option.number not in numbers), False
    until = inside[0].when if inside and intent in ("later", "not_yet") else None
    if intent == "not_yet":
        # "I'll call him tomorrow" puts it off; "no time this week" does not.
        intent, until = ("later", until) if until and _PUTS_OFF.search(clause.low) else (intent, None)
    about = named[0].value if named and intent not in ("note", "unknown") else None
    return ReplyPart(
        intent, numbers, every, until, about, confidence, clause.start, clause.end, text[clause.start : clause.end]
    )


def _intent(
    clause: Clause,
    numbers: tuple[int, ...],
    named: list[FoundName],
    dates: list[FoundDate],
    options: Sequence[ReplyOption],
) -> tuple[Intent, float]:
    rest = without_subjects(clause.low, options) if numbers else clause.low
    intent = clause.intent or (intent_of(rest) if numbers and rest else None)
    if intent is not None:
        people = any(one.kind == "person" for one in named)
        if people or (named and not numbers):
            # "Called Sara" when Sara is on no list is news, "done with Sara" is an answer about someone unknown.
            answers = _PLAIN.match(clause.low) is not None or intent in ("help", "question", "later")
            return (intent, 0.5) if answers else ("note", 0.6)
        return intent, 0.7 if clause.weak else 0.9
    if numbers and all(word in _SUBJECT_GLUE for word in rest.split()):
        chosen = next((option for option in options if option.number == numbers[0] and option.answer), None)
        return (chosen.answer, 0.95) if chosen is not None and chosen.answer else ("unknown", 0.4)
    if dates and all(word in _DATE_GLUE for word in clause.low.replace(dates[0].text.lower(), "").split()):
        return "later", 0.8
    return ("note" if len(clause.low.split()) > 1 or named else "unknown"), 0.5


def _joined(parts: list[ReplyPart], options: Sequence[ReplyOption]) -> list[ReplyPart]:
    """Parts that belong together: "John and Acme | done", "not yet | remind me Tuesday", "done with John | and Sara"."""
    joined: list[ReplyPart] = []
    for part in parts:
        last = joined[-1] if joined else None
        if last is not None and (merged := _merged(last, part, options)) is not None:
            joined[-1] = merged
        elif last is not None and last.intent == "done" and _NEW_PROMISE.match(part.text):
            joined.append(replace(part, intent="note"))
        else:
            joined.append(part)
    return joined


def _merged(last: ReplyPart, part: ReplyPart, options: Sequence[ReplyOption]) -> ReplyPart | None:
    numbers = tuple(dict.fromkeys((*last.option_numbers, *part.option_numbers)))
    if part.intent == "unknown" and part.option_numbers and last.intent in _STRONG:
        if last.every:
            # "all done but Acme"
            numbers = tuple(
                one.number for one in options if one.answer is None and one.number not in part.option_numbers
            )
        return _over(last, part, replace(last, option_numbers=numbers, every=False))
    if last.intent == "unknown" and last.option_numbers and part.intent in _STRONG:
        return _over(last, part, replace(part, option_numbers=numbers))
    if part.option_numbers:
        return None
    if part.intent == last.intent and part.intent not in ("note", "unknown") and not part.until:
        return _over(last, part, last)
    if last.intent == "done" and part.intent == "not_yet" and _IN_VAIN.search(part.text.lower()):
        return _over(last, part, replace(last, intent="not_yet", until=part.until))
    if last.intent in ("not_yet", "later", "no") and part.intent == "later":
        return _over(last, part, replace(last, intent="later", until=part.until or last.until, confidence=0.9))
    if last.intent == "no" and part.intent in ("not_yet", "skip"):
        return _over(last, part, part)
    return None


def _over(last: ReplyPart, part: ReplyPart, merged: ReplyPart) -> ReplyPart:
    return replace(merged, start=last.start, end=part.end, text=f"{last.text}, {part.text}")


def _is_note(answers: list[ReplyPart], rest: list[ReplyPart], *, reachable: bool) -> bool:
    """News rather than an answer: it begins with news, or only courtesy is left beside it."""
    news = [part for part in rest if part.intent == "note"]
    if not news:
        return False
    plain = any(_RANK[part.intent] >= 3 and part.confidence >= 0.9 for part in answers)
    begins = news[0].start < answers[0].start
    return not plain or (begins and (reachable or len(news[0].text.split()) > 3))


def _remainder(text: str, rest: list[ReplyPart]) -> str:
    if not any(part.intent == "note" for part in rest):
        return ""
    return text[rest[0].start : rest[-1].end].strip()


def _no_answer(text: str, parts: list[ReplyPart]) -> ReplyReading:
    numbered = next((part for part in parts if part.intent == "unknown" and part.option_numbers), None)
    is_note = any(part.intent == "note" for part in parts) or len(text.split()) > 3
    intent: Intent = "note" if is_note else "unknown"
    number = numbered.option_numbers[0] if numbered is not None and len(numbered.option_numbers) == 1 else None
    return ReplyReading(
        intent, number, None, 0.6 if is_note else 0.3, 0, len(text), tuple(parts), text.strip() if is_note else ""
    )
