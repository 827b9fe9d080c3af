"""What runs in the background: relay, consumer, the concierge's lanes."""

from datetime import timedelta

from services.actions.concierge.handlers import handlers
from services.actions.concierge.jobs import Concierge
from services.actions.concierge.queries import LANES
from services.actions.concierge.retention import forgetting
from services.actions.replicas.handlers import REPLICAS
from services.actions.settings import ActionsSettings
from shared.ai.runner import Ai
from shared.bus.subscription import Subscription
from shared.contracts.directory import ContractorCreated
from shared.contracts.messaging import ConversationUpdated, MessageReceived
from shared.settings import read_settings
from shared.worker import Worker

POLL_SECONDS = 5


def subscription(settings: ActionsSettings) -> Subscription:
    urgent = (MessageReceived, ConversationUpdated, ContractorCreated)
    return Subscription(handlers(settings.burst_seconds), REPLICAS, urgent)


def build(settings: ActionsSettings) -> Worker:
    worker = Worker(settings, subscription(settings))
    ai = Ai.of(settings)
    concierge = Concierge(worker.database, ai, timedelta(seconds=settings.reply_expires_seconds))
    # Nobody notifies when a burst is over: look as often as it lasts.
    poll_seconds = min(POLL_SECONDS, max(0.25, settings.burst_seconds / 2)) if settings.burst_seconds else POLL_SECONDS
    worker.job(LANES, concierge.work, concurrency=settings.concierge_turns, poll_seconds=poll_seconds)
    worker.loops.append(forgetting(worker.worker_database, settings.messages_kept_days))
    return worker


def run() -> None:
    build(read_settings(ActionsSettings)).serve()


if __name__ == "__main__":
    run()
