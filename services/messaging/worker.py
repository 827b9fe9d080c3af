"""What runs in the background: commands in, texts out, files fetched, what was missed or is in doubt looked up."""

from services.messaging.contractors import handlers as contractors
from services.messaging.inbound.listing import Listing
from services.messaging.media.fetch import MediaSource
from services.messaging.media.jobs import TO_FETCH, MediaFetcher
from services.messaging.questions.use_cases import on_reply_interpreted
from services.messaging.sending import handlers as sending
from services.messaging.sending.jobs import Sender
from services.messaging.sending.limits import Limits
from services.messaging.sending.queries import IN_DOUBT, TO_SEND
from services.messaging.sending.reconcile import Reconciler
from services.messaging.settings import MessagingSettings
from services.messaging.twilio.lazy import LazyTwilio
from shared.bus.subscription import Subscription
from shared.contracts.actions import ReplyInterpreted
from shared.settings import read_settings
from shared.store.objects import ObjectStore
from shared.worker import Worker


def subscription(_settings: MessagingSettings) -> Subscription:
    return Subscription(
        handlers={**sending.HANDLERS, **contractors.HANDLERS, ReplyInterpreted: on_reply_interpreted},
        replicas=contractors.REPLICAS,
        urgent=sending.HANDLERS,
    )


def build(settings: MessagingSettings) -> Worker:
    worker = Worker(settings, subscription(settings))
    provider = LazyTwilio(settings)
    sender = Sender(worker.database, provider, Limits.of(settings), settings.public_url)
    # Slots and pauses end without a notification; a burst of slots that came due together would exceed a number's rate.
    worker.job(TO_SEND, sender.work, concurrency=settings.sending_concurrency, poll_seconds=0.5)
    worker.job(IN_DOUBT, Reconciler(worker.database, provider, settings.doubt_seconds).work, concurrency=2)
    source = MediaSource(
        settings.twilio_account_sid, settings.twilio_auth_token, settings.provider_url, settings.media_max_bytes
    )
    store = ObjectStore.open(settings.objects_url)
    worker.job(TO_FETCH, MediaFetcher(worker.database, source, store).work, concurrency=2)
    worker.loops += [
        provider.run,
        Listing(worker.database, worker.worker_database, provider, settings.listing_seconds).run,
    ]
    return worker


def run() -> None:
    build(read_settings(MessagingSettings)).serve()


if __name__ == "__main__":
    run()
