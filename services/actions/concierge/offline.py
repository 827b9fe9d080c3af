"""Reads a turn by rules: what answers when no model does."""

import re

from services.actions.concierge.reading import (
    Answer,
    Entities,
    Introduction,
    RankedPriority,
    Reading,
    ReadNote,
    Span,
    TurnInput,
)
from shared.text.emails import find_emails
from shared.text.phones import find_phones

_NAME = re.compile(
    r"\b(?:[Mm]et|[Ww]ith|[Tt]o|[Tt]alked to|[Cc]all|I'm|I am|name is|is)\s+([A-Z][a-z]+(?: [A-Z][a-z]+)+)"
)
_COMPANY = re.compile(r"\b(?:from|at|with|of) ((?:[A-Z][\w&]+)(?: (?:[A-Z][\w&]+))*)")
_TOPIC = re.compile(r"\b(?:insights on|about|on|into) ([\w ]{3,40}?)(?=[.,;!?\n]|$)")
_DONE = re.compile(r"^(?:yes[,! ]*)?(?:done|did it|finished|completed|sent it|all done|yes|yep)\b", re.I)
_NOT_YET = re.compile(r"^(?:not yet|no|nope|still working|not done)\b", re.I)
_SKIP = re.compile(r"^(?:skip|drop it|forget it|never mind)\b", re.I)
_UNDO = re.compile(r"^undo\b", re.I)
_LIST = re.compile(r"^(?:list|my list|what'?s (?:open|on my list))\W*$", re.I)
_THANKS = re.compile(r"^(?:thanks|thank you|thx|ok|okay|great|cool)[\s.!]*$", re.I)
_RANKED = re.compile(r"(?:^|[,;\n])\s*(?:\d[.):]|[-*])\s*")


def read_turn_by_rules(given: TurnInput) -> Reading:
    text = given.text.strip()
    if _UNDO.match(text):
        return Reading(intent="undo", confidence=0.95)
    if _LIST.match(text):
        return Reading(intent="list", confidence=0.9)
    for pattern, intent in ((_DONE, "done"), (_NOT_YET, "not_yet"), (_SKIP, "skip")):
        if found := pattern.match(text):
            answer = Answer.model_validate({"intent": intent})
            return Reading(
                intent="answer", confidence=0.9, answers=[answer], spans=[Span(kind="answer", text=found[0])]
            )
    if _THANKS.match(text):
        return Reading(intent="courtesy", confidence=0.9)
    if any(question.kind == "priorities" for question in given.questions):
        return _priorities(text)
    return _note(given, text)


def _priorities(text: str) -> Reading:
    parts = [part.strip(" .") for part in _RANKED.split(text) if part.strip(" .")]
    found = [
        RankedPriority(
            rank=rank,
            text=part,
            person_name=_first(_NAME, part) if not part.lower().startswith("demo") else None,
            is_demo="demo" in part.lower(),
        )
        for rank, part in enumerate(parts[:10], 1)
    ]
    return Reading(intent="priorities", confidence=0.8, priorities=found)


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[1] if found else None


def _note(given: TurnInput, text: str) -> Reading:
    name = _first(_NAME, text)
    company = _first(_COMPANY, text)
    topic = _first(_TOPIC, text)
    phones = [each.text for each in find_phones(text)]
    emails = [each.text for each in find_emails(text)]
    spans = [Span(kind="phone_number", text=each) for each in phones] + [
        Span(kind="email", text=each) for each in emails
    ]
    spans += [Span(kind="name", text=name)] if name else []
    if any(question.kind == "onboarding" for question in given.questions) and name:
        return Reading(intent="introduction", confidence=0.8, introduction=Introduction(full_name=name), spans=spans)
    contact = bool(name and (phones or emails or "met" in text.lower()))
    note = ReadNote(
        note_type="contact" if contact else "general",
        categorization="networking" if contact else "general",
        entities=Entities(
            names=[name] if name else [], phone_numbers=phones, emails=emails, companies=[company] if company else []
        ),
        topic=topic,
        tags=["networking", "follow-up-required"] if contact else [],
        priority_score=0.85 if contact and (phones or emails) else 0.6 if contact else 0.3,
        requires_followup=contact,
        follow_up=f"Follow up with {name}" if contact else None,
        person_name=name,
    )
    return Reading(intent="note", confidence=0.8, note=note, spans=spans)
