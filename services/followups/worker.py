"""What runs in the background: relay, consumer, the dispatcher, the preparation of words, the replanning of many."""

from services.followups.answers import handlers as answers
from services.followups.dispatch.jobs import Dispatcher
from services.followups.planning import handlers as planning
from services.followups.planning.replans import REPLANS, Replanning
from services.followups.replicas.handlers import REPLICAS
from services.followups.settings import FollowupsSettings
from services.followups.wording.jobs import Preparing
from services.followups.wording.queries import PREPARATIONS
from shared.ai.runner import Ai
from shared.bus.subscription import Subscription
from shared.contracts.actions import ReplyInterpreted
from shared.settings import read_settings
from shared.worker import Worker


def subscription(_settings: FollowupsSettings) -> Subscription:
    return Subscription({**planning.HANDLERS, **answers.HANDLERS}, REPLICAS, urgent={ReplyInterpreted})


def build(settings: FollowupsSettings) -> Worker:
    worker = Worker(settings, subscription(settings))
    dispatcher = Dispatcher(
        worker.database,
        worker.worker_database,
        worker.wakeups,
        poll_seconds=settings.dispatch_poll_seconds,
        batch=settings.dispatch_batch,
    )
    worker.loops.append(dispatcher.run)
    ai = Ai.of(settings)
    worker.job(PREPARATIONS, Preparing(worker.database, ai).work, concurrency=settings.prepare_concurrency)
    worker.job(REPLANS, Replanning(worker.database).work, concurrency=1)
    return worker


def run() -> None:
    build(read_settings(FollowupsSettings)).serve()


if __name__ == "__main__":
    run()
