"""What a model is asked for: an introduction, better worded than the offline one."""

import re
from pathlib import Path

from services.actions.drafts.facts import Introduction, IntroFacts
from services.actions.drafts.offline import write_plainly
from shared.ai.prompts import Prompt
from shared.ai.tasks import Task, grounded, spans_exist

PROMPTS = Path(__file__).resolve().parents[1] / "prompts"
_LINK = re.compile(r"https?:|www\.|\b[\w-]+\.(?:com|net|org|io|co|ly|me|app)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+")
_NUMBER = re.compile(r"\d[\d\s().-]{2,}\d")


def is_grounded(facts: IntroFacts, written: Introduction) -> bool:
    """It quotes what is known, names whom it goes to and who is introduced; no link, address or number is its own."""
    known, says = facts.model_dump_json(), f"{written.subject}\n{written.body}"
    if not spans_exist(known, written.mentions) or not spans_exist(says, written.mentions):
        return False
    if any(name and name.split()[0] not in written.body for name in (facts.to_name, facts.introduced, facts.sender)):
        return False
    found = [*_LINK.findall(says), *_ADDRESS.findall(says), *_NUMBER.findall(says)]
    return all(each in known for each in found)


DRAFT_INTRO = Task(
    name="draft_intro",
    prompt=Prompt.read(PROMPTS / "draft_intro.md"),
    input=IntroFacts,
    output=Introduction,
    offline=write_plainly,
    settle=grounded(is_grounded),
)
