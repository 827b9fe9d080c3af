"""What a turn is to cause: the outcome of the rules, before anything is written."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from shared.contracts.actions import ReplyIntent, ReplyPart
from shared.contracts.messaging import Option


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
class Asked:
    """A question that goes with the reply. `about` comes back as part of its ref."""

    kind: str
    about: str
    options: tuple[Option, ...] = ()


@dataclass
class Plan:
    """`reply` is what we say, None for nothing."""

    intent: str
    confidence: float
    reply: str | None = None
    asked: Asked | None = None
    note: dict[str, Any] | None = None
    items: list[NewItem] = field(default_factory=list)
    changes: list[ItemChange] = field(default_factory=list)
    answered: ReplyIntent | None = None
    parts: list[ReplyPart] = field(default_factory=list)
    introduction: tuple[str | None, str | None] | None = None
    undo: bool = False
    opt_out: bool = False
