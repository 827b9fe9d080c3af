"""Every statement about open questions."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select, update

from services.messaging.questions.models import OpenQuestionRow
from shared.db.database import Db


async def list_open(db: Db, conversation_id: UUID) -> Sequence[OpenQuestionRow]:
    statement = select(OpenQuestionRow).where(
        OpenQuestionRow.account_id == db.account_id,
        OpenQuestionRow.conversation_id == conversation_id,
        OpenQuestionRow.closed_at.is_(None),
        OpenQuestionRow.expires_at > db.now,
    )
    return (await db.scalars(statement)).all()


async def find_of_message(db: Db, message_id: UUID) -> OpenQuestionRow | None:
    """Open or not."""
    statement = select(OpenQuestionRow).where(
        OpenQuestionRow.account_id == db.account_id, OpenQuestionRow.message_id == message_id
    )
    return await db.scalar(statement)


async def close_of_message(db: Db, message_id: UUID) -> None:
    await _close(db, OpenQuestionRow.message_id == message_id)


async def close_refs(db: Db, refs: Iterable[str]) -> None:
    wanted = list(refs)
    if wanted:
        await _close(db, OpenQuestionRow.ref.in_(wanted))


async def _close(db: Db, condition: object) -> None:
    await db.execute(
        update(OpenQuestionRow)
        .where(OpenQuestionRow.account_id == db.account_id, condition, OpenQuestionRow.closed_at.is_(None))  # type: ignore[arg-type]
        .values(closed_at=db.now)
        .execution_options(synchronize_session=False)
    )
