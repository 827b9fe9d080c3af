"""What the concierge asks of a model."""

from collections.abc import Iterator
from pathlib import Path

from services.actions.concierge.offline import read_turn_by_rules
from services.actions.concierge.reading import Reading, TurnInput
from shared.ai.prompts import Prompt
from shared.ai.tasks import Task, spans_exist

PROMPTS = Path(__file__).resolve().parents[1] / "prompts"


def _is_grounded(given: TurnInput, reading: Reading) -> bool:
    """What is cited stands in the text; whom and what it names, there or in what was shown; numbers name promises."""
    numbers = {number for answer in reading.answers for number in answer.items}
    return (
        spans_exist(given.text, filter(None, _cited(reading)))
        and spans_exist(_shown(given), filter(None, _named(reading)))
        and numbers <= {item.number for item in given.open_items}
    )


def _cited(reading: Reading) -> Iterator[str | None]:
    yield from (span.text for span in reading.spans)
    yield from (each.text for each in reading.priorities)
    yield from (answer.about for answer in reading.answers)
    if reading.introduction:
        yield reading.introduction.full_name
    if note := reading.note:
        found = note.entities
        yield from (note.text, note.topic, *found.names, *found.phone_numbers, *found.emails, *found.companies)


def _named(reading: Reading) -> Iterator[str | None]:
    """ "Sara's quote" is about the Sara Lopez of an open promise."""
    for each in reading.priorities:
        yield from (each.person_name, each.company)
    if reading.note:
        yield reading.note.person_name
    if reading.introduction:
        yield reading.introduction.event


def _shown(given: TurnInput) -> str:
    people = [item.person_name for item in given.open_items]
    return "\n".join(
        filter(None, (given.text, given.event, *people, *given.speakers, *given.sponsors, *given.partners))
    )


READ_TURN = Task(
    name="read_turn",
    prompt=Prompt.read(PROMPTS / "read_turn.md"),
    input=TurnInput,
    output=Reading,
    offline=read_turn_by_rules,
    grounded=_is_grounded,
)
