"""What messaging takes and tells: everything that is said to people, and what they say."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.contracts.base import Message, Payload

Channel = Literal["sms", "email"]
Scope = Literal["bulk", "everything"]


class Origin(Payload):
    """Whose wish a message is: a row of a service."""

    service: str
    type: str
    id: UUID


class Option(Payload):
    key: str
    label: str


YES_NO = (Option(key="yes", label="Yes"), Option(key="no", label="No"))


class NumberedOption(Option):
    """`number` is messaging's, unique in the conversation while the question is open."""

    number: int


class Question(Payload):
    """What a message asks. `ref` is the asker's own id of it (a schedule's id, say); no answer counts after `expires_at`."""

    kind: str
    ref: str
    options: list[Option] = []
    expires_at: datetime


class OpenQuestion(Payload):
    kind: str
    ref: str
    origin: Origin
    options: list[NumberedOption] = []
    asked_at: datetime
    message_id: UUID


class SendRequested(Message, type="message.send_requested.v1", of="messaging", command=True, key="message_key"):
    """Say `body` once. `message_key` is `<service>:<row id>[:<attempt>]`, unique in the account. What cannot go before
    `expires_at` is reported by `message.expired`. `conversation_epoch`: dropped when staff took over since. `time_zone` is the
    one its owner planned by: quiet hours are counted in it where the contractor's own is unknown."""

    message_key: str
    channel: Channel = "sms"
    contractor_id: UUID | None = None
    address: str | None = None
    purpose: str
    body: str
    origin: Origin
    in_reply_to_message_id: UUID | None = None
    not_before: datetime | None = None
    expires_at: datetime
    time_zone: str | None = None
    conversation_epoch: int | None = None
    question: Question | None = None


class CancelRequested(Message, type="message.cancel_requested.v1", of="messaging", command=True, key="message_key"):
    """Wins until the message is leased for sending."""

    message_key: str
    reason: str = ""


class SuppressionRequested(Message, type="suppression.requested.v1", of="messaging", command=True, key="request_id"):
    request_id: UUID
    addresses: list[str]
    scope: Scope
    reason: str
    evidence_message_id: UUID | None = None


class Media(Payload):
    index: int
    type: str


class StoredMedia(Payload):
    """`object_key` and `sha256` (hex) are missing where `error` says why the file could not be had."""

    index: int
    type: str
    object_key: str | None = None
    sha256: str | None = None
    error: str | None = None


class MessageReceived(Message, type="message.received.v1", of="messaging", key="conversation_id", subject="message_id"):
    """A person said something. `address` is theirs (E.164 for sms), `our_address` ours. Without `contractor_id`
    the address was unknown: directory makes a provisional contractor. `obeyed`: consent words, already answered."""

    message_id: UUID
    conversation_id: UUID
    conversation_epoch: int
    channel: Channel = "sms"
    address: str
    our_address: str
    received_at: datetime
    handler: Literal["actions", "contacts", "outreach"] = "actions"
    contractor_id: UUID | None = None
    body: str
    media: list[Media] = []
    open_questions: list[OpenQuestion] = []
    obeyed: Literal["opt_out", "opt_in", "help"] | None = None
    opted_out: bool = False
    staff_has_taken_over: bool = False


class MessageMediaStored(
    Message, type="message.media_stored.v1", of="messaging", key="conversation_id", subject="message_id"
):
    message_id: UUID
    conversation_id: UUID
    contractor_id: UUID | None = None
    media: list[StoredMedia]


class _OutboundFact(Message, of="messaging", key="conversation_id", subject="message_id"):
    """Something became of a message that was asked for."""

    message_id: UUID
    message_key: str
    origin: Origin
    contractor_id: UUID | None = None
    purpose: str


class MessageSent(_OutboundFact, type="message.sent.v1"):
    """The provider has it. `body` is what was said, option lines included."""

    conversation_id: UUID

    channel: Channel = "sms"
    address: str
    body: str
    sent_at: datetime
    in_reply_to_message_id: UUID | None = None


class MessageStatusChanged(_OutboundFact, type="message.status_changed.v1"):
    """`status` is one of messages.status; it only rises. `reason` for failed, suppressed, in_doubt."""

    conversation_id: UUID

    status: str
    error_code: int | None = None
    reason: str | None = None
    changed_at: datetime


class MessageExpired(_OutboundFact, type="message.expired.v1"):
    """It could not go before its `expires_at`, or was cancelled, suppressed or dropped before it was leased; see `reason`:
    expired | cancelled | suppressed | taken_over | unroutable. Without an address there is no conversation (unroutable)."""

    conversation_id: UUID | None = None
    reason: str
    ended_at: datetime

    @property
    def key(self) -> str:
        return str(self.conversation_id or self.message_id)


class ConversationUpdated(Message, type="conversation.updated.v1", of="messaging", key="conversation_id"):
    """Staff took over (`mode` staff) or handed back (`mode` concierge); `conversation_epoch` rises with each take-over."""

    conversation_id: UUID
    contractor_id: UUID | None = None
    mode: Literal["concierge", "staff"]
    conversation_epoch: int


class _Suppression(Message, of="messaging", key="address"):
    """What may be said to `address` changed. `contractor_id` where one is known there; of one address, channel and scope
    the newest `changed_at` holds."""

    address: str
    channel: Channel = "sms"
    contractor_id: UUID | None = None
    scope: Scope
    active: bool
    reason: str
    evidence_message_id: UUID | None = None
    changed_at: datetime


class SuppressionChanged(_Suppression, type="suppression.changed.v1"): ...


class SuppressionSnapshot(_Suppression, type="suppression.snapshot.v1"): ...
