"""What runs in the background: relay, consumer, the concierge's lanes, drafts, suggestions."""

from datetime import timedelta
from typing import Any

from services.actions.concierge.handlers import Handlers, handlers
from services.actions.concierge.jobs import Concierge
from services.actions.concierge.queries import LANES
from services.actions.concierge.retention import forgetting
from services.actions.demos import handlers as demos
from services.actions.drafts.jobs import Drafting
from services.actions.drafts.queries import REQUESTS
from services.actions.replicas.handlers import REPLICAS
from services.actions.settings import ActionsSettings
from services.actions.suggestions import handlers as suggestions
from services.actions.suggestions.jobs import Suggesting
from services.actions.suggestions.queries import ROUNDS
from shared.ai.runner import Ai
from shared.bus.subscription import Handler, Subscription
from shared.contracts.directory import ContractorCreated
from shared.contracts.messaging import ConversationUpdated, MessageReceived
from shared.db.database import Db
from shared.settings import read_settings
from shared.worker import Worker

POLL_SECONDS = 5
DRAFTS_AT_ONCE = 2


def subscription(settings: ActionsSettings) -> Subscription:
    urgent = (MessageReceived, ConversationUpdated, ContractorCreated)
    tables = (handlers(settings.burst_seconds), demos.HANDLERS, suggestions.HANDLERS)
    return Subscription(together(*tables), REPLICAS, urgent)


def together(*tables: Handlers) -> Handlers:
    """One table of several: what is in more than one moves each, in their order."""
    merged: Handlers = {}
    for table in tables:
        for kind, handler in table.items():
            merged[kind] = _one_after_other(merged[kind], handler) if kind in merged else handler
    return merged


def _one_after_other(first: Handler, second: Handler) -> Handler:
    async def both(db: Db, event: Any) -> None:
        await first(db, event)
        await second(db, event)

    return both


def build(settings: ActionsSettings) -> Worker:
    worker = Worker(settings, subscription(settings))
    ai = Ai.of(settings)
    concierge = Concierge(worker.database, ai, timedelta(seconds=settings.reply_expires_seconds))
    # Nobody notifies when a burst is over: look as often as it lasts.
    poll_seconds = min(POLL_SECONDS, max(0.25, settings.burst_seconds / 2)) if settings.burst_seconds else POLL_SECONDS
    worker.job(LANES, concierge.work, concurrency=settings.concierge_turns, poll_seconds=poll_seconds)
    worker.job(REQUESTS, Drafting(worker.database, ai).work, concurrency=DRAFTS_AT_ONCE)
    worker.job(ROUNDS, Suggesting(worker.database).work, concurrency=1)
    worker.loops.append(forgetting(worker.worker_database, settings.messages_kept_days))
    return worker


def run() -> None:
    build(read_settings(ActionsSettings)).serve()


if __name__ == "__main__":
    run()
