"""What a person sets right ("no, Jon without h"): which field of which note, and what it becomes."""

from collections.abc import Iterator
from difflib import SequenceMatcher

from services.actions.concierge import replies
from services.actions.concierge.context import Knowledge, KnownNote
from services.actions.concierge.plan import Correction, Plan
from services.actions.concierge.reading import Part, Reading
from shared.text.emails import find_emails
from shared.text.phones import find_phones

ALIKE = 0.5
LATELY = 5


def plan_correction(known: Knowledge, reading: Reading) -> Plan:
    plan = Plan("correct", reading.confidence)
    part = next((part for part in reading.parts if part.intent == "correct"), None)
    found = find_correction(known.notes[:LATELY], part) if part else None
    if found is None:
        plan.reply = replies.WHAT
        return plan
    plan.corrections.append(found)
    plan.reply = replies.corrected(found.was, found.now)
    return plan


def find_correction(notes: list[KnownNote], part: Part) -> Correction | None:
    """In the note that holds what is wrong, or what is most like what is right; the newest of several."""
    if not part.right:
        return None
    for field, values in (("phone_numbers", find_phones(part.right)), ("emails", find_emails(part.right))):
        if values:
            return _reachable(notes, field, part.right)
    likely = [(share, Correction(note.id, *told)) for note in notes for share, *told in _changed(note, part)]
    share, best = max(likely, key=lambda each: each[0], default=(0.0, None))
    return best if best is not None and share >= ALIKE and best.was != best.now else None


def _reachable(notes: list[KnownNote], field: str, right: str) -> Correction | None:
    """A number or an address is somebody's: it replaces the only one of the newest note."""
    if not notes:
        return None
    had = notes[0].phones if field == "phone_numbers" else notes[0].emails
    return Correction(notes[0].id, field, had[0] if len(had) == 1 else None, right)


def _changed(note: KnownNote, part: Part) -> Iterator[tuple[float, str, str, str]]:
    """Every name and company of a note: how likely it is meant, and what it would become."""
    right = part.right or ""
    for field, values in (("names", note.names), ("companies", note.companies)):
        for value in values:
            yield _likeness(value, part.wrong or right), field, value, _replaced(value, part.wrong, right)


def _likeness(value: str, meant: str) -> float:
    whole = SequenceMatcher(None, value.lower(), meant.lower()).ratio()
    return max([whole, *(SequenceMatcher(None, word.lower(), meant.lower()).ratio() for word in value.split())])


def _replaced(value: str, wrong: str | None, right: str) -> str:
    """One word for one word ("Jon" in "John Smith"), or the whole name."""
    words = value.split()
    if len(right.split()) > 1 or len(words) == 1:
        return right
    meant = wrong or right
    worst = max(words, key=lambda word: SequenceMatcher(None, word.lower(), meant.lower()).ratio())
    return " ".join(right if word == worst else word for word in words)
