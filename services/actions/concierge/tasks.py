"""What the concierge asks of a model."""

from pathlib import Path

from services.actions.concierge.offline import read_turn_by_rules
from services.actions.concierge.reading import Reading, TurnInput
from shared.ai.prompts import Prompt
from shared.ai.tasks import Task, spans_exist

PROMPTS = Path(__file__).resolve().parents[1] / "prompts"


def _is_grounded(given: TurnInput, reading: Reading) -> bool:
    """What is cited stands in the text; numbers name promises that were shown."""
    note = reading.note
    quoted = [span.text for span in reading.spans]
    if note:
        found = note.entities
        quoted += [note.text or "", *found.names, *found.phone_numbers, *found.emails, *found.companies]
    numbers = {number for answer in reading.answers for number in answer.items}
    return spans_exist(given.text, filter(None, quoted)) and numbers <= {item.number for item in given.open_items}


READ_TURN = Task(
    name="read_turn",
    prompt=Prompt.read(PROMPTS / "read_turn.md"),
    input=TurnInput,
    output=Reading,
    offline=read_turn_by_rules,
    grounded=_is_grounded,
)
