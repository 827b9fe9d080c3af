"""What actions publishes: notes, action items, and what a reply meant."""

from datetime import datetime
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import AliasChoices, Field

from shared.contracts.base import Message, Payload, State, known_or


class NoteState(State, of="actions"):
    """Document 000's `event_notes`; `related_note_id` is an earlier note of the same person."""

    event_id: UUID | None = None
    contractor_id: UUID
    note_text: str
    note_type: str
    extracted_entities: dict[str, Any] = {}
    session_context: str | None = None
    speaker_id: UUID | None = None
    sponsor_id: UUID | None = None
    ai_categorization: str | None = None
    ai_priority_score: float | None = None
    ai_tags: list[str] = []
    captured_at: datetime
    requires_followup: bool = False
    followup_completed: bool = False
    source_message_id: UUID | None = None
    topic: str | None = None
    related_note_id: UUID | None = None


class NoteCaptured(NoteState, type="note.captured.v1"): ...


class NoteUpdated(NoteState, type="note.updated.v1"): ...


class NoteDeleted(NoteState, type="note.deleted.v1"): ...


class NoteSnapshot(NoteState, type="note.snapshot.v1"): ...


class ActionItemState(State, of="actions"):
    """Document 000's `contractor_action_items`; `topic` and `person_name` are what a check-in may mention.

    `updated_by` (contractor, ai, system, user) is who made this change."""

    contractor_id: UUID
    event_id: UUID | None = None
    title: str
    description: str | None = None
    action_type: str
    priority: int
    contractor_priority: int | None = None
    ai_suggested_priority: int | None = None
    due_date: datetime | None = None
    reminder_time: datetime | None = None
    status: str
    completed_at: datetime | None = None
    related_partner_id: UUID | None = None
    related_peer_contractor_id: UUID | None = None
    related_speaker_id: UUID | None = None
    related_sponsor_id: UUID | None = None
    related_note_id: UUID | None = None
    related_demo_booking_id: UUID | None = None
    ai_generated: bool = False
    ai_reasoning: str | None = None
    extraction_confidence: float | None = None
    source_message_id: UUID | None = None
    topic: str | None = None
    person_name: str | None = None
    note_text: str | None = None
    source: str | None = None
    updated_by: str | None = None


class ActionItemCreated(ActionItemState, type="action_item.created.v1"): ...


class ActionItemUpdated(ActionItemState, type="action_item.updated.v1"): ...


class ActionItemDeleted(ActionItemState, type="action_item.deleted.v1"): ...


class ActionItemSnapshot(ActionItemState, type="action_item.snapshot.v1"): ...


class EmailIntroDraftState(State, of="actions"):
    """An introduction by e-mail: draft, approved, sent or discarded. It is sent by nobody before it is approved."""

    action_item_id: UUID
    contractor_id: UUID
    to_name: str | None = None
    to_email: str | None = None
    subject_line: str = Field(validation_alias=AliasChoices("subject_line", "subject"))
    body: str
    status: str
    reason: str | None = None
    approved_by: UUID | None = None
    approved_at: datetime | None = None
    sent_at: datetime | None = None
    message_id: UUID | None = None


class EmailIntroDraftCreated(EmailIntroDraftState, type="email_intro_draft.created.v1"): ...


class EmailIntroDraftUpdated(EmailIntroDraftState, type="email_intro_draft.updated.v1"): ...


class EmailIntroDraftSnapshot(EmailIntroDraftState, type="email_intro_draft.snapshot.v1"): ...


ReplyIntent = Literal["done", "not_yet", "defer", "skip", "priorities", "yes", "no", "needs_help", "unknown"]
ReadIntent = Annotated[ReplyIntent, known_or("unknown", get_args(ReplyIntent))]


class ReplyPart(Payload):
    """What a reply says of one thing that was asked. `question_ref` is the question's own; `until` for defer."""

    question_ref: str | None = None
    schedule_id: UUID | None = None
    action_item_id: UUID | None = None
    intent: ReadIntent
    option_key: str | None = None
    until: datetime | None = None


class ReplyInterpreted(Message, type="reply.interpreted.v1", of="actions", key="contractor_id", subject="message_id"):
    """A person answered something that was asked of them. `settled`: refs of questions that are over without being answered for a
    promise."""

    message_id: UUID
    contractor_id: UUID
    intent: ReadIntent
    confidence: float
    text: str
    parts: list[ReplyPart] = []
    settled: list[str] = []
    received_at: datetime


class ContractorIntroduced(
    Message, type="contractor.introduced.v1", of="actions", key="contractor_id", subject="contractor_id"
):
    """A provisional contractor told us who they are, in their own words; directory decides what to make of it."""

    contractor_id: UUID
    message_id: UUID
    full_name: str | None = None
    event_text: str | None = None
