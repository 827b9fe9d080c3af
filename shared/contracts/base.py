"""The published language: what a domain event or a command is, and the registry of all of them."""

from collections.abc import Collection, Iterable
from typing import Any, ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

REGISTRY: dict[str, type["Message"]] = {}


def known_or(fallback: str, known: Collection[str]) -> BeforeValidator:
    """For an enumeration that may grow: a reader takes a value that was added later for `fallback`."""
    return BeforeValidator(lambda value: value if not isinstance(value, str) or value in known else fallback)


class Payload(BaseModel):
    """Part of a message's body. Unknown fields are ignored: fields are only ever added."""

    model_config = ConfigDict(extra="ignore", frozen=True, from_attributes=True)


class Message(Payload):
    """What travels over Kafka. Declare `class NoteCaptured(Message, type="note.captured.v1", of="actions")`.

    `of` is the service whose topic carries it: the publisher of an event, the receiver of a command;
    `*` is the topic of whichever service publishes it.
    """

    type: ClassVar[str] = ""
    of: ClassVar[str] = ""
    command: ClassVar[bool] = False
    key_field: ClassVar[str] = "id"
    subject_field: ClassVar[str] = "id"

    def __init_subclass__(
        cls,
        type: str = "",
        of: str = "",
        command: bool = False,
        key: str = "",
        subject: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        cls.of = of or cls.of
        cls.command = command or cls.command
        cls.key_field = key or cls.key_field
        cls.subject_field = subject or key or cls.subject_field
        if type:
            if type in REGISTRY:
                raise TypeError(f"two messages have the type {type}: {REGISTRY[type].__name__} and {cls.__name__}")
            cls.type = type
            REGISTRY[type] = cls

    @classmethod
    def topic_for(cls, publisher: str) -> str:
        service = publisher if cls.of == "*" else cls.of
        return f"followthrough.{service}.commands" if cls.command else f"followthrough.{service}"

    @property
    def key(self) -> str:
        return str(getattr(self, self.key_field))

    @property
    def subject(self) -> str:
        return str(getattr(self, self.subject_field))


class State(Message):
    """The new state of an aggregate, with its edit counter and the names of the fields that changed (empty when new)."""

    id: UUID
    row_version: int
    changed: list[str] = Field(default_factory=list)

    @classmethod
    def of_row(cls, row: object, changed: Iterable[str] = ()) -> Self:
        """`row` has an attribute for each field."""
        return cls.model_validate(row).model_copy(update={"changed": list(changed)})
