"""What the concierge asks of a model."""

from pathlib import Path

from services.actions.concierge.offline import read_turn_by_rules
from services.actions.concierge.reading import Reading, TurnInput
from services.actions.concierge.second_opinion import settled
from shared.ai.prompts import Prompt
from shared.ai.tasks import Task

PROMPTS = Path(__file__).resolve().parents[1] / "prompts"

READ_TURN = Task(
    name="read_turn",
    prompt=Prompt.read(PROMPTS / "read_turn.md"),
    input=TurnInput,
    output=Reading,
    offline=read_turn_by_rules,
    settle=settled,
)
