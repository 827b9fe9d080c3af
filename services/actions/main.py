"""What actions is made of, over HTTP."""

from fastapi import FastAPI

from services.actions.action_items.models import ActionItem
from services.actions.action_items.routes import router as action_items
from services.actions.concierge.routes import labels
from services.actions.concierge.routes import router as concierge
from services.actions.drafts.models import EmailIntroDraft
from services.actions.drafts.routes import router as drafts
from services.actions.notes.models import EventNote
from services.actions.notes.routes import router as notes
from services.actions.settings import ActionsSettings
from shared.contracts.actions import ActionItemSnapshot, EmailIntroDraftSnapshot, NoteSnapshot
from shared.http.app import create_app
from shared.process import serve
from shared.settings import read_settings

SNAPSHOTS = {
    "note": (EventNote, NoteSnapshot.model_validate),
    "action_item": (ActionItem, ActionItemSnapshot.model_validate),
    "email_intro_draft": (EmailIntroDraft, EmailIntroDraftSnapshot.model_validate),
}


def build(settings: ActionsSettings) -> FastAPI:
    return create_app(settings, [notes, action_items, concierge, labels, drafts], snapshots=SNAPSHOTS)


def run() -> None:
    settings = read_settings(ActionsSettings)
    serve(build(settings), settings)


if __name__ == "__main__":
    run()
