"""The HTTP side of messaging."""

from fastapi import FastAPI

from services.messaging.consent.models import Suppression
from services.messaging.consent.routes import router as suppressions
from services.messaging.consent.use_cases import suppression_snapshot
from services.messaging.conversations.routes import router as conversations
from services.messaging.delivery.routes import router as delivery
from services.messaging.inbound.routes import router as inbound
from services.messaging.messages.routes import router as messages
from services.messaging.senders.routes import router as senders
from services.messaging.settings import MessagingSettings
from services.messaging.twilio.signature import signature_verifier
from shared.http.app import create_app
from shared.process import serve
from shared.settings import read_settings


def build(settings: MessagingSettings) -> FastAPI:
    snapshots = {"suppression": (Suppression, suppression_snapshot)}
    app = create_app(settings, [inbound, delivery, conversations, messages, suppressions, senders], snapshots=snapshots)
    app.state.is_signed = signature_verifier(settings.twilio_auth_token)
    return app


def run() -> None:
    settings = read_settings(MessagingSettings)
    serve(build(settings), settings)


if __name__ == "__main__":
    run()
