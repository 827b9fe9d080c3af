"""What a turn is to cause: the outcome of the rules, before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.actions.concierge.context import FoundNote
from shared.contracts.actions import ReplyIntent, ReplyPart
from shared.contracts.messaging import Option


@dataclass(frozen=True)
class LookedUp:
    """What a reading made us look up: contractors at the event by lower-case name, and notes that fit what is looked for."""

    peers: dict[str, UUID] = field(default_factory=dict)
    found: Sequence[FoundNote] = ()


@dataclass(frozen=True)
class NewItem:
    """`values` are columns. `of_new_note`: it belongs to the note of the same turn."""

    values: dict[str, Any]
    note_text: str | None = None
    of_new_note: bool = False


@dataclass(frozen=True)
class ItemChange:
    """New values of an open item, or (without any) a remark on it."""

    item_id: UUID
    values: dict[str, Any]
    remark: str


@dataclass(frozen=True)
class SaidPart:
    """One thing that the text says, as a turn shows it: in its own words, of which promise."""

    intent: str
    text: str
    action_item_id: UUID | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Correction:
    """In a note's entities, and wherever its promises repeat it: `was` becomes `now`. One of them may be missing: nothing was
    read there, or it goes."""

    note_id: UUID
    field: str
    was: str | None
    now: str | None


@dataclass(frozen=True)
class Asked:
    """A question that goes with the reply. `about` comes back as part of its ref."""

    kind: str
    about: str
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class DraftAnswer:
    """What was said to a draft that was shown as `version`."""

    draft_id: UUID
    version: int | None
    approves: bool


@dataclass
class Plan:
    """`reply` is what we say, None for nothing; `answers` what is published of `answered`; `settled` the refs of questions of our
    own that are over. `drafts`: the promises that an e-mail is to be drafted for."""

    intent: str
    confidence: float
    reply: str | None = None
    asked: Asked | None = None
    note: dict[str, Any] | None = None
    items: list[NewItem] = field(default_factory=list)
    changes: list[ItemChange] = field(default_factory=list)
    answered: ReplyIntent | None = None
    answers: list[ReplyPart] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    parts: list[SaidPart] = field(default_factory=list)
    drafts: list[UUID] = field(default_factory=list)
    draft_answer: DraftAnswer | None = None
    corrections: list[Correction] = field(default_factory=list)
    introduction: tuple[str | None, str | None] | None = None
    undo: bool = False
    opt_out: bool = False
