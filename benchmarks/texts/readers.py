"""What a provider reads in a labelled text, in the corpus's terms."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from benchmarks.texts.corpus import Example
from services.actions.concierge.offline import read_turn_by_rules
from services.actions.concierge.reading import AskedOption, AskedQuestion, NumberedItem, Reading, TurnInput
from shared.text.consent import recognise
from shared.text.dates import find_dates

WISHES = ("opt_out", "opt_in", "help")


@dataclass(frozen=True)
class Part:
    intent: str
    items: frozenset[int] = frozenset()
    until: str | None = None


@dataclass
class Read:
    """`fields`: values by kind of mark. `intent` is the first part's. `promised_to`: for each promise a name, or nothing."""

    intent: str
    confidence: float
    parts: list[Part] = field(default_factory=list)
    fields: dict[str, set[str]] = field(default_factory=dict)
    note_type: str | None = None
    follow_up: bool = False
    promised_to: list[str] = field(default_factory=list)
    priorities: list[dict[str, Any]] = field(default_factory=list)


def read_offline(example: Example) -> Read:
    """As the concierge does, without a model: consent first, then the rules."""
    wish = wish_of(example)
    if wish is not None:
        return Read(wish, 1.0, [Part(wish)])
    return read_of(read_turn_by_rules(input_of(example)))


def wish_of(example: Example) -> str | None:
    found = recognise(example.text)
    is_answer = found is not None and found.may_answer and example.labels.get("question") is not None
    return None if found is None or is_answer else found.kind


def dates_of(example: Example) -> set[str]:
    return {told(one.when) for one in find_dates(example.text, example.now, example.zone)}


def told(when: datetime | date) -> str:
    """A day, or a local time to the minute."""
    return when.strftime("%Y-%m-%dT%H:%M") if isinstance(when, datetime) else when.isoformat()


def input_of(example: Example) -> TurnInput:
    labels, near = example.labels, example.labels.get("near", {})
    return TurnInput(
        text=example.text,
        now=example.now,
        time_zone=str(example.zone),
        sessions=[near["session"]] if isinstance(near.get("session"), str) else near.get("session", []),
        speakers=near.get("speakers", []),
        sponsors=near.get("sponsors", []),
        partners=near.get("partners", labels.get("known", {}).get("partners", [])),
        open_items=[NumberedItem(number=n, title=title) for n, title in enumerate(labels.get("items", []), 1)],
        questions=_questions(labels),
    )


def _questions(labels: dict[str, Any]) -> list[AskedQuestion]:
    """As messaging asks them: several promises are numbered, in the order of their numbers."""
    asked = labels.get("question")
    if "priorities" in labels:
        asked = {"kind": "priorities"}
    if asked is None:
        return []
    if isinstance(asked, str):
        asked = {"kind": asked}
    items, titles = asked.get("asks", []), labels.get("items", [])
    options = [AskedOption(number=n, label=titles[n - 1], item=n) for n in items] if len(items) > 1 else []
    return [AskedQuestion(kind=asked["kind"], intent=asked.get("intent"), items=items, options=options)]


def read_of(reading: Reading) -> Read:
    parts = [
        Part(part.intent, frozenset(part.items), told(part.until) if part.until else None) for part in reading.parts
    ]
    intent = reading.intent
    read = Read(intent, reading.confidence, parts or [Part(intent)])
    if reading.note is not None:
        note = reading.note
        read.note_type, read.follow_up = note.note_type, note.requires_followup
        read.promised_to = [each.person_name or "" for each in note.promises]
        read.fields = {
            "name": set(note.entities.names),
            "company": set(note.entities.companies),
            "phone": {one.value or one.text for one in reading.spans if one.kind == "phone_number"},
            "email": set(note.entities.emails),
            "link": set(note.entities.links),
            "place": set(note.entities.places),
            "money": set(note.entities.money),
        }
    read.priorities = [each.model_dump(mode="json") for each in reading.priorities]
    return read
