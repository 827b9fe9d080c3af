"""A request that names what another service made a moment ago is tried again, and holds nothing while it waits."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from starlette.responses import Response

from shared.errors import ReferenceNotFound
from shared.ids import made_at

# The domain event of a new row takes a fraction of a second; an older one that is unknown stays so.
WAITS_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8)
NEW = timedelta(seconds=10)


async def once_known(attempt: Callable[[], Awaitable[Response]]) -> Response:
    """`attempt` opens its own transaction, and has closed it when it raises ReferenceNotFound."""
    for seconds in WAITS_SECONDS:
        try:
            return await attempt()
        except ReferenceNotFound as missing:
            if not _may_be_on_its_way(missing):
                raise
        await asyncio.sleep(seconds)
    return await attempt()


def _may_be_on_its_way(missing: ReferenceNotFound) -> bool:
    made = made_at(missing.row_id)
    return made is not None and abs(datetime.now(UTC) - made) < NEW
