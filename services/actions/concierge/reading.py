"""What the concierge reads in a turn: the task's input and output, the same for the model and for the rules."""

from datetime import date, datetime
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from shared.http.times import EARLIEST, LATEST

Intent = Literal[
    "note",
    "priorities",
    "done",
    "in_progress",
    "not_done",
    "defer",
    "cancel",
    "help_with_item",
    "list",
    "find",
    "why",
    "undo",
    "correct",
    "opt_out",
    "opt_in",
    "help",
    "other",
]
AnswerIntent = Literal["done", "in_progress", "not_done", "defer", "cancel", "help_with_item"]
ANSWERS: frozenset[str] = frozenset(get_args(AnswerIntent))
NoteType = Literal["general", "contact", "insight", "action_item", "speaker_note", "sponsor_note"]


def _of_this_world(due: datetime | date) -> datetime | date:
    """Raises ValueError for a day that cannot be meant, nor be stored."""
    if not EARLIEST.year <= due.year < LATEST.year:
        raise ValueError(f"{due} is not between {EARLIEST:%Y} and {LATEST:%Y}")
    return due


Due = Annotated[datetime | date, AfterValidator(_of_this_world)]  # local; a day where no time is said
Tag = Annotated[str, Field(max_length=100)]
SpanKind = Literal[
    "name",
    "company",
    "phone_number",
    "email",
    "link",
    "place",
    "money",
    "date",
    "topic",
    "promise",
    "priority",
    "answer",
]


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
    """A question of ours that is still open; `items` are the numbers of the promises it is about, `intent` what "yes" means
    (a check-in's is `done`), `until` the day that was named with it. `is_last`: we have said nothing since."""

    kind: str
    is_last: bool = True
    intent: Intent | None = None
    until: Due | None = None
    items: list[int] = []
    options: list[AskedOption] = []


class TurnInput(_Closed):
    """One turn, and what is known around it. `now` is the contractor's local time; of a stranger only the number is known."""

    text: str
    now: datetime
    time_zone: str
    is_stranger: bool = False
    event: str | None = None
    sessions: list[str] = []
    speakers: list[str] = []
    sponsors: list[str] = []
    partners: list[str] = []
    open_items: list[NumberedItem] = []
    questions: list[AskedQuestion] = []
    before: list[Heard] = []


class Span(_Closed):
    """A quotation from the text, and the value it stands for; `start` where the reader knows it."""

    kind: SpanKind
    text: str
    value: str | None = None
    start: int | None = None


class Entities(_Closed):
    """Document 000's four, and what else a note names. `money` as "12000 USD"."""

    names: list[str] = []
    phone_numbers: list[str] = []
    emails: list[str] = []
    companies: list[str] = []
    links: list[str] = []
    places: list[str] = []
    money: list[str] = []


class Promise(_Closed):
    """Something the writer is to do: `title` in the imperative, `text` their own words."""

    title: str
    text: str
    action_type: str = "follow_up"
    person_name: str | None = None
    company: str | None = None
    due: Due | None = None


class ReadNote(_Closed):
    """A note of what somebody met or learnt. `text` is its part of the message, where the rest is an answer. It may want to be
    followed up (`why` says for what) without promising anything in words."""

    text: str | None = None
    note_type: NoteType = "general"
    categorization: str = ""
    entities: Entities = Entities()
    topic: str | None = None
    tags: list[Tag] = Field([], max_length=20)
    priority_score: float = Field(0.3, ge=0, le=1)
    requires_followup: bool = False
    why: str | None = None
    promises: list[Promise] = Field([], max_length=10)


class Part(_Closed):
    """One thing that the text says, in its own words (`text`).

    Of an answer: the promises by number (`items`, or `every`), `about` what it names that is on none, `until` when for `defer`,
    `doubted` where closing them would be a guess. Of `find`: what is looked for (`query`). Of `correct`: what we have (`wrong`)
    and what it should be (`right`)."""

    intent: Intent
    text: str = ""
    items: list[int] = []
    every: bool = False
    about: str | None = None
    doubted: bool = False
    until: Due | None = None
    query: str | None = None
    wrong: str | None = None
    right: str | None = None


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
    """`intent` is the main one, `parts` all, in the order of the text. A reader that gives no parts means one, of the whole
    text. `ask`: one short question, where something is missing."""

    intent: Intent
    confidence: float = Field(ge=0, le=1)
    parts: list[Part] = Field([], max_length=40)
    note: ReadNote | None = None
    priorities: list[RankedPriority] = Field([], max_length=10)
    introduction: Introduction | None = None
    spans: list[Span] = []
    ask: str | None = None

    @property
    def answers(self) -> list[Part]:
        return [part for part in self.parts if part.intent in ANSWERS]
