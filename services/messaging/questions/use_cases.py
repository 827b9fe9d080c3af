"""Asks: a question is open from the moment its message is handed to the provider."""

from dataclasses import dataclass

from services.messaging.messages.models import Message
from services.messaging.questions import queries
from services.messaging.questions.models import OpenQuestionRow
from services.messaging.questions.rules import number_options, with_option_lines
from shared.contracts.actions import ReplyInterpreted
from shared.contracts.messaging import NumberedOption, Question
from shared.db.database import Db


@dataclass(frozen=True)
class Asking:
    """A message as it is said: with its option lines, whose numbers nobody else in the conversation uses. `asked` is its question
    where an earlier try has opened it."""

    body: str
    options: list[NumberedOption]
    asked: OpenQuestionRow | None = None

    @property
    def is_answered(self) -> bool:
        """Or asked anew by another message."""
        return self.asked is not None and self.asked.closed_at is not None


async def plan_asking(db: Db, message: Message) -> Asking:
    """The conversation must be locked. A message that was asked about before keeps its numbers."""
    assert message.conversation_id is not None
    asked = await queries.find_of_message(db, message.id)
    if asked is not None:
        return Asking(message.body, [], asked)
    question = Question.model_validate(message.question)
    still_open = await queries.list_open(db, message.conversation_id)
    taken = [option["number"] for row in still_open if row.ref != question.ref for option in row.options]
    options = number_options(question.options, taken)
    return Asking(with_option_lines(message.body, options), options)


async def open_question(db: Db, message: Message, asking: Asking) -> None:
    """From now on an answer counts; what was asked before about the same is closed."""
    message.body = asking.body
    if asking.asked is not None:
        asking.asked.conversation_id = message.conversation_id or asking.asked.conversation_id
        return
    question = Question.model_validate(message.question)
    await queries.close_refs(db, [question.ref])
    db.add(
        OpenQuestionRow(
            conversation_id=message.conversation_id,
            message_id=message.id,
            kind=question.kind,
            ref=question.ref,
            origin={"service": message.origin_service, "type": message.origin_type, "id": str(message.origin_id)},
            options=[option.model_dump() for option in asking.options],
            asked_at=db.now,
            expires_at=question.expires_at,
        )
    )


async def on_reply_interpreted(db: Db, event: ReplyInterpreted) -> None:
    """What was answered is not open any more."""
    answered = [part.question_ref for part in event.parts if part.question_ref and part.intent != "unknown"]
    await queries.close_refs(db, [*answered, *event.settled])
