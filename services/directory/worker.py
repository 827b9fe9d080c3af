"""What runs in the background: relay, consumer, and the end of old refresh tokens."""

import asyncio

from services.directory.people.handlers import HANDLERS
from services.directory.settings import DirectorySettings
from shared.bus.subscription import Subscription
from shared.db.database import Database
from shared.settings import read_settings
from shared.worker import Worker

FORGET_SECONDS = 3600
# A used token is kept until it would have expired: only so a second use is recognised.
_FORGET = (
    "DELETE FROM refresh_tokens WHERE ctid = ANY(ARRAY(SELECT ctid FROM refresh_tokens"
    " WHERE expires_at < clock_timestamp() LIMIT 5000))"
)


async def forget_old_tokens(database: Database) -> None:
    while True:
        async with database.connection() as connection:
            await connection.execute(_FORGET)
        await asyncio.sleep(FORGET_SECONDS)


def subscription(_settings: DirectorySettings) -> Subscription:
    return Subscription(HANDLERS, urgent=())


def run() -> None:
    settings = read_settings(DirectorySettings)
    worker = Worker(settings, subscription(settings))
    worker.loops.append(lambda: forget_old_tokens(worker.worker_database))
    worker.serve()


if __name__ == "__main__":
    run()
