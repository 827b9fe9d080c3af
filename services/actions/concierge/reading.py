"""What the concierge reads in a turn: the task's input and output, the same for the model and for the rules."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.http.times import EARLIEST, LATEST

Intent = Literal["note", "answer", "priorities", "introduction", "undo", "list", "courtesy", "unclear"]
AnswerIntent = Literal["done", "not_yet", "defer", "skip", "yes", "no", "needs_help", "unknown"]
NoteType = Literal["general", "contact", "insight", "action_item", "speaker_note", "sponsor_note"]


def _of_this_world(due: datetime | date) -> datetime | date:
    """Raises ValueError for a day that cannot be meant, nor be stored."""
    if not EARLIEST.year <= due.year < LATEST.year:
        raise ValueError(f"{due} is not between {EARLIEST:%Y} and {LATEST:%Y}")
    return due


Due = Annotated[datetime | date, AfterValidator(_of_this_world)]  # local; a day where no time is said
Tag = Annotated[str, Field(max_length=100)]
SpanKind = Literal["name", "phone_number", "email", "company", "topic", "due", "answer", "priority", "follow_up"]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Heard(_Closed):
    """Something that was said before, by `contractor` or `us`."""

    by: Literal["contractor", "us"]
    text: str


class NumberedItem(_Closed):
    """An open promise. Answers name it by `number`."""

    number: int
    title: str
    person_name: str | None = None


class AskedOption(_Closed):
    """A numbered choice: an answer, or the promise with number `item`."""

    number: int
    label: str
    answer: AnswerIntent | None = None
    item: int | None = None


class AskedQuestion(_Closed):
    """A question of ours that is still open; `items` are the numbers of the promises it is about."""

    kind: str
    items: list[int] = []
    options: list[AskedOption] = []


class TurnInput(_Closed):
    """One turn, and what is known around it. `now` is the contractor's local time."""

    text: str
    now: datetime
    time_zone: str
    event: str | None = None
    sessions: list[str] = []
    speakers: list[str] = []
    sponsors: list[str] = []
    partners: list[str] = []
    open_items: list[NumberedItem] = []
    questions: list[AskedQuestion] = []
    before: list[Heard] = []


class Span(_Closed):
    """A quotation from the text, and what it says."""

    kind: SpanKind
    text: str


class Entities(_Closed):
    names: list[str] = []
    phone_numbers: list[str] = []
    emails: list[str] = []
    companies: list[str] = []


class ReadNote(_Closed):
    """A note of what somebody met or learnt. `text` is its part of the message, where the rest is an answer; `follow_up`
    is the promise in the imperative, if there is one."""

    text: str | None = None
    note_type: NoteType = "general"
    categorization: str = ""
    entities: Entities = Entities()
    topic: str | None = None
    tags: list[Tag] = Field([], max_length=20)
    priority_score: float = Field(0.3, ge=0, le=1)
    requires_followup: bool = False
    follow_up: str | None = None
    action_type: str | None = None
    person_name: str | None = None
    due: Due | None = None


class Answer(_Closed):
    """What is said of promises: `items` by number, empty when it does not say which; `about` is a name on no promise."""

    intent: AnswerIntent
    items: list[int] = []
    every: bool = False
    about: str | None = None
    until: Due | None = None


class RankedPriority(_Closed):
    """`text` as they wrote it, `title` the promise in the imperative."""

    rank: int = Field(ge=1, le=10)
    text: str
    title: str
    action_type: str = "follow_up"
    person_name: str | None = None
    company: str | None = None
    due: Due | None = None


class Introduction(_Closed):
    full_name: str | None = None
    event: str | None = None


class Reading(_Closed):
    """`ask`: one short question, where something is missing."""

    intent: Intent
    confidence: float = Field(ge=0, le=1)
    note: ReadNote | None = None
    answers: list[Answer] = Field([], max_length=40)
    priorities: list[RankedPriority] = Field([], max_length=10)
    introduction: Introduction | None = None
    spans: list[Span] = []
    ask: str | None = None
