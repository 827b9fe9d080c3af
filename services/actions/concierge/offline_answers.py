"""Reads the answer to a check-in by rules."""

import re
from zoneinfo import ZoneInfo

from services.actions.concierge.reading import Answer, Reading, Span, TurnInput
from shared.text.notes import NoteReading

_DONE = re.compile(r"^(?:yes[,! ]*)?(?:done|did it|finished|completed|sent it|all done|yes|yep)\b", re.I)
_NOT_YET = re.compile(r"^(?:not yet|no|nope|still working|not done)\b", re.I)
_SKIP = re.compile(r"^(?:skip|drop it|forget it|never mind)\b", re.I)


def read_answers(given: TurnInput, note: NoteReading, zone: ZoneInfo) -> Reading | None:
    for pattern, intent in ((_DONE, "done"), (_NOT_YET, "not_yet"), (_SKIP, "skip")):
        if found := pattern.match(given.text.strip()):
            answer = Answer.model_validate({"intent": intent})
            return Reading(
                intent="answer", confidence=0.9, answers=[answer], spans=[Span(kind="answer", text=found[0])]
            )
    return None
