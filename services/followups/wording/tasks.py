"""What a model is asked for: one text, better worded than the offline one."""

import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from services.followups.wording.facts import Facts
from services.followups.wording.offline import MAX_BODY, compose
from shared.ai.prompts import Prompt
from shared.ai.tasks import Task, grounded, spans_exist

PROMPTS = Path(__file__).resolve().parents[1] / "prompts"
_LINK = re.compile(r"https?:|www\.|\b[\w-]+\.(?:com|net|org|io|co|ly|me|app)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d[\d\s().-]{4,}\d")


class Draft(BaseModel):
    """The facts, and what would be said without a model."""

    facts: Facts
    draft: str


class Words(BaseModel):
    model_config = ConfigDict(extra="forbid")

    body: str = Field(min_length=1, max_length=MAX_BODY)
    mentions: list[str] = Field(max_length=12)


def draft_of(facts: Facts) -> Draft:
    return Draft(facts=facts, draft=compose(facts))


def _offline(given: Draft) -> Words:
    return Words(body=given.draft, mentions=[])


def is_grounded(given: Draft, words: Words) -> bool:
    """It quotes what is known, still names the person, and brings no link or number of its own."""
    known = given.model_dump_json()
    if not spans_exist(known, words.mentions) or not spans_exist(words.body, words.mentions):
        return False
    if given.facts.person and given.facts.person in given.draft and given.facts.person.split()[0] not in words.body:
        return False
    found = [*_LINK.findall(words.body), *_NUMBER.findall(words.body)]
    return all(each in known for each in found)


WORD_FOLLOWUP = Task(
    name="word_followup",
    prompt=Prompt.read(PROMPTS / "word_followup.md"),
    input=Draft,
    output=Words,
    offline=_offline,
    settle=grounded(is_grounded),
)
