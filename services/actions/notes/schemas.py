"""Notes as they travel over HTTP; the names are document 000's."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.http.patches import Patch
from shared.http.times import BusinessTime
from shared.http.words import NotBlank

NoteType = Literal["general", "contact", "insight", "action_item", "speaker_note", "sponsor_note"]
Words = Annotated[str, Field(min_length=1, max_length=10_000), NotBlank]
Line = Annotated[str, Field(max_length=500)]
Lines = Annotated[list[Line], Field(max_length=50)]
Score = Annotated[Decimal, Field(ge=0, le=1, decimal_places=2)]


class ExtractedEntities(BaseModel):
    """The document's four keys; `spans` say where each stands in the text."""

    model_config = ConfigDict(extra="forbid")

    names: Lines = []
    phone_numbers: Lines = []
    emails: Lines = []
    companies: Lines = []
    spans: Annotated[list[dict[str, Any]], Field(max_length=200)] = []


class NewNote(BaseModel):
    model_config = ConfigDict(extra="forbid")

    contractor_id: UUID | None = Field(
        None, description="Whose note it is; a contractor who signs in writes own notes."
    )
    event_id: UUID | None = None
    note_text: Words
    note_type: NoteType = "general"
    extracted_entities: ExtractedEntities = ExtractedEntities()
    session_context: Line | None = None
    session_id: UUID | None = None
    speaker_id: UUID | None = None
    sponsor_id: UUID | None = None
    ai_categorization: Line | None = None
    ai_priority_score: Score | None = None
    ai_tags: Lines = []
    captured_at: BusinessTime | None = Field(None, description="Now, where it is left out.")
    requires_followup: bool = False
    topic: Line | None = None


class NoteChange(Patch):
    not_null: ClassVar[frozenset[str]] = frozenset(
        {
            "note_text",
            "note_type",
            "extracted_entities",
            "ai_tags",
            "captured_at",
            "requires_followup",
            "followup_completed",
        }
    )

    event_id: UUID | None = None
    note_text: Words | None = None
    note_type: NoteType | None = None
    extracted_entities: ExtractedEntities | None = None
    session_context: Line | None = None
    session_id: UUID | None = None
    speaker_id: UUID | None = None
    sponsor_id: UUID | None = None
    ai_categorization: Line | None = None
    ai_priority_score: Score | None = None
    ai_tags: Lines | None = None
    captured_at: BusinessTime | None = None
    requires_followup: bool | None = None
    followup_completed: bool | None = None
    topic: Line | None = None


class NoteOut(BaseModel):
    """A row of `event_notes`."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    event_id: UUID | None
    contractor_id: UUID
    note_text: str
    note_type: NoteType
    extracted_entities: dict[str, Any]
    session_context: str | None
    session_id: UUID | None
    speaker_id: UUID | None
    sponsor_id: UUID | None
    ai_categorization: str | None
    ai_priority_score: float | None
    ai_tags: list[str]
    captured_at: datetime
    requires_followup: bool
    followup_completed: bool
    conversation_context: list[dict[str, Any]]
    source_message_id: UUID | None
    topic: str | None
    related_note_id: UUID | None
    created_at: datetime
    updated_at: datetime
    row_version: int


class NoteCount(BaseModel):
    """How many notes a contractor took at an event."""

    contractor_id: UUID
    notes: int
