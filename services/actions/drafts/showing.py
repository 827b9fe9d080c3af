"""Shows a draft to the person who asked for it by text, with the question whether it may go."""

from datetime import timedelta
from uuid import UUID

from services.actions.drafts.models import EmailIntroDraft
from services.actions.drafts.queries import take_asker
from shared.bus.outbox import emit
from shared.contracts.messaging import YES_NO, Origin, Question, SendRequested
from shared.db.database import Db

ASKED = "draft"
LONGEST = 1_200
ANSWER_TIME, SHOW_TIME = timedelta(days=3), timedelta(hours=1)


async def show(db: Db, draft: EmailIntroDraft | None) -> None:
    """Once, to whoever asked; nothing where nobody did, or nothing was written."""
    if draft is None or draft.status != "draft" or (asker := await take_asker(db, draft.action_item_id)) is None:
        return
    question = Question(
        kind="confirm",
        ref=f"{ref_of(draft)}:{asker['turn_id']}",
        options=list(YES_NO),
        expires_at=db.now + ANSWER_TIME,
    )
    wanted = {
        **{name: value for name, value in asker.items() if name != "turn_id"},
        "message_key": f"actions:{draft.id}:{asker['turn_id']}",
        "contractor_id": draft.contractor_id,
        "purpose": "reply",
        "body": words_of(draft),
        "origin": Origin(service="actions", type="email_intro_draft", id=draft.id),
        "expires_at": db.now + SHOW_TIME,
        "question": question,
    }
    await emit(db, SendRequested.model_validate(wanted))


def ref_of(draft: EmailIntroDraft) -> str:
    """Names the draft as it stands: what was changed since is not what the person saw."""
    return f"{ASKED}~{draft.id}~{draft.row_version}"


def shown_in(about: str) -> tuple[UUID, int | None]:
    """The draft that a ref names, and as which version it was shown."""
    _, draft_id, version = (*about.split("~"), "")[:3]
    return UUID(draft_id), int(version) if version.isdigit() else None


def words_of(draft: EmailIntroDraft) -> str:
    to = " ".join(filter(None, (draft.to_name, f"<{draft.to_email}>" if draft.to_email else None))) or "them"
    body = draft.body if len(draft.body) <= LONGEST else f"{draft.body[: LONGEST - 1]}…"
    return f"A draft to {to}:\n{draft.subject}\n\n{body}\n\nMay it go like that? YES or NO."
